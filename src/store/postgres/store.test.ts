import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { openSealFile } from '#store/seal/keyring-file.ts';
import { createKeyFile } from '#store/seal/kinds/key-file.ts';
import { memoryRootKey } from '#store/seal/kinds/memory.ts';
import { DATABASE_FILE, KEYRING_FILE, restore } from '#store/sqlite/backup.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { TamperedError, UnavailableError } from '#store/store.ts';
import { newPostgresDatabase, skipWithoutPostgres } from '../../../test/conformance/postgres-database.ts';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { audit, empty, increment, key, place, put, unit } from '../../../test/conformance/store-units.ts';
import { SchemaError } from '../migrations.ts';
import { openSealTable } from './keyring-table.ts';
import { openPostgresStore } from './store.ts';

/** A database, and stores on it as different processes would have them. */
async function house(t: TestContext, root = memoryRootKey(), clock = { now: () => 0 }) {
  const database = await newPostgresDatabase();
  t.after(database.drop);
  const open = async () => {
    const store = await openPostgresStore({
      url: database.url,
      seal: await openSealTable(database.url, root, 0),
      clock,
    });
    t.after(() => store.close());
    return store;
  };
  return { ...database, open };
}

/** Resolves once `check` holds; announcements take a moment. */
async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await check()); tries++) {
    if (tries === 2_000) throw new Error('never happened');
    await new Promise(setImmediate);
  }
}

describe('PostgreSQL, several processes', { skip: skipWithoutPostgres }, () => {
  test('two stores on one database lose no update', async (t) => {
    const { open } = await house(t);
    const stores = [await open(), await open()] as const;
    await stores[0].commit(unit(put('n', 0)));
    await Promise.all(stores.flatMap((store) => Array.from({ length: 30 }, () => increment(store, 'n'))));
    const record = await (await open()).get(key('n'));
    assert.equal(record?.value, 60);
    assert.deepEqual(await stores[0].verify(), { records: 1, problems: [] });
    assert.equal((await stores[1].verifyAudit()).brokenAt, undefined);
  });

  test('a store hears what another one committed, and reads it', async (t) => {
    const { open } = await house(t);
    const [one, two] = [await open(), await open()];
    await one.commit(unit(put('a', 'old')));
    await eventually(async () => (await two.get(key('a')))?.value === 'old');
    const heard: string[] = [];
    two.onChange((changes) =>
      heard.push(...changes.map((change) => `${change.key.id} ${change.version} ${change.deleted}`)),
    );
    await one.commit(unit(put('a', 'new', 1)));
    await eventually(async () => (await two.get(key('a')))?.value === 'new');
    await eventually(async () => heard.length > 0);
    assert.deepEqual(heard, ['a 2 false']);
    const many = Array.from({ length: 500 }, (_, at) => put(`many-${at}`, at));
    await one.commit(unit(...many));
    await eventually(async () => heard.length === 501);
    await one.reset();
    await eventually(async () => (await two.get(key('a'))) === undefined);
  });

  test('without announcements nothing is served from memory', async (t) => {
    const { open, sql } = await house(t);
    const [one, two] = [await open(), await open()];
    await one.commit(unit(put('a', 1)));
    await eventually(async () => (await two.get(key('a')))?.value === 1);
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN ringwall'`);
    // Said to nobody: the process that lost its connection must find out by itself.
    await one.commit(unit(put('a', 2, 1)));
    await eventually(async () => (await two.get(key('a')))?.value === 2);
    await eventually(async () => {
      const version = (await one.get(key('a')))?.version ?? 0;
      await one.commit(unit(put('a', 'again', version)));
      return (await two.get(key('a')))?.version === version + 1;
    });
  });

  test('a broken connection refuses the unit, and the next one works', async (t) => {
    const { open, url } = await house(t);
    const store = await open();
    await store.commit(unit(put('a', 1)));
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; SELECT 1 FROM head FOR UPDATE');
    const outcome = store.commit(unit(put('b', 1))).then(
      () => 'committed',
      (error: unknown) => error,
    );
    const waiting =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    await eventually(async () => ((await holder.query(waiting)).rowCount ?? 0) > 0);
    assert.ok((await outcome) instanceof UnavailableError);
    await holder.end();
    await store.commit(unit(put('c', 1)));
    assert.deepEqual(
      (await store.scan(place)).map((record) => record.key.id),
      ['a', 'c'],
    );
  });

  test('a commit that fails on the server leaves nothing behind, no lock either', async (t) => {
    const { open, sql } = await house(t);
    const store = await open();
    await sql('ALTER TABLE audit RENAME TO elsewhere');
    await assert.rejects(store.commit({ ...unit(put('a', 1)), audit: [audit('x', 1)] }), UnavailableError);
    await sql('ALTER TABLE elsewhere RENAME TO audit');
    await store.commit(unit(put('b', 1)));
    assert.deepEqual(
      (await store.scan(place)).map((record) => record.key.id),
      ['b'],
    );
  });

  test('one process at a time reads for a subscriber, until its lease ends', async (t) => {
    let now = 0;
    const { open } = await house(t, memoryRootKey(), { now: () => now });
    const [one, two] = [await open(), await open()];
    await one.commit({ ...empty, events: [{ topic: 't', account: '', region: '', body: 1 }] });
    assert.equal((await one.readOutbox('s', ['t'], 10)).length, 1);
    assert.equal((await two.readOutbox('s', ['t'], 10)).length, 0);
    assert.equal((await two.readOutbox('other', ['t'], 10)).length, 1);
    now = 30_000;
    assert.equal((await two.readOutbox('s', ['t'], 10)).length, 1);
    assert.equal((await one.readOutbox('s', ['t'], 10)).length, 0);
  });

  test('a subscriber of rare topics does not keep the events of the others', async (t) => {
    const { open, url } = await house(t);
    const store = await open();
    assert.deepEqual(await store.readOutbox('rare', ['rare'], 10), []);
    const common = Array.from({ length: 1_000 }, (_, body) => ({ topic: 'common', account: '', region: '', body }));
    await store.commit({ ...empty, events: common });
    const last = (await store.readOutbox('common', ['common'], 1_000)).at(-1);
    assert.deepEqual(await store.readOutbox('rare', ['rare'], 10), []);
    await store.ackOutbox('common', last?.seq ?? 0);
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('SELECT count(*)::int AS kept FROM outbox');
    await client.end();
    assert.deepEqual(rows, [{ kept: 0 }]);
    await store.commit({ ...empty, events: [{ topic: 'rare', account: '', region: '', body: 'late' }] });
    assert.equal((await store.readOutbox('rare', ['rare'], 10))[0]?.body, 'late');
  });

  test('two processes never lease one job', async (t) => {
    const { open } = await house(t);
    const stores = [await open(), await open()] as const;
    await stores[0].commit({
      ...empty,
      jobs: Array.from({ length: 60 }, (_, at) => ({ kind: 'k', id: `${at}`, runAt: 1 })),
    });
    const taken = await Promise.all(
      Array.from({ length: 12 }, (_, at) => stores[at % 2 === 0 ? 0 : 1].leaseJobs(1, 10, 5)),
    );
    const names = taken.flat().map(({ id }) => id);
    assert.equal(new Set(names).size, names.length);
    for (
      let rest = await stores[0].leaseJobs(1, 10, 60);
      rest.length > 0;
      rest = await stores[0].leaseJobs(1, 10, 60)
    ) {
      names.push(...rest.map(({ id }) => id));
    }
    assert.equal(new Set(names).size, 60);
  });

  test('rows changed by hand are refused', async (t) => {
    const cases: readonly (readonly [name: string, sql: string, found: 'get' | 'verify'])[] = [
      ['a bit of the body', 'UPDATE records SET body = set_byte(body, 30, get_byte(body, 30) # 1)', 'get'],
      ['a deleted body', 'DELETE FROM records', 'get'],
      ['a deleted ledger row', 'DELETE FROM ledger', 'get'],
      ['an older body', 'UPDATE records r SET body = o.body, version = o.version FROM old_records o', 'get'],
      [
        'both rows older',
        'UPDATE records r SET body = o.body, version = o.version FROM old_records o; UPDATE ledger l SET mac = o.mac, version = o.version FROM old_ledger o',
        'verify',
      ],
      ['both rows deleted', 'DELETE FROM records; DELETE FROM ledger', 'verify'],
      ['a deleted index entry', 'DELETE FROM record_index', 'verify'],
    ];
    for (const [name, sql, found] of cases) {
      await t.test(name, async (inner) => {
        const each = await house(inner);
        const store = await each.open();
        await store.commit(unit(put('a', 'old', 0, [['by', 'a']])));
        await each.sql(
          'CREATE TABLE old_records AS SELECT * FROM records; CREATE TABLE old_ledger AS SELECT * FROM ledger',
        );
        await store.commit(unit(put('a', 'new', 1, [['by', 'a']])));
        await each.sql(sql);
        const other = await each.open();
        if (found === 'get') await assert.rejects(other.get(key('a')), TamperedError);
        assert.notDeepEqual((await other.verify()).problems, []);
      });
    }
  });

  test('a newer schema and a changed migration are refused', async (t) => {
    const { open, sql } = await house(t);
    await (await open()).close();
    await sql("INSERT INTO migrations VALUES (99, 'future', 'x', 0)");
    await assert.rejects(open(), SchemaError);
    await sql("DELETE FROM migrations WHERE number = 99; UPDATE migrations SET checksum = 'x'");
    await assert.rejects(open(), SchemaError);
  });

  test('a backup makes a data directory of the embedded store', async (t) => {
    const directory = newDirectory();
    const root = createKeyFile(join(directory, 'my.key'));
    const { open } = await house(t, root);
    const store = await open();
    await store.commit({
      ...unit(put('a', 'grüße', 0, [['by', 'ü\u0000']])),
      audit: [audit('one', 1)],
      jobs: [{ kind: 'k', id: 'j', runAt: 1, payload: [1] }],
      events: [{ topic: 't', account: '', region: '', body: 'event' }],
    });
    const file = join(directory, 'backup');
    await store.backup(file);
    assert.equal(readFileSync(file).includes('grüße'), false);
    const restored = join(directory, 'restored');
    await restore({ file, directory: restored });
    const seal = openSealFile(join(restored, KEYRING_FILE), root, 0);
    const copy = openSqliteStore({ file: join(restored, DATABASE_FILE), seal, clock: { now: () => 0 } });
    assert.equal((await copy.scanIndex({ ...place, index: 'by', equals: 'ü\u0000' }))[0]?.value, 'grüße');
    assert.deepEqual(await copy.verify(), { records: 1, problems: [] });
    assert.deepEqual(await copy.verifyAudit(), { blocks: 1, deleted: 0, brokenAt: undefined });
    assert.deepEqual((await copy.leaseJobs(1, 1, 1))[0]?.payload, [1]);
    assert.equal((await copy.readOutbox('s', ['t'], 1))[0]?.body, 'event');
    await copy.close();
  });
});
