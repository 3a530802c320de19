import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import type { Migration } from '../migrations.ts';
import { Connection } from './connection.ts';
import { type Sync, walOf } from './disk.ts';

const migrations: readonly Migration[] = [
  { number: 1, name: 'rows', sql: 'CREATE TABLE rows (id INTEGER PRIMARY KEY, filler BLOB)', checksum: '' },
];

/** More frames than a checkpoint waits for. */
const MANY = 1_200;

function house(sync: Sync = async () => undefined) {
  const file = join(newDirectory(), 'a.db');
  return { file, open: () => new Connection(file, { migrations, sync }) };
}

function insert(connection: Connection, id: number, pages = 1): void {
  connection.database.prepare('INSERT INTO rows VALUES (?, zeroblob(?))').run(id, pages * 4_096);
}

function idsOf(connection: Connection): readonly unknown[] {
  return connection.database
    .prepare('SELECT id FROM rows ORDER BY id')
    .all()
    .map(({ id }) => id);
}

/** Copies in another process: closing a descriptor of the database here would drop SQLite's lock. */
function copy(from: string, to: string): void {
  execFileSync('cp', [from, to]);
}

test('what was durable survives a power loss at any moment, through checkpoints', async () => {
  // The disk holds what the last successful sync of each file put there, and nothing of what was written since.
  const disk = join(newDirectory(), 'a.db');
  const { file, open } = house(async (what) => {
    if (what === 'wal') copy(walOf(file), walOf(disk));
    else copy(file, disk);
  });
  const connection = open();
  copy(file, disk);
  let checkpoints = 0;
  for (let id = 0; id < 24; id++) {
    insert(connection, id, 300);
    await connection.makeDurable();
    const size = statSync(file).size;
    if (id % 3 !== 2) await connection.checkpointIfDue();
    if (statSync(file).size !== size) checkpoints += 1;
    const after = join(newDirectory(), 'a.db');
    copyFileSync(disk, after);
    if (existsSync(walOf(disk))) copyFileSync(walOf(disk), walOf(after));
    const survivor = new Connection(after, { migrations });
    assert.deepEqual(
      idsOf(survivor),
      Array.from({ length: id + 1 }, (_, at) => at),
    );
    assert.equal(survivor.database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    survivor.close();
  }
  assert.ok(checkpoints >= 3, `${checkpoints} checkpoints`);
  connection.close();
});

test('the first commit after a checkpoint is taken back, too, when it does not become durable', async () => {
  let failing = false;
  const { open } = house(async () => {
    if (failing) throw new Error('EIO');
  });
  let connection = open();
  insert(connection, 1, MANY);
  await connection.makeDurable();
  await connection.checkpointIfDue();
  failing = true;
  insert(connection, 2);
  await assert.rejects(connection.makeDurable());
  connection.abandon();
  connection = open();
  assert.deepEqual(idsOf(connection), [1]);
  connection.close();
});

test('a checkpoint whose sync failed leaves the log: the database may hold less than it seems to', async () => {
  const { file, open } = house(async (what) => {
    if (what === 'database') throw new Error('EIO');
  });
  let connection = open();
  const before = `${file}.before`;
  copy(file, before);
  insert(connection, 1, MANY);
  await connection.makeDurable();
  await assert.rejects(connection.checkpointIfDue());
  connection.abandon();
  // As if nothing of the copy had reached the disk.
  copyFileSync(walOf(file), walOf(before));
  connection = new Connection(before, { migrations });
  assert.deepEqual(idsOf(connection), [1]);
  connection.close();
  connection = open();
  assert.deepEqual(idsOf(connection), [1]);
  connection.close();
});
