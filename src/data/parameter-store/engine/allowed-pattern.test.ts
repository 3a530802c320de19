import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import { refuseValue } from './allowed-pattern.ts';

const mismatch = 'ParameterPatternMismatchException';
const invalid = 'InvalidAllowedPatternException';

describe('allowed patterns', () => {
  const cases: readonly (readonly [pattern: string, value: string, code: string | undefined])[] = [
    ['\\d{1,4}', '100', undefined],
    // The user guide's own example: the pattern covers the whole value.
    ['\\d{1,4}', '10,000', mismatch],
    ['^\\d+$', '12', undefined],
    ['a|ab', 'ab', undefined],
    ['.{8,20}', 'p#sW*rd33', undefined],
    ['.{8,20}', 'short', mismatch],
    ['.*', 'two\nlines', mismatch],
    ['(?s).*', 'two\nlines', undefined],
    ['\\p{L}+', 'übung', undefined],
    ['[', 'x', invalid],
    ['(a', 'x', invalid],
    // Java's, but not linear.
    ['(?=a)a', 'a', invalid],
    ['(a)\\1', 'aa', invalid],
  ];
  for (const [pattern, value, code] of cases) {
    test(`${pattern} on ${JSON.stringify(value)}: ${code ?? 'stored'}`, () => {
      assert.equal(refuseValue(pattern, value)?.code, code);
    });
  }

  test('AWS words the mismatch', () => {
    assert.equal(refuseValue('\\d', 'x')?.message, 'Parameter value, cannot be validated against allowedPattern: \\d');
  });

  const catastrophic = [
    '(a+)+b',
    '(a|aa)+b',
    '(a*)*b',
    '(.*)*x',
    '([a-z]+)*[0-9]',
    '((a{100}){100}){100}',
    '(.{1,1000}){1,1000}x',
    '.{0,1000}.{0,1000}.{0,1000}.{0,1000}b',
    '(\\pL|\\pN|\\pS){0,1000}'.repeat(20),
    '(?:[a-z]{0,999})'.repeat(50),
    `${'('.repeat(500)}a${')'.repeat(500)}*b`,
  ];
  for (const pattern of catastrophic) {
    test(`${pattern.slice(0, 40)} answers in bounded time`, () => {
      const started = performance.now();
      const code = refuseValue(pattern, 'a'.repeat(8_192))?.code;
      assert.ok(code === mismatch || code === invalid, `answered ${code}`);
      // Generous: V8's own engine would not answer some of them this year.
      assert.ok(performance.now() - started < 5_000);
    });
  }
});
