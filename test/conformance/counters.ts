import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Counters } from '#store/counters/counters.ts';

/**
 * What every implementation of counters must do.
 *
 * @param advance moves its time by ms: a clock, or waiting
 */
export function countersConformance(
  name: string,
  open: () => Promise<Counters>,
  advance: (ms: number) => Promise<void>,
): void {
  describe(`counters: ${name}`, () => {
    let counters: Counters;
    const run = `${process.pid}-${Date.now()}-`;
    before(async () => {
      counters = await open();
    });
    after(() => counters.close());

    test('adds, also less than nothing, and says what it came to', async () => {
      assert.equal(await counters.peek(`${run}a`), 0);
      assert.equal(await counters.add(`${run}a`, 3, 60_000), 3);
      assert.equal(await counters.add(`${run}a`, -1, 60_000), 2);
      assert.equal(await counters.peek(`${run}a`), 2);
    });

    test('adds of one moment count each', async () => {
      const sums = await Promise.all(Array.from({ length: 50 }, () => counters.add(`${run}b`, 1, 60_000)));
      assert.deepEqual(
        sums.sort((x, y) => x - y),
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    });

    test('forgets after its time, counted from the last change', async () => {
      await counters.add(`${run}c`, 1, 60_000);
      await counters.add(`${run}c`, 1, 80);
      await advance(100);
      assert.equal(await counters.peek(`${run}c`), 0);
    });

    test('of many claims one is granted, until its time is over', async () => {
      const claims = await Promise.all(Array.from({ length: 20 }, () => counters.claim(`${run}d`, 80)));
      assert.equal(claims.filter((granted) => granted).length, 1);
      await advance(100);
      assert.equal(await counters.claim(`${run}d`, 80), true);
    });

    test('clears', async () => {
      await counters.add(`${run}e`, 1, 60_000);
      await counters.clear(`${run}e`);
      assert.equal(await counters.peek(`${run}e`), 0);
      assert.equal(await counters.claim(`${run}e`, 60_000), true);
    });
  });
}
