import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonNode, readJson } from './json-reader.ts';

function plainValue(node: JsonNode): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries([...node.members].map(([name, member]) => [name, plainValue(member)]));
    case 'array':
      return node.items.map(plainValue);
    case 'string':
      return node.text;
    default:
      return JSON.parse(node.text);
  }
}

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const node = readJson(text);
      assert.ok(node);
      assert.deepEqual(JSON.parse(JSON.stringify(plainValue(node))), JSON.parse(text));
      assert.equal(text.slice(node.start, node.end), text);
    }),
  );
});

test('refuses what JSON.parse refuses, and never throws', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '\\',
    '1',
    '-',
    '01',
    '1e',
    'true',
    'nul',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      let parsed = true;
      try {
        JSON.parse(text);
      } catch {
        parsed = false;
      }
      const node = readJson(text);
      if (!parsed) assert.equal(node, undefined, text);
    }),
    { numRuns: 5_000 },
  );
});

test('refuses a repeated key', () => {
  assert.equal(readJson('{"a":1,"a":1}'), undefined);
  assert.ok(readJson('{"a":1,"A":1}'));
  assert.equal(readJson('{"a":1,"\\u0061":2}'), undefined);
});

test('refuses hostile nesting', () => {
  assert.equal(readJson('['.repeat(1_000_000)), undefined);
  assert.equal(readJson(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`), undefined);
});
