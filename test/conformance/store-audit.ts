import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { AuditWrite, Store } from '#store/store.ts';
import { audit, empty } from './store-units.ts';

/** Look-ups by term, and the end of old audit records. */
export function auditConformance(name: string, open: () => Promise<Store>): void {
  describe(`audit look-ups and retention: ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    beforeEach(() => store.reset());
    after(() => store.close());

    test('what has the term comes, in order of time, from every part of a long trail', async () => {
      const total = 5_300;
      await commit(Array.from({ length: total }, (_, at) => termed(at, [at % 1_000 === 7 ? 'rare' : 'common'])));
      const rare = [7, 1_007, 2_007, 3_007, 4_007, 5_007];
      assert.deepEqual(await matching({ terms: ['rare'], oldestFirst: true }, 'rare'), rare);
      assert.deepEqual(await matching({ terms: ['rare'] }, 'rare'), [...rare].reverse());
      assert.deepEqual(await matching({ from: 1_007, to: 4_006, terms: ['rare'] }, 'rare'), [3_007, 2_007, 1_007]);
      assert.deepEqual(await matching({ terms: ['id-1234'] }, 'id-1234'), [1_234], 'the id is a term');
      assert.equal((await times({ terms: ['common'] })).length, total, 'each hundred of one commit holds it');
      assert.deepEqual((await times({ oldestFirst: true })).length, total);
      assert.deepEqual(await times({ oldestFirst: true, from: 4_090, to: 4_100 }), range(4_090, 4_101));
    });

    test('a term that nothing has gives at most a chance segment', async () => {
      await commit(Array.from({ length: 4_200 }, (_, at) => termed(at, [`t${at}`])));
      for (let at = 0; at < 20; at++) assert.deepEqual(await times({ terms: [`nothing ${at}`] }), []);
    });

    test('the id is a term, and so is what holds control characters', async () => {
      await commit([termed(1, ['a\tb\nc']), termed(2, ['x'])]);
      await commit([termed(3, [])]);
      assert.deepEqual(await matching({ terms: ['id-3'] }, 'id-3'), [3]);
      assert.deepEqual(await matching({ terms: ['a\tb\nc'] }, 'a\tb\nc'), [1]);
      assert.deepEqual(await times({ terms: ['b'] }), []);
    });

    test('every term must be there', async () => {
      for (const at of range(0, 60)) await commit([termed(at, [`even ${at % 2 === 0}`, `third ${at % 3 === 0}`])]);
      assert.deepEqual(
        await times({ terms: ['even true', 'third true'], oldestFirst: true }),
        range(0, 10).map((at) => at * 6),
      );
    });

    test('records without terms come with every look-up, those with none only without', async () => {
      await commit([audit('plain', 5)]);
      await commit([termed(6, [])]);
      await commit([termed(7, ['x'])]);
      assert.deepEqual(await times({ terms: ['x'] }), [7, 5]);
      assert.deepEqual(await times({ terms: ['y'] }), [5]);
      assert.deepEqual(await times({}), [7, 6, 5]);
    });

    test('what was written after a look-up is in the next one', async () => {
      for (const round of range(0, 4)) {
        await commit(range(0, 1_500).map((at) => termed(round * 1_500 + at, [`round ${round}`])));
        assert.equal((await times({ terms: [`round ${round}`] })).length, 1_500);
        assert.equal((await times({})).length, 1_500 * (round + 1));
      }
    });

    test('after a reset nothing is left of what was summed up', async () => {
      await commit(range(0, 2_500).map((at) => termed(at, ['before'])));
      assert.equal((await times({ terms: ['before'] })).length, 2_500);
      await store.reset();
      await commit(range(0, 2_500).map((at) => termed(at, ['after'])));
      assert.deepEqual(await times({ terms: ['before'] }), []);
      assert.equal((await times({ terms: ['after'] })).length, 2_500);
    });

    test('blocks go from the oldest on, whole ones, and the chain holds', async () => {
      for (const at of range(0, 700)) await commit([termed(at, ['x'])]);
      const dropped: number[] = [];
      for (;;) {
        const count = await store.dropAudit(650);
        if (count === 0) break;
        dropped.push(count);
        assert.equal((await store.verifyAudit()).brokenAt, undefined);
      }
      assert.ok(dropped.length > 1, 'in steps');
      assert.deepEqual(await store.verifyAudit(), { blocks: 50, deleted: 650, brokenAt: undefined });
      assert.deepEqual(await times({ oldestFirst: true }), range(650, 700));
      assert.deepEqual(await times({ terms: ['x'], oldestFirst: true }), range(650, 700));
      await commit([termed(700, ['x'])]);
      assert.deepEqual(await store.verifyAudit(), { blocks: 51, deleted: 650, brokenAt: undefined });
    });

    test('a block stays as long as one of its records is young', async () => {
      await commit([termed(1, []), termed(100, [])]);
      await commit([termed(2, [])]);
      assert.equal(await store.dropAudit(50), 0);
      assert.deepEqual(await times({ oldestFirst: true }), [1, 2, 100]);
      assert.equal(await store.dropAudit(101), 2);
      assert.deepEqual(await times({}), []);
      assert.deepEqual(await store.verifyAudit(), { blocks: 0, deleted: 2, brokenAt: undefined });
    });

    test('look-ups go on while what they read grows old, also through the middle of a segment', async () => {
      const each = 20;
      for (const at of range(0, 250)) await commit(range(0, each).map((one) => termed(at * each + one, ['x'])));
      assert.equal((await times({ terms: ['x'] })).length, 250 * each);
      while ((await store.dropAudit(120 * each)) > 0);
      assert.deepEqual(await times({ terms: ['x'], oldestFirst: true }), range(120 * each, 250 * each));
      await commit(range(0, 2_100).map((at) => termed(250 * each + at, ['x'])));
      assert.equal((await times({ terms: ['x'] })).length, 130 * each + 2_100);
      while ((await store.dropAudit(Number.MAX_SAFE_INTEGER)) > 0);
      assert.deepEqual(await times({ terms: ['x'] }), []);
    });

    type Range = { from?: number; to?: number; oldestFirst?: boolean; terms?: readonly string[] };

    async function* read(wanted: Range): AsyncIterable<AuditWrite> {
      yield* store.readAudit({ from: 0, to: 1_000_000, ...wanted });
    }

    async function times(wanted: Range): Promise<readonly number[]> {
      const found: number[] = [];
      for await (const { time } of read(wanted)) found.push(time);
      return found;
    }

    /** As a caller looks: what comes may lack the term. */
    async function matching(wanted: Range, term: string): Promise<readonly number[]> {
      const found: number[] = [];
      for await (const { id, time, json } of read(wanted)) {
        if (id === term || (JSON.parse(json).terms as string[]).includes(term)) found.push(time);
      }
      return found;
    }

    /** A hundred records in one unit. */
    async function commit(records: readonly AuditWrite[]): Promise<void> {
      for (let from = 0; from < records.length; from += 100) {
        await store.commit({ ...empty, audit: records.slice(from, from + 100) });
      }
    }
  });
}

function termed(time: number, terms: readonly string[]): AuditWrite {
  return { id: `id-${time}`, time, json: JSON.stringify({ terms }), terms };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
