import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { globOf, matchesGlob, tokensOf } from './glob.ts';

const matches = (pattern: string, text: string) => matchesGlob(globOf(tokensOf(pattern)), text);

/** The definition, with exponential patience. */
function reference(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*')
    return reference(pattern.slice(1), text) || (text !== '' && reference(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && reference(pattern.slice(1), text.slice(1));
}

test('agrees with the definition', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(pattern, text, (p, t) => matches(p, t) === reference(p, t)),
    { numRuns: 20_000 },
  );
});

test('long pieces with `?` are found across the 32-character words of the search', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(60), fc.nat(99), (length, before, hole) => {
      const piece = Array.from({ length }, (_, index) => String.fromCharCode(97 + (index % 7)));
      const text = `${'z'.repeat(before)}${piece.join('')}zz`;
      piece[hole % length] = '?';
      assert.ok(matches(`*${piece.join('')}*`, text));
      assert.ok(!matches(`*${piece.join('')}!*`, text));
    }),
  );
});

test('a token that is text stands for itself', () => {
  assert.ok(matchesGlob(globOf(['a*?']), 'a*?'));
  assert.ok(!matchesGlob(globOf(['a*?']), 'abc'));
});

/** Patterns that make backtracking matchers quadratic or worse. Doubling the size may double the time, not square it. */
const ADVERSARIAL: readonly ((size: number) => readonly [pattern: string, text: string])[] = [
  (size) => [`${'a*'.repeat(size / 2)}b`, 'a'.repeat(size)],
  (size) => [`*${'a'.repeat(size / 2)}b*`, 'a'.repeat(size)],
  (size) => [`*b${'a'.repeat(size / 2)}*`, 'a'.repeat(size)],
  (size) => [`${'*a?'.repeat(size / 3)}b`, 'a'.repeat(size)],
  (size) => [`*${'?'.repeat(64)}b*`, 'a'.repeat(size)],
  (size) => ['*'.repeat(size), 'a'.repeat(size)],
];

for (const [index, make] of ADVERSARIAL.entries()) {
  test(`adversarial pattern ${index}: bounded time`, () => {
    const [pattern, text] = make(60_000);
    const glob = globOf(tokensOf(pattern));
    const before = process.cpuUsage();
    matchesGlob(glob, text);
    const { user } = process.cpuUsage(before);
    assert.ok(user < 250_000, `${user} µs of CPU`);
  });
}
