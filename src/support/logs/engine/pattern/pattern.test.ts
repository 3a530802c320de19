import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePattern, type Pattern } from './pattern.ts';
import { contains, wildcard } from './text.ts';

type Case = { pattern: string } & ({ takes: string[]; leaves: string[] } | { refused: string });

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../cases/patterns.json'), 'utf8')) as Case[];

function compiled(text: string): Pattern {
  const result = compilePattern(text);
  assert.ok('pattern' in result, `\`${text}\` is refused: ${JSON.stringify(result)}`);
  return result.pattern;
}

for (const each of cases) {
  test(`pattern \`${each.pattern}\``, () => {
    if ('refused' in each) {
      assert.deepEqual(compilePattern(each.pattern), { refused: each.refused });
      return;
    }
    const pattern = compiled(each.pattern);
    for (const message of each.takes) assert.ok(pattern.matches(message), `takes \`${message}\``);
    for (const message of each.leaves) assert.ok(!pattern.matches(message), `leaves \`${message}\``);
    for (const message of each.takes)
      assert.ok(message.includes(pattern.needle), `\`${pattern.needle}\` is in \`${message}\``);
  });
}

test('fields of a message by their names', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  const pattern = compiled('[ip, user, username, timestamp, request, status_code = 4*, bytes]');
  assert.deepEqual(pattern.extract(line), {
    $ip: '127.0.0.1',
    $user: '-',
    $username: 'frank',
    $timestamp: '10/Oct/2000:13:25:15 -0700',
    $request: 'GET /index.html HTTP/1.0',
    $status_code: '404',
    $bytes: '1534',
  });
  assert.equal(pattern.value(line, '$bytes'), '1534');
  assert.ok(pattern.names('$bytes') && !pattern.names('$size'));
  const json = compiled('{ $.a.b = 1 }');
  assert.deepEqual(json.extract('{"a":{"b":1}}'), { '$.a.b': '1' });
  assert.equal(json.value('{"a":{"c":[2.5]}}', '$.a.c[0]'), '2.5');
  assert.equal(json.value('{"a":null}', '$.a'), undefined);
});

test('no text breaks the reader, and what it takes can be asked', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '$',
    '.',
    'a',
    '=',
    '!=',
    '"',
    '%',
    '&&',
    '||',
    '(',
    ')',
    ' ',
    ',',
    '...',
    '?',
    '-',
    '*',
    'IS',
    'NULL',
    'NOT EXISTS',
    '5',
    '\\',
    '>',
    'é',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(piece, { maxLength: 25 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, fc.string(), (text, message) => {
      const result = compilePattern(text);
      if ('pattern' in result) {
        if (result.pattern.matches(message)) assert.ok(message.includes(result.pattern.needle));
        result.pattern.extract(message);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a wildcard is a search for its parts in order', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
      assert.equal(wildcard(pattern)(text), expected, `${pattern} on ${text}`);
    }),
    { numRuns: 5_000 },
  );
});

test('hostile patterns and messages are quick', () => {
  const long = 'a'.repeat(1_000_000);
  const hostile: [string, string][] = [
    [`%${'a*'.repeat(100)}b%`, long],
    ['%a+a+a+a+b%', long],
    [`"${'a'.repeat(900)}b"`, long],
    [`"b${'a'.repeat(900)}"`, long],
    [`{ $.a = "${'*a'.repeat(400)}b" }`, JSON.stringify({ a: long })],
    ['[a, ..., b]', '" ['.repeat(300_000)],
    [
      `{ ${'$.*.*.*.* = 1 || '.repeat(20)} $.x = 1 }`,
      JSON.stringify(Array.from({ length: 100 }, () => Array(100).fill([[1]]))),
    ],
    [`{ ${'('.repeat(90)}$.a = 1${')'.repeat(90)} }`, '{"a":2}'],
  ];
  for (const [text, message] of hostile) {
    const pattern = compiled(text);
    const from = performance.now();
    pattern.matches(message);
    const took = performance.now() - from;
    assert.ok(took < 2_000, `\`${text.slice(0, 30)}\` took ${took} ms`);
  }
  assert.ok('refused' in compilePattern(`{ ${'('.repeat(500)}$.a = 1${')'.repeat(500)} }`));
});

test('the linear search finds what the quick one does', () => {
  const needle = 'ab'.repeat(600);
  const text = `${'ab'.repeat(599)}a${'ab'.repeat(3_000)}`;
  assert.equal(contains(text, needle), true);
  assert.equal(contains('ab'.repeat(599).repeat(1) + 'x'.repeat(5_000), needle), false);
});
