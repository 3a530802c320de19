import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { median } from './row.ts';
import { perRequest, ratiosOfNeighbours } from './turns.ts';

test('each two neighbours give the ratio of the second to the first', () => {
  assert.deepEqual(ratiosOfNeighbours([1, 2, 4, 8]), [2, 0.5, 2]);
  assert.deepEqual(ratiosOfNeighbours([3]), []);
});

test('a machine that becomes three times slower on the way changes no median', () => {
  const truth = 1.1;
  const costs = Array.from({ length: 14 }, (_, turn) => (turn % 2 === 0 ? 1 : truth) * (turn < 7 ? 1 : 3));
  assert.equal(median(ratiosOfNeighbours(costs)).toFixed(6), truth.toFixed(6));
});

test('what the server still does after the last answer counts for the turn', async () => {
  let used = 1;
  const load = {
    run: async () => {
      used += 2;
      setTimeout(() => {
        used += 1;
      }, 1);
      return { requests: 300, seconds: 1, p50: 1, p99: 1 };
    },
  };
  assert.equal(await perRequest(() => used, load, 1), 0.01);
});
