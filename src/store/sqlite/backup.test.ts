import { strict as assert } from 'node:assert';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSealFile } from '#store/seal/keyring-file.ts';
import { createKeyFile, KeyFileError, openKeyFile } from '#store/seal/kinds/key-file.ts';
import { WrongRootKeyError } from '#store/seal/root-key.ts';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { key, place, put, unit } from '../../../test/conformance/store-units.ts';
import { DATABASE_FILE, KEYRING_FILE, RestoreError, ROOT_KEY_FILE, restore } from './backup.ts';
import { openSqliteStore } from './store.ts';

function open(directory: string) {
  const root = openKeyFile(join(directory, ROOT_KEY_FILE));
  const seal = openSealFile(join(directory, KEYRING_FILE), root, 0);
  return openSqliteStore({ file: join(directory, DATABASE_FILE), seal, clock: { now: () => 0 } });
}

function zeroPage(path: string, page: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0, page * 4096, (page + 1) * 4096);
  writeFileSync(path, bytes);
}

async function backedUp() {
  const directory = newDirectory();
  createKeyFile(join(directory, ROOT_KEY_FILE));
  const store = open(directory);
  await store.commit(unit(put('a', { text: 'kept' }, 0, [['by', 'x']])));
  const file = join(newDirectory(), 'backup');
  await store.backup(file);
  await store.close();
  return { file, rootKeyFile: join(directory, ROOT_KEY_FILE) };
}

test('a backup made while units commit is one moment of the store', async () => {
  const directory = newDirectory();
  createKeyFile(join(directory, ROOT_KEY_FILE));
  const store = open(directory);
  // `left` and `right` always change together
  const big = 'x'.repeat(3_000);
  for (let at = 0; at < 20; at++) {
    await store.commit(unit(...Array.from({ length: 100 }, (_, each) => put(`fill-${at}-${each}`, big))));
  }
  await store.commit(unit(put('left', 0), put('right', 0)));
  let version = 1;
  let running = true;
  const writing = (async () => {
    for (; running; version++) await store.commit(unit(put('left', version, version), put('right', version, version)));
  })();
  const files = Array.from({ length: 3 }, (_, at) => join(directory, `backup-${at}`));
  for (const file of files) await store.backup(file);
  running = false;
  await writing;
  await store.close();
  const seen = new Set<number>();
  for (const file of files) {
    const target = newDirectory();
    await restore({ file, directory: target, rootKeyFile: join(directory, ROOT_KEY_FILE) });
    const copy = open(target);
    const [left, right] = [await copy.get<number>(key('left')), await copy.get<number>(key('right'))];
    assert.equal(left?.value, right?.value);
    seen.add(left?.value ?? -1);
    assert.deepEqual(await copy.verify(), { records: 2_002, problems: [] });
    await copy.commit(unit(put('new', 1)));
    await copy.close();
  }
  assert.ok(version > 3, 'units committed meanwhile');
  assert.equal(
    readdirSync(directory).some((name) => name.includes('partial')),
    false,
  );
});

test('a backup holds no root key; the restored directory has it only when it was given', async () => {
  const { file, rootKeyFile } = await backedUp();
  assert.equal(readFileSync(file).includes(readFileSync(rootKeyFile)), false);
  const without = join(newDirectory(), 'deep', 'data');
  await restore({ file, directory: without });
  assert.deepEqual(readdirSync(without).sort(), [DATABASE_FILE, KEYRING_FILE]);
  assert.equal(statSync(without).mode & 0o777, 0o700);
  copyFileSync(rootKeyFile, join(without, ROOT_KEY_FILE));
  const store = open(without);
  assert.deepEqual((await store.scanIndex({ ...place, index: 'by' }))[0]?.value, { text: 'kept' });
  await store.close();
});

test('a restore never touches what is there, and checks the file and the key first', async (t) => {
  const { file, rootKeyFile } = await backedUp();
  const broken = (change: (path: string) => void) => {
    const path = join(newDirectory(), 'broken');
    copyFileSync(file, path);
    change(path);
    return path;
  };
  const sql = (text: string) => (path: string) => {
    const database = new DatabaseSync(path);
    database.exec(text);
    database.close();
  };
  const foreignKey = join(newDirectory(), 'root.key');
  createKeyFile(foreignKey);
  const cases = [
    ['no file', { file: '/nowhere/backup' }, RestoreError],
    ['no database', { file: broken((path) => writeFileSync(path, 'hello')) }, RestoreError],
    ['half a database', { file: broken((path) => truncateSync(path, 20_000)) }, RestoreError],
    ['a page of zeros', { file: broken((path) => zeroPage(path, 4)) }, RestoreError],
    ['no keyring', { file: broken(sql('DELETE FROM keyring')) }, RestoreError],
    ['a newer schema', { file: broken(sql("INSERT INTO migrations VALUES (99, 'x', 'x', 0)")) }, RestoreError],
    ['the root key of another installation', { rootKeyFile: foreignKey }, WrongRootKeyError],
    ['no root key', { rootKeyFile: '/nowhere/root.key' }, KeyFileError],
  ] as const;
  for (const [name, options, error] of cases) {
    await t.test(name, async () => {
      const directory = join(newDirectory(), 'data');
      await assert.rejects(restore({ file, rootKeyFile, directory, ...options }), error);
      assert.equal(existsSync(directory), false);
    });
  }
  await t.test('a directory that is not empty', async () => {
    const directory = newDirectory();
    mkdirSync(join(directory, 'something'));
    await assert.rejects(restore({ file, directory }), RestoreError);
    assert.deepEqual(readdirSync(directory), ['something']);
  });
});
