import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, rowOrFailure, verdictOf } from './row.ts';

const more = { name: 'rate', unit: 'calls/CPU-s', floor: 4_000, goal: 6_000 };
const less = { name: 'latency', unit: 'ms', floor: 20, goal: 10, better: 'less' as const };

const verdicts = [
  { row: { ...more, value: 6_000 }, verdict: 'goal' },
  { row: { ...more, value: 5_999 }, verdict: 'floor' },
  { row: { ...more, value: 3_999 }, verdict: 'below' },
  { row: { ...less, value: 10 }, verdict: 'goal' },
  { row: { ...less, value: 20 }, verdict: 'floor' },
  { row: { ...less, value: 20.1 }, verdict: 'below' },
  { row: { name: 'shown', unit: 'ms', value: 1 }, verdict: 'shown' },
  { row: { ...more, value: undefined, failure: 'refused' }, verdict: 'failed' },
  { row: { ...more, value: Number.NaN }, verdict: 'below' },
];

for (const { row, verdict } of verdicts) {
  test(`${row.value} ${row.unit} is ${verdict}`, () => assert.equal(verdictOf(row), verdict));
}

test('the median is the middle, or between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 100]), 3);
});

test('percentiles are values that occurred', () => {
  const ascending = Array.from({ length: 200 }, (_, index) => index + 1);
  assert.equal(percentile(ascending, 0.5), 100);
  assert.equal(percentile(ascending, 0.99), 198);
  assert.equal(percentile([1, 2, 3], 0.5), 2);
  assert.equal(percentile([7], 0.99), 7);
});

test('a measurement that fails is a row that says why', async () => {
  const row = await rowOrFailure(more, () => Promise.reject(new Error('answered 400')));
  assert.deepEqual(row, { ...more, value: undefined, failure: 'answered 400' });
});
