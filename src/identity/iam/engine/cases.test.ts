import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runPolicyCases } from '../cases-runner.ts';

/** Every line of cases/*.jsonl is one decision, reasoned by hand from the IAM user guide; `why` says how. */
const folder = new URL('./cases/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

for (const file of files) {
  test(`cases: ${file}`, () => {
    const { results, malformed } = runPolicyCases(readFileSync(new URL(file, folder), 'utf8').split('\n'));
    assert.deepEqual(malformed, []);
    assert.deepEqual(
      results.filter(({ ok }) => !ok).map(({ id, expected, decision, layer }) => ({ id, expected, decision, layer })),
      [],
    );
  });
}

test('the cases are many, and no id comes twice', () => {
  const ids = files.flatMap((file) =>
    runPolicyCases(readFileSync(new URL(file, folder), 'utf8').split('\n')).results.map(({ id }) => id),
  );
  assert.ok(ids.length >= 500, `${ids.length} cases`);
  assert.equal(new Set(ids).size, ids.length);
});
