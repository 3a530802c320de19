import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { AuditWrite, Store } from '#store/store.ts';
import { audit, empty, event, job } from './store-units.ts';

/** What a commit carries beside records: audit, events, jobs. */
export function trailConformance(name: string, open: () => Promise<Store>): void {
  describe(`audit, outbox and jobs: ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    beforeEach(() => store.reset());
    after(() => store.close());

    test('audit records come back by time, newest or oldest first', async () => {
      const times = [5, 3, 9, 3, 7, 1, 8];
      await Promise.all(times.slice(0, 4).map((time, at) => store.commit({ ...empty, audit: [audit(`${at}`, time)] })));
      for (const [at, time] of times.slice(4).entries()) {
        await store.commit({ ...empty, audit: [audit(`${at + 4}`, time), audit(`${at + 4}b`, 4)] });
      }
      assert.deepEqual(await auditIds({ from: 3, to: 8, oldestFirst: true }), [
        '1',
        '3',
        '4b',
        '5b',
        '6b',
        '0',
        '4',
        '6',
      ]);
      assert.deepEqual(await auditIds({ from: 3, to: 8 }), ['6', '4', '0', '6b', '5b', '4b', '3', '1']);
      assert.deepEqual(await auditIds({ from: 10, to: 20 }), []);
      const report = await store.verifyAudit();
      assert.deepEqual(report, { blocks: report.blocks, deleted: 0, brokenAt: undefined });
      assert.ok(report.blocks >= 4);
    });

    test('a long audit trail is whole, in many blocks and in large ones', async () => {
      const json = (at: number) => JSON.stringify({ at, text: 'line\nbreak "quoted" grüße', pad: 'x'.repeat(300) });
      for (let round = 0; round < 3; round++) {
        const some = Array.from({ length: 100 }, (_, at) => ({
          id: `${round}-${at}`,
          time: round * 100 + at,
          json: json(at),
        }));
        await Promise.all(some.map((record) => store.commit({ ...empty, audit: [record] })));
      }
      for (let at = 0; at < 150; at++) await store.commit({ ...empty, audit: [audit(`single-${at}`, 300 + at)] });
      const read: AuditWrite[] = [];
      for await (const record of store.readAudit({ from: 0, to: 449, oldestFirst: true })) read.push(record);
      assert.equal(read.length, 450);
      assert.deepEqual(
        read.map(({ time }) => time),
        Array.from({ length: 450 }, (_, at) => at),
      );
      assert.equal(read[142]?.json, json(42));
      assert.equal((await store.verifyAudit()).brokenAt, undefined);
    });

    test('the outbox gives each subscriber its topics in order until it acknowledges', async () => {
      await store.commit({ ...empty, events: [event('a', 1), event('b', 2), event('a', 3)] });
      const first = await store.readOutbox('one', ['a'], 10);
      assert.deepEqual(
        first.map(({ body }) => body),
        [1, 3],
      );
      assert.deepEqual(await store.readOutbox('one', ['a'], 10), first, 'not acknowledged: comes again');
      assert.equal((await store.readOutbox('two', ['a', 'b'], 10)).length, 3);
      const [event1] = first;
      await store.ackOutbox('one', event1?.seq ?? 0);
      assert.deepEqual(
        (await store.readOutbox('one', ['a'], 10)).map(({ body }) => body),
        [3],
      );
      const two = await store.readOutbox('two', ['a', 'b'], 2);
      assert.deepEqual(
        two.map(({ body }) => body),
        [1, 2],
        'what another subscriber acknowledged still comes',
      );
      await store.commit({ ...empty, events: [event('a', 4)] });
      assert.deepEqual(
        (await store.readOutbox('one', ['a'], 10)).map(({ body }) => body),
        [3, 4],
      );
    });

    test('a cursor never goes back', async () => {
      await store.commit({ ...empty, events: [event('a', 1), event('a', 2)] });
      await store.readOutbox('slow', ['a'], 10); // keeps the events
      const [, last] = await store.readOutbox('one', ['a'], 10);
      await store.ackOutbox('one', last?.seq ?? 0);
      await store.ackOutbox('one', 1);
      assert.deepEqual(await store.readOutbox('one', ['a'], 10), []);
    });

    test('a job is leased once until its lease ends', async () => {
      await store.commit({ ...empty, jobs: [job('a', 100, { n: 1 }), job('b', 50), job('c', 200)] });
      assert.equal(await store.nextJobAt(), 50);
      assert.deepEqual(await store.leaseJobs(49, 1000, 10), []);
      const taken = await store.leaseJobs(100, 1000, 10);
      assert.deepEqual(
        taken.map(({ id, attempts, runAt }) => [id, attempts, runAt]),
        [
          ['b', 1, 50],
          ['a', 1, 100],
        ],
      );
      assert.deepEqual(taken[1]?.payload, { n: 1 });
      assert.deepEqual(await store.leaseJobs(150, 1000, 10), []);
      assert.equal(await store.nextJobAt(), 200);
      await store.commit({ ...empty, jobs: [{ kind: 'k', id: 'b', runAt: undefined }] });
      const again = await store.leaseJobs(1100, 1000, 10);
      assert.deepEqual(again.map(({ id, attempts }) => [id, attempts]).sort(), [
        ['a', 2],
        ['c', 1],
      ]);
    });

    test('two workers never hold one job', async () => {
      await store.commit({ ...empty, jobs: Array.from({ length: 20 }, (_, at) => job(`${at}`, 1)) });
      const taken = await Promise.all(Array.from({ length: 5 }, () => store.leaseJobs(10, 1000, 6)));
      const names = taken.flat().map(({ id }) => id);
      assert.equal(new Set(names).size, names.length);
      assert.equal(names.length, 20);
    });

    test('a retry keeps the attempts; a finished job starts anew', async () => {
      await store.commit({ ...empty, jobs: [job('a', 1)] });
      await store.leaseJobs(1, 10, 1);
      await store.commit({ ...empty, jobs: [job('a', 2)] });
      assert.equal((await store.leaseJobs(2, 10, 1))[0]?.attempts, 2);
      await store.commit({ ...empty, jobs: [{ kind: 'k', id: 'a', runAt: undefined }, job('a', 3)] });
      assert.equal((await store.leaseJobs(3, 10, 1))[0]?.attempts, 1);
    });

    async function auditIds(range: { from: number; to: number; oldestFirst?: boolean }) {
      const found: string[] = [];
      for await (const { id } of store.readAudit(range)) found.push(id);
      return found;
    }
  });
}
