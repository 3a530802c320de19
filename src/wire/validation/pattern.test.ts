import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { loadModel, serviceNames } from '../model/load.ts';
import type { ShapeModel } from '../model/shape.ts';
import { matcherOf } from './pattern.ts';

/** All patterns of all models. */
const patterns = new Set<string>();
for (const service of serviceNames()) {
  const model = loadModel(service);
  const seen = new Set<ShapeModel>();
  const visit = (shape: ShapeModel | undefined): void => {
    if (shape === undefined || seen.has(shape)) return;
    seen.add(shape);
    if (shape.pattern !== undefined) patterns.add(shape.pattern);
    for (const member of [...shape.members, shape.element, shape.key, shape.value]) visit(member?.shape);
  };
  for (const op of model.operations.values()) visit(op.input);
}

test('pattern: the ones that have no linear form are known', () => {
  const without = [...patterns]
    .filter((pattern) => matcherOf(pattern) === undefined)
    .map((pattern) => pattern.slice(0, 40));
  assert.deepEqual(without.sort(), [
    '(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*', // Lambda CollectionName
    '^(?=.{20,2048}$)arn:aws[a-z-]*:secretsma', // EC2 SecretArn
    '^(?=[/\\.\\-_A-Za-z0-9]+)((?!aws\\.).*)|(\\$', // Scheduler Source
    '^([a-z]|(\\d(?!\\d{0,2}\\.\\d{1,3}\\.\\d{1,3}\\', // Shield LogBucket
    '^.+@(?:(?:(?!-)[A-Za-z0-9-]{1,62})?[A-Za', // Detective EmailAddress
  ]);
});

/** pattern, text → whether it matches as a whole */
const cases: readonly (readonly [string, string, boolean])[] = [
  ['[\\w+=,.@-]*', 'Ann+Bob', true],
  ['[\\w+=,.@-]*', 'Ann Bob', false],
  ['[\\w+=,.@-]*', '', true],
  ['^alias/[a-zA-Z0-9/_-]+$', 'alias/a', true],
  ['^alias/[a-zA-Z0-9/_-]+$', 'xalias/a', false],
  ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a/', true],
  ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a', false],
  ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*', 'a🦀', true],
  ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*', 'a\n', false],
  ['(?!^[0-9]+$)([a-zA-Z0-9-_]+)', '2024', false],
  ['(?!^[0-9]+$)([a-zA-Z0-9-_]+)', 'v2024', true],
  ['(?!aws:)[a-zA-Z+-=._:/]+', 'aws:x', false],
  ['(?!aws:)[a-zA-Z+-=._:/]+', 'x/aws:', true],
  ['[0-9A-Za-z\\.\\-_]*(?<!\\.)', 'bucket.', false],
  ['[0-9A-Za-z\\.\\-_]*(?<!\\.)', 'buc.ket', true],
  ['^.{1,100000}$', 'x', true],
];
for (const [pattern, text, expected] of cases)
  test(`pattern: ${pattern} ${text} → ${expected}`, () => assert.equal(matcherOf(pattern)?.(text), expected));

test('pattern: the built-in engine and re2js agree', () => {
  const plain = [...patterns].filter((p) => !/\\u|\(\?[!=<]|\{\d+,\d{4,}\}/.test(p));
  assert.ok(plain.length > 400);
  const piece = fc.constantFrom(
    'a',
    'Z',
    '0',
    '9',
    '-',
    '_',
    '.',
    '/',
    ':',
    ' ',
    '+',
    '=',
    '@',
    ',',
    '\n',
    '\u00a0',
    'é',
    '🦀',
    'arn:aws:iam::123456789012:',
    '$',
    '{',
    '*',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((list) => list.join(''));
  fc.assert(
    fc.property(fc.constantFrom(...plain), text, (pattern, value) => {
      assert.equal(
        matcherOf(pattern)?.(value),
        RE2JS.compile(pattern).matches(value),
        `${pattern} ${JSON.stringify(value)}`,
      );
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test('pattern: no text of 20,000 characters takes a second', () => {
  const bad = ['a', '-', '/', 'a.', 'a-', 'arn:aws:', ' ', '0'].map((unit) => `${unit.repeat(20_000 / unit.length)}!`);
  for (const pattern of patterns)
    for (const text of bad) {
      const start = performance.now();
      matcherOf(pattern)?.(text);
      assert.ok(performance.now() - start < 1000, `${pattern} on ${text.slice(0, 8)}…`);
    }
});

test('pattern: several repeats never run on the backtracking engine', () => {
  const start = performance.now();
  assert.equal(matcherOf('[a-z]*[a-z]*[a-z]*x')?.('a'.repeat(2000)), false);
  assert.ok(performance.now() - start < 1000);
});
