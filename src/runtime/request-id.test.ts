import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRequestId, timeOfRequestId } from './request-id.ts';

test('an id carries the time at which it was made', () => {
  const before = Date.now();
  const time = timeOfRequestId(newRequestId()) ?? 0;
  assert.ok(before <= time && time <= Date.now());
});

test('ids are different, and those of a later millisecond sort after', () => {
  const ids: string[] = [];
  for (let ends = Date.now() + 3; Date.now() < ends; ) ids.push(newRequestId());
  assert.equal(new Set(ids).size, ids.length);
  const times = ids.map((id) => timeOfRequestId(id) ?? 0);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  const first = ids[0] ?? '';
  const last = ids.at(-1) ?? '';
  assert.ok(first < last && times[0] !== times.at(-1));
});

test('the time of a known id (RFC 9562, appendix A.6)', () => {
  assert.equal(timeOfRequestId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'), 0x017f22e279b0);
});

for (const [what, id] of [
  ['a random UUID', '919108f7-52d1-4320-9bac-f847db4148a8'],
  ['another variant', '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f'],
  ['capital letters', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F'],
  ['more than an id', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n'],
  ['nothing', ''],
] as const) {
  test(`no time in ${what}`, () => assert.equal(timeOfRequestId(id), undefined));
}
