import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { type CommittedChange, ConflictError, type RecordKey, type Store } from '#store/store.ts';
import { audit, empty, event, increment, job, key, place, put, unit, write } from './store-units.ts';

/** Records, their versions, scans and indexes. */
export function recordConformance(name: string, open: () => Promise<Store>): void {
  describe(`records: ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    beforeEach(() => store.reset());
    after(() => store.close());

    test('a record is read as it was written, and is frozen', async () => {
      const value = { text: 'grüße 🔑', list: [1, 2.5, null, { deep: true }], '': 'empty' };
      await store.commit(unit(put('a', value)));
      const read = await store.get<typeof value>(key('a'));
      assert.deepEqual(read?.value, value);
      assert.deepEqual(read?.key, key('a'));
      assert.throws(() => read?.value.list.push(1), TypeError);
      assert.equal(await store.get(key('b')), undefined);
    });

    test('the caller may change its object after commit was called', async () => {
      const value = { state: 'before' };
      const committed = store.commit(unit(put('a', value)));
      value.state = 'after';
      await committed;
      assert.deepEqual((await store.get(key('a')))?.value, { state: 'before' });
    });

    test('keys that look alike are different records', async () => {
      const alike: RecordKey[] = [
        { collection: 'ab', account: 'c', region: 'd', id: 'e' },
        { collection: 'a', account: 'bc', region: 'd', id: 'e' },
        { collection: 'a', account: 'b', region: 'cd', id: 'e' },
        { collection: 'a', account: 'b', region: 'c', id: 'de' },
        { collection: 'a', account: 'b', region: 'c', id: '' },
        { collection: 'a', account: 'b', region: 'c', id: '\u0000' },
      ];
      await store.commit(unit(...alike.map((each, at) => write(each, 0, at))));
      const values = await Promise.all(alike.map((each) => store.get(each)));
      assert.deepEqual(
        values.map((record) => record?.value),
        alike.map((_, at) => at),
      );
    });

    test('a write with a version that is not the latest is refused', async () => {
      await store.commit(unit(put('a', 1)));
      await assert.rejects(store.commit(unit(put('a', 2))), ConflictError);
      const first = await versionOf('a');
      await store.commit(unit(put('a', 2, first)));
      await assert.rejects(store.commit(unit(put('a', 3, first))), (error: unknown) => {
        assert.ok(error instanceof ConflictError);
        assert.deepEqual(error.key, key('a'));
        return true;
      });
      assert.equal((await store.get(key('a')))?.value, 2);
    });

    test('a unit is refused when what it only read has changed, appeared or gone', async () => {
      await store.commit(unit(put('read', 1), put('gone', 1)));
      const read = await versionOf('read');
      const gone = await versionOf('gone');
      await store.commit(unit(put('read', 2, read), put('gone', undefined, gone), put('new', 1)));
      for (const [id, version] of [
        ['read', read],
        ['gone', gone],
        ['new', 0],
      ] as const) {
        const stale = { ...unit(put('other', 1)), reads: [{ key: key(id), version }] };
        await assert.rejects(store.commit(stale), ConflictError, id);
      }
      assert.equal(await store.get(key('other')), undefined);
    });

    test('a refused unit leaves nothing behind; its neighbours of the same commit stand', async () => {
      const refused = store.commit({
        ...unit(put('x', 1, 0, [['by', 'x']]), put('y', 1, 7)),
        events: [event('t', 'refused')],
        jobs: [{ kind: 'k', id: 'refused', runAt: 1 }],
        audit: [audit('refused', 1)],
      });
      const settled = await Promise.allSettled([
        store.commit(unit(put('m', 1))),
        refused,
        store.commit(unit(put('n', 1))),
      ]);
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.deepEqual(await ids(), ['m', 'n']);
      assert.deepEqual(await store.scanIndex({ ...place, index: 'by' }), []);
      assert.deepEqual(await store.readOutbox('s', ['t'], 10), []);
      assert.equal(await store.nextJobAt(), undefined);
      assert.deepEqual(await Array.fromAsync(store.readAudit({ from: 0, to: 10 })), []);
    });

    test('of many units that change one record at once, exactly one wins', async () => {
      await store.commit(unit(put('a', 0)));
      const version = await versionOf('a');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, at) => store.commit(unit(put('a', at, version)))),
      );
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof ConflictError);
      }
    });

    test('counters incremented concurrently with retries lose nothing', async () => {
      await store.commit(unit(put('n', 0)));
      await Promise.all(Array.from({ length: 25 }, () => increment(store, 'n')));
      assert.equal((await store.get(key('n')))?.value, 25);
    });

    test('a record deleted and made again is not taken for the one before', async () => {
      await store.commit(unit(put('a', 'first')));
      const before = await versionOf('a');
      await store.commit(unit(put('a', undefined, before)));
      await store.commit(unit(put('a', 'second')));
      assert.ok((await versionOf('a')) > before);
      await assert.rejects(store.commit(unit(put('a', 'third', before))), ConflictError);
    });

    test('versions do not start over with a reset', async () => {
      await store.commit(unit(put('a', 1)));
      const before = await versionOf('a');
      await store.reset();
      assert.equal(await store.get(key('a')), undefined);
      await store.commit(unit(put('a', 2)));
      await assert.rejects(store.commit(unit(put('a', 3, before))), ConflictError);
    });

    test('deleting what is absent changes nothing', async () => {
      const changes: CommittedChange[] = [];
      const stop = store.onChange((some) => changes.push(...some));
      await store.commit(unit(put('a', undefined)));
      stop();
      assert.deepEqual(changes, []);
    });

    test('scans are in the order of UTF-8 bytes, whatever the language', async () => {
      const names = [
        '',
        'B',
        'a',
        'a/b',
        'a-b',
        'ab',
        'z',
        'ä',
        'é',
        'ß',
        '\ud7ff',
        '\ue000',
        '\uffff',
        '😀',
        '𝔞',
        '\u{10ffff}',
      ];
      await store.commit(unit(...names.map((id) => put(id, 1))));
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(await ids(), sorted);
      assert.deepEqual(await ids({ reverse: true }), sorted.toReversed());
      assert.deepEqual(await ids({ prefix: 'a' }), ['a', 'a-b', 'a/b', 'ab']);
      assert.deepEqual(await ids({ prefix: '\u{10ffff}' }), ['\u{10ffff}']);
      assert.deepEqual(await ids({ prefix: '\ud7ff' }), ['\ud7ff']);
    });

    test('scans page through with `after` and `limit`, both ways', async () => {
      await store.commit(unit(...Array.from({ length: 9 }, (_, at) => put(`p/${at}`, at)), put('o', 0), put('q', 0)));
      assert.deepEqual(await ids({ prefix: 'p/', limit: 3 }), ['p/0', 'p/1', 'p/2']);
      assert.deepEqual(await ids({ prefix: 'p/', after: 'p/2', limit: 2 }), ['p/3', 'p/4']);
      assert.deepEqual(await ids({ prefix: 'p/', after: 'p/8' }), []);
      assert.deepEqual(await ids({ prefix: 'p/', after: 'a', limit: 1 }), ['p/0']);
      assert.deepEqual(await ids({ prefix: 'p/', reverse: true, limit: 2 }), ['p/8', 'p/7']);
      assert.deepEqual(await ids({ prefix: 'p/', reverse: true, after: 'p/1' }), ['p/0']);
      assert.deepEqual(await ids({ prefix: 'p/', reverse: true, after: 'z', limit: 1 }), ['p/8']);
      assert.equal(await store.count({ ...place, prefix: 'p/' }), 9);
      assert.equal(await store.count(place), 11);
    });

    test('any set of ids scans as a sorted list would', async () => {
      const id = fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => text.isWellFormed());
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(id, { maxLength: 12 }),
          id,
          id,
          fc.boolean(),
          async (names, prefix, after, reverse) => {
            await store.reset();
            await store.commit(unit(...names.map((each) => put(each, 1))));
            const compare = (a: string, b: string) =>
              Buffer.compare(Buffer.from(a), Buffer.from(b)) * (reverse ? -1 : 1);
            const expected = names.filter((each) => each.startsWith(prefix) && compare(each, after) > 0).sort(compare);
            assert.deepEqual(await ids({ prefix, after, reverse }), expected);
          },
        ),
        { numRuns: 40 },
      );
    });

    test('an index follows every write of its record', async () => {
      await store.commit(
        unit(
          put('1', 'one', 0, [
            ['by', 'b'],
            ['tag', 'x'],
          ]),
          put('2', 'two', 0, [
            ['by', 'a'],
            ['by', 'c'],
          ]),
        ),
      );
      assert.deepEqual(await entries('by'), [
        ['a', '2'],
        ['b', '1'],
        ['c', '2'],
      ]);
      await store.commit(unit(put('1', 'uno', await versionOf('1'), [['by', 'c']])));
      assert.deepEqual(await entries('by'), [
        ['a', '2'],
        ['c', '1'],
        ['c', '2'],
      ]);
      assert.deepEqual(await entries('tag'), []);
      await store.commit(unit(put('2', undefined, await versionOf('2'))));
      assert.deepEqual(await entries('by'), [['c', '1']]);
      const [found] = await store.scanIndex({ ...place, index: 'by' });
      assert.equal(found?.value, 'uno');
    });

    test('an index scan takes equals, prefix, after and reverse', async () => {
      const keys = ['a', 'a', 'ab', 'b', 'ü'];
      await store.commit(unit(...keys.map((each, at) => put(`${at}`, at, 0, [['by', each]]))));
      assert.deepEqual(await entries('by', { equals: 'a' }), [
        ['a', '0'],
        ['a', '1'],
      ]);
      assert.deepEqual(await entries('by', { prefix: 'a' }), [
        ['a', '0'],
        ['a', '1'],
        ['ab', '2'],
      ]);
      assert.deepEqual(await entries('by', { after: { key: 'a', id: '0' }, limit: 2 }), [
        ['a', '1'],
        ['ab', '2'],
      ]);
      assert.deepEqual(await entries('by', { reverse: true, limit: 2 }), [
        ['ü', '4'],
        ['b', '3'],
      ]);
      assert.deepEqual(await entries('by', { reverse: true, after: { key: 'a', id: '1' } }), [['a', '0']]);
      assert.deepEqual(await entries('by', { equals: 'a', after: { key: 'a', id: '0' } }), [['a', '1']]);
    });

    test('partitions do not see each other', async () => {
      const other = { ...place, region: 'eu-west-1' };
      await store.commit(unit(put('a', 1), write({ ...other, id: 'b' }, 0, 2)));
      assert.deepEqual(await ids(), ['a']);
      assert.deepEqual(
        (await store.scan(other)).map((record) => record.key.id),
        ['b'],
      );
      assert.deepEqual(await store.counts(), { things: 2 });
    });

    test('listeners hear of durable changes only, with the version', async () => {
      const heard: CommittedChange[] = [];
      const stop = store.onChange((changes) => heard.push(...changes));
      await store.commit(unit(put('a', 1)));
      const version = await versionOf('a');
      await store.commit(unit(put('a', undefined, version)));
      await store.commit(unit(put('b', 1, 3))).catch(() => undefined);
      stop();
      await store.commit(unit(put('c', 1)));
      assert.deepEqual(
        heard.map(({ key: { id }, deleted }) => [id, deleted]),
        [
          ['a', false],
          ['a', true],
        ],
      );
      assert.equal(heard[0]?.version, version);
    });

    test('a model of the store and the store agree after any history', async () => {
      const step = fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        value: fc.option(fc.integer(), { nil: undefined }),
        tag: fc.constantFrom('x', 'y'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 12 }), async (units) => {
          await store.reset();
          const model = new Map<string, { value: number; tag: string }>();
          for (const steps of units) {
            const last = new Map(steps.map((each) => [each.id, each]));
            const writes = await Promise.all(
              [...last.values()].map(async ({ id, value, tag }) => put(id, value, await versionOf(id), [['tag', tag]])),
            );
            await store.commit(unit(...writes));
            for (const { id, value, tag } of last.values()) {
              if (value === undefined) model.delete(id);
              else model.set(id, { value, tag });
            }
          }
          const expected = [...model].sort().map(([id, { value }]) => [id, value]);
          assert.deepEqual(
            (await store.scan(place)).map((record) => [record.key.id, record.value]),
            expected,
          );
          const tagged = [...model].map(([id, { tag }]) => [tag, id]).sort();
          assert.deepEqual(await entries('tag'), tagged);
        }),
        { numRuns: 25 },
      );
    });

    test('what cannot be stored is refused at once and spoils nothing', async () => {
      await assert.rejects(store.commit(unit(put('\ud800', 1))), /well-formed/);
      await assert.rejects(store.commit(unit(put('a', 1), put('a', 2))), /writes a record once/);
      await assert.rejects(store.commit({ ...empty, jobs: [job('a', 1.5)] }), /whole milliseconds/);
      await store.commit(unit(put('fine', 1)));
      assert.deepEqual(await ids(), ['fine']);
    });

    async function versionOf(id: string): Promise<number> {
      return (await store.get(key(id)))?.version ?? 0;
    }
    async function ids(range: { prefix?: string; after?: string; limit?: number; reverse?: boolean } = {}) {
      return (await store.scan({ ...place, ...range })).map((record) => record.key.id);
    }
    async function entries(index: string, range: object = {}) {
      return (await store.scanIndex({ ...place, index, ...range })).map(({ indexKey, key: { id } }) => [indexKey, id]);
    }
  });
}
