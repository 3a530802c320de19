import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { newPostgresDatabase, skipWithoutPostgres } from '../../../test/conformance/postgres-database.ts';
import { empty } from '../../../test/conformance/store-units.ts';
import { memoryRootKey } from '../seal/kinds/memory.ts';
import { openSealTable } from './keyring-table.ts';
import { openPostgresStore, type PostgresStore } from './store.ts';

describe('an audit trail that two processes write', { skip: skipWithoutPostgres }, () => {
  const each = 50;
  const rounds = 60;
  let database: Awaited<ReturnType<typeof newPostgresDatabase>>;
  let stores: PostgresStore[] = [];
  before(async () => {
    database = await newPostgresDatabase();
    const root = memoryRootKey();
    for (let process = 0; process < 2; process++) {
      const seal = await openSealTable(database.url, root, 0);
      stores.push(await openPostgresStore({ url: database.url, seal, clock: { now: () => 0 } }));
    }
  });
  after(async () => {
    for (const store of stores) await store.close();
    stores = [];
    await database.drop();
  });

  const count = async (store: PostgresStore | undefined, ...terms: readonly string[]) => {
    const seen = new Set<string>();
    let records = 0;
    for await (const { id } of store?.readAudit({ from: 0, to: 1_000_000, terms }) ?? []) {
      records += 1;
      seen.add(id);
    }
    assert.equal(seen.size, records, 'none comes twice');
    return records;
  };

  test('both find everything, whoever summed it up', async () => {
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        stores.map((store, at) => {
          const term = `process ${at}`;
          const time = round * each;
          const audit = Array.from({ length: each }, (_, one) => ({
            id: `${at}-${round}-${one}`,
            time: time + one,
            json: '{}',
            terms: [term],
          }));
          return store.commit({ ...empty, audit });
        }),
      );
      if (round % 25 === 24) await Promise.all(stores.map((store) => count(store, 'process 0')));
    }
    for (const store of stores) {
      for (const at of [0, 1]) assert.equal(await count(store, `process ${at}`), rounds * each);
      assert.equal(await count(store, 'process 2'), 0);
      assert.equal(await count(store), 2 * rounds * each);
    }
  });

  test('what one deletes for its age is gone for the other', async () => {
    const [one, other] = stores;
    const kept = await count(other, 'process 1');
    assert.ok(((await one?.dropAudit(10 * each)) ?? 0) > 0);
    assert.ok((await count(other, 'process 1')) < kept);
    const reports = await Promise.all(stores.map((store) => store.verifyAudit()));
    assert.deepEqual(reports[0], reports[1]);
    assert.equal(reports[0]?.brokenAt, undefined);
    await Promise.all(stores.map((store) => store.dropAudit(Number.MAX_SAFE_INTEGER)));
    for (const store of stores) assert.equal(await count(store), 0);
  });
});
