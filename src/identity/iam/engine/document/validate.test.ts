import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { PolicyKind } from './policy.ts';
import { parsePolicy } from './validate.ts';

type DocumentCase = { readonly kind: PolicyKind; readonly document: unknown; readonly message: string | null };

/** Documents with the first fault that AWS names, or null for good ones. */
const cases = JSON.parse(
  readFileSync(new URL('../cases/documents.json', import.meta.url), 'utf8'),
) as readonly DocumentCase[];

for (const [index, { kind, document, message }] of cases.entries()) {
  test(`document ${index} (${kind}): ${message ?? 'good'}`, () => {
    const reading = parsePolicy(document, kind);
    assert.equal(reading.ok ? null : reading.errors[0]?.message, message, JSON.stringify(document));
  });
}

test('every fault is reported, with its place', () => {
  const statement = { Effect: 'Allow', Action: 'x', Resource: 'y' };
  const reading = parsePolicy({ Version: '2012-10-17', Statement: [statement, statement] }, 'identity');
  assert.deepEqual(reading.ok ? [] : reading.errors.map(({ path }) => path), [
    'Statement[0].Resource',
    'Statement[1].Resource',
    'Statement[0].Action',
    'Statement[1].Action',
  ]);
});
