import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from './table.ts';

test('figures stand flush right, and a failure says why below', () => {
  const text = table([
    { name: 'reads', value: 12_345.6, unit: 'calls/CPU-s', floor: 4_000, goal: 6_000 },
    { name: 'p99', value: 20.46, unit: 'ms', floor: 20, goal: 20, better: 'less' },
    { name: 'writes', value: undefined, unit: 'calls/CPU-s', floor: 1_500, goal: 3_000, failure: 'answered 400' },
  ]);
  assert.deepEqual(text.split('\n'), [
    '         value  unit         floor   goal  verdict',
    'reads   12,346  calls/CPU-s  4,000  6,000  ✓ goal',
    'p99       20.5  ms              20     20  ✗ below',
    'writes          calls/CPU-s  1,500  3,000  ✗ failed',
    'writes: answered 400',
  ]);
});
