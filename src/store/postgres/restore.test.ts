import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, type TestContext, test } from 'node:test';
import { createKeyFile } from '#store/seal/kinds/key-file.ts';
import { RestoreError } from '#store/sqlite/backup.ts';
import { newPostgresDatabase, skipWithoutPostgres } from '../../../test/conformance/postgres-database.ts';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { audit, key, place, put, unit } from '../../../test/conformance/store-units.ts';
import type { RootKey } from '../seal/root-key.ts';
import { openSealTable } from './keyring-table.ts';
import { restoreToPostgres } from './restore.ts';
import { openPostgresStore } from './store.ts';

async function newDatabase(t: TestContext) {
  const database = await newPostgresDatabase();
  t.after(database.drop);
  const open = async (root: RootKey) => {
    const seal = await openSealTable(database.url, root, 0);
    const store = await openPostgresStore({ url: database.url, seal, clock: { now: () => 0 } });
    t.after(() => store.close());
    return store;
  };
  return { ...database, open };
}

/** A backup with something in every table, of a PostgreSQL installation. */
async function backupOf(t: TestContext) {
  const directory = newDirectory();
  const rootKeyFile = join(directory, 'root.key');
  const root = createKeyFile(rootKeyFile);
  const { open } = await newDatabase(t);
  const store = await open(root);
  await store.readOutbox('s', ['t'], 1);
  await store.commit({
    ...unit(...Array.from({ length: 1_200 }, (_, at) => put(`n${at}`, `grüße ${at}`, 0, [['by', 'ü\u0000']]))),
    audit: [audit('one', 1)],
    jobs: [{ kind: 'k', id: 'j', runAt: 1, payload: [1] }],
    events: [{ topic: 't', account: '', region: '', body: 'event' }],
  });
  await store.commit({ ...unit(put('n7', 'again', 1)), audit: [audit('two', 2)] });
  const file = join(directory, 'backup');
  await store.backup(file);
  return { file, root, rootKeyFile, directory };
}

describe('restore to PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('everything that was backed up is there and sound', async (t) => {
    const { file, root, rootKeyFile } = await backupOf(t);
    const { url, open } = await newDatabase(t);
    await restoreToPostgres({ file, url, rootKeyFile, now: 0 });
    const store = await open(root);
    assert.deepEqual(store.startReport, { damaged: [], problems: [] });
    assert.deepEqual(await store.verify(), { records: 1_200, problems: [] });
    assert.deepEqual(await store.verifyAudit(), { blocks: 2, deleted: 0, brokenAt: undefined });
    assert.equal((await store.get(key('n7')))?.value, 'again');
    assert.equal((await store.scanIndex({ ...place, index: 'by', equals: 'ü\u0000' })).length, 1_000);
    assert.deepEqual((await store.leaseJobs(1, 1, 1))[0]?.payload, [1]);
    assert.equal((await store.readOutbox('s', ['t'], 1))[0]?.body, 'event');
    await store.commit({ ...unit(put('n7', 'goes on', 2)), audit: [audit('three', 3)] });
    assert.equal((await store.verifyAudit()).blocks, 3);
  });

  const refusals: readonly (readonly [name: string, sql: string])[] = [
    ['a table of somebody else', 'CREATE TABLE notes (id integer)'],
    ['a view', 'CREATE VIEW notes AS SELECT 1'],
  ];
  for (const [name, sql] of refusals) {
    test(`a database with ${name} is refused`, async (t) => {
      const { file } = await backupOf(t);
      const target = await newDatabase(t);
      await target.sql(sql);
      await assert.rejects(restoreToPostgres({ file, url: target.url, now: 0 }), /the database is not empty/);
    });
  }

  test('an installation is not overwritten, not even a restored one', async (t) => {
    const { file } = await backupOf(t);
    const { url } = await newDatabase(t);
    await restoreToPostgres({ file, url, now: 0 });
    await assert.rejects(restoreToPostgres({ file, url, now: 0 }), RestoreError);
  });

  test('what cannot be restored leaves the database empty', async (t) => {
    const { file, rootKeyFile, directory } = await backupOf(t);
    const { url } = await newDatabase(t);
    const garbage = join(directory, 'garbage');
    writeFileSync(garbage, 'not a database');
    await assert.rejects(restoreToPostgres({ file: garbage, url, now: 0 }), /is not a backup/);
    createKeyFile(join(directory, 'other.key'));
    const other = restoreToPostgres({ file, url, rootKeyFile: join(directory, 'other.key'), now: 0 });
    await assert.rejects(other, { name: 'WrongRootKeyError' });
    const cut = new DatabaseSync(file);
    cut.exec('ALTER TABLE jobs DROP COLUMN payload');
    cut.close();
    await assert.rejects(restoreToPostgres({ file, url, now: 0 }), RestoreError);
    const fresh = await backupOf(t);
    await restoreToPostgres({ file: fresh.file, url, rootKeyFile, now: 0 }).catch(() => undefined);
    await restoreToPostgres({ file: fresh.file, url, rootKeyFile: fresh.rootKeyFile, now: 0 });
  });

  test('a backup of an older version is refused with the way to bring it up', async (t) => {
    const { file } = await backupOf(t);
    const { url } = await newDatabase(t);
    const old = new DatabaseSync(file);
    old.exec('DELETE FROM migrations WHERE number > 1');
    old.close();
    await assert.rejects(restoreToPostgres({ file, url, now: 0 }), /older version: restore it to a data directory/);
  });

  test('a damaged backup is refused when the root key is given', async (t) => {
    const { file, rootKeyFile } = await backupOf(t);
    const { url } = await newDatabase(t);
    const damaged = new DatabaseSync(file);
    damaged.exec(`DELETE FROM record_index WHERE id = 'n3'`);
    damaged.close();
    const restored = restoreToPostgres({ file, url, rootKeyFile, now: 0 });
    await assert.rejects(restored, /the backup is damaged: .*n3/);
    await restoreToPostgres({ file, url, now: 0 });
  });
});
