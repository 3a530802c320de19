import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import type { GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

let it: TestLogs;
before(async () => {
  it = await openTestLogs();
});
after(() => it.ringwall.stop());

type Put = { readonly offset: number; readonly gaps: readonly number[]; readonly large: boolean };

/** Calls whose times overlap as they like, of all spans, some large enough to be no part of a merge. */
const puts: fc.Arbitrary<readonly Put[]> = fc.array(
  fc.record({
    offset: fc.integer({ min: 0, max: 7_200_000 }),
    gaps: fc.array(fc.oneof(fc.constant(0), fc.integer({ max: 900, min: 0 }), fc.integer({ max: 900_000, min: 0 })), {
      minLength: 1,
      maxLength: 6,
    }),
    large: fc.boolean(),
  }),
  { minLength: 1, maxLength: 45 },
);

let count = 0;

async function readAll(group: string, direction: 'forward' | 'backward', limit: number): Promise<readonly string[]> {
  const all: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page: GetLogEventsCommandOutput = await it.logs.getLogEvents({
      logGroupName: group,
      logStreamName: 's',
      limit,
      startFromHead: direction === 'forward',
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const names = (page.events ?? []).map(({ message = '' }) => message.slice(0, 12));
    if (direction === 'forward') all.push(...names);
    else all.unshift(...names);
    const token = direction === 'forward' ? page.nextForwardToken : page.nextBackwardToken;
    if (token === nextToken) return all;
    nextToken = token;
  }
}

test('whatever is put is read in order, whole, in pages from either end, before and after merging', async () => {
  await fc.assert(
    fc.asyncProperty(puts, fc.integer({ min: 2, max: 50 }), async (list, limit) => {
      count += 1;
      const group = `model-${count}`;
      await it.stream(group);
      const base = it.now() - 10 * 3_600_000;
      const expected: { readonly time: number; readonly name: string }[] = [];
      for (const [number, { offset, gaps, large }] of list.entries()) {
        let timestamp = base + offset;
        const logEvents = gaps.map((gap, index) => {
          timestamp += gap;
          const name = `${number}-${index}`.padEnd(12);
          expected.push({ time: timestamp, name });
          return { timestamp, message: name + (large ? 'x'.repeat(9_000) : '') };
        });
        await it.logs.putLogEvents({ logGroupName: group, logStreamName: 's', logEvents });
      }
      // Stable: events of one time stand in the order in which they came.
      const wanted = expected.toSorted((a, b) => a.time - b.time).map(({ name }) => name);
      for (const merged of [false, true]) {
        if (merged) await it.ringwall.advance(700_000);
        assert.deepEqual(await readAll(group, 'forward', limit), wanted);
        assert.deepEqual(await readAll(group, 'backward', limit), wanted);
        const middle = expected[Math.floor(expected.length / 2)]?.time ?? 0;
        const { events: some = [] } = await it.logs.filterLogEvents({
          logGroupName: group,
          startTime: middle,
          endTime: middle,
        });
        const atMiddle = expected.filter(({ time }) => time === middle).map(({ name }) => name);
        assert.deepEqual(
          some.map(({ message = '' }) => message.slice(0, 12)),
          atMiddle,
        );
      }
      await it.logs.deleteLogGroup({ logGroupName: group });
      await it.ringwall.settled();
    }),
    { numRuns: 25 },
  );
});

test('calls that span a day and all overlap are read page by page, within bounds', async () => {
  await it.stream('day');
  const base = it.now() - 24 * 3_600_000;
  const calls = 12;
  for (let call = 0; call < calls; call += 1) {
    const logEvents = Array.from({ length: 300 }, (_, at) => ({
      timestamp: base + at * 280_000 + call,
      message: `${at} ${call}`,
    }));
    await it.logs.putLogEvents({ logGroupName: 'day', logStreamName: 's', logEvents });
  }
  const wanted = Array.from({ length: 300 * calls }, (_, at) => `${Math.floor(at / calls)} ${at % calls}`);
  assert.deepEqual(await readAll('day', 'forward', 250), wanted);
  assert.deepEqual(await readAll('day', 'backward', 250), wanted);
  const { events = [], nextToken } = await it.logs.filterLogEvents({
    logGroupName: 'day',
    limit: 100,
    filterPattern: '5',
  });
  const matching = wanted.filter((message) => message.includes('5'));
  assert.deepEqual(
    events.map(({ message }) => message),
    matching.slice(0, 100),
  );
  const next = await it.logs.filterLogEvents({
    logGroupName: 'day',
    limit: 100,
    filterPattern: '5',
    nextToken: nextToken ?? '',
  });
  assert.deepEqual(
    next.events?.map(({ message }) => message),
    matching.slice(100, 200),
  );
});
