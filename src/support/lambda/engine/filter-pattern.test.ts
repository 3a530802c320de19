import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { matches, parsePattern } from './filter-pattern.ts';

const event = { body: { kind: 'order', price: 12, gone: null, tags: ['a', 'b'], note: '' }, eventSource: 'aws:sqs' };

/** [pattern, whether it matches] */
const cases: readonly (readonly [object, boolean])[] = [
  [{ body: { kind: ['order'] } }, true],
  [{ body: { kind: ['other'] } }, false],
  [{ body: { kind: ['other', 'order'] } }, true],
  [{ body: { kind: ['order'], price: [12] } }, true],
  [{ body: { kind: ['order'], price: [13] } }, false],
  [{ body: { kind: [{ prefix: 'or' }] } }, true],
  [{ body: { kind: [{ suffix: 'or' }] } }, false],
  [{ body: { kind: [{ suffix: 'er' }] } }, true],
  [{ body: { kind: [{ 'equals-ignore-case': 'ORDER' }] } }, true],
  [{ body: { kind: [{ 'anything-but': ['order'] }] } }, false],
  [{ body: { kind: [{ 'anything-but': 'other' }] } }, true],
  [{ body: { kind: [{ 'anything-but': { prefix: 'or' } }] } }, false],
  [{ body: { none: [{ 'anything-but': 'x' }] } }, false],
  [{ body: { price: [{ numeric: ['>', 10, '<=', 12] }] } }, true],
  [{ body: { price: [{ numeric: ['<', 12] }] } }, false],
  [{ body: { price: [{ numeric: ['=', 12] }] } }, true],
  [{ body: { kind: [{ numeric: ['=', 12] }] } }, false],
  [{ body: { none: [{ exists: false }] } }, true],
  [{ body: { kind: [{ exists: false }] } }, false],
  [{ body: { kind: [{ exists: true }] } }, true],
  [{ body: { gone: [null] } }, true],
  [{ body: { none: [null] } }, false],
  [{ body: { note: [''] } }, true],
  [{ body: { tags: ['b'] } }, true],
  [{ body: { tags: ['c'] } }, false],
  [{ body: { $or: [{ kind: ['x'] }, { price: [12] }] } }, true],
  [{ body: { $or: [{ kind: ['x'] }, { price: [13] }] } }, false],
  [{ kind: ['order'] }, false],
  [{ body: ['order'] }, false],
];

test('rules of the filter syntax', () => {
  for (const [pattern, expected] of cases) {
    const parsed = parsePattern(JSON.stringify(pattern));
    assert.ok(parsed !== undefined, JSON.stringify(pattern));
    assert.equal(matches(parsed, event), expected, JSON.stringify(pattern));
  }
});

test('what is no pattern', () => {
  const wrong = [
    '',
    'text',
    'null',
    '1',
    '[]',
    '{}',
    '{"a":"b"}',
    '{"a":1}',
    '{"a":[]}',
    '{"a":{}}',
    '{"a":[["b"]]}',
    '{"a":[{"unknown":1}]}',
    '{"a":[{"prefix":1}]}',
    '{"a":[{"exists":"yes"}]}',
    '{"a":[{"numeric":["~",1]}]}',
    '{"a":[{"numeric":[">"]}]}',
    '{"$or":{"a":["b"]}}',
    '{"a":[{"prefix":"b","suffix":"c"}]}',
  ];
  for (const text of wrong) assert.equal(parsePattern(text), undefined, text);
  assert.equal(parsePattern(`${'{"a":'.repeat(5_000)}["b"]${'}'.repeat(5_000)}`), undefined);
});

test('no event breaks a pattern', () => {
  const pattern = parsePattern(
    '{"body":{"kind":[{"prefix":"a"}],"$or":[{"n":[{"numeric":[">",1]}]},{"m":[{"exists":false}]}]}}',
  );
  assert.ok(pattern !== undefined);
  fc.assert(fc.property(fc.jsonValue(), (value) => typeof matches(pattern, value) === 'boolean'));
});
