import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { newPostgresDatabase, skipWithoutPostgres } from '../conformance/postgres-database.ts';
import { remove, ringwall, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

const directory = temporaryDirectory();
after(() => remove(directory));

describe('ringwall verify', () => {
  const data = join(directory, 'data');
  const verify = (...flags: string[]) => ringwall(['verify', '--data', data, ...flags]);
  const touch = (sql: string) => {
    const database = new DatabaseSync(join(data, 'ringwall.db'));
    database.exec(sql);
    database.close();
  };

  test('where nothing is, there is nothing to verify, and nothing is made', () => {
    const { status, stderr } = verify();
    assert.equal(status, 2);
    assert.match(stderr, /^ringwall: there is no installation in /);
  });

  test('a running server keeps its data to itself', async () => {
    const server = await spawnRingwall(data, '--log-level', 'silent');
    const { status, stderr } = verify();
    assert.equal(status, 3);
    assert.match(stderr, /in use by another process/);
    assert.equal(await server.stop(), 0);
  });

  test('a sound installation', () => {
    const { status, stdout } = verify();
    assert.equal(status, 0);
    assert.match(stdout, /^\d+ records\n\d+ audit blocks\nsound\n$/);
    const { problems, records, auditBlocks } = JSON.parse(verify('--json').stdout);
    assert.deepEqual(problems, []);
    assert.ok(records > 0);
    assert.ok(auditBlocks >= 0);
  });

  test('a changed record is named', () => {
    touch('UPDATE records SET body = zeroblob(length(body)) WHERE id = (SELECT id FROM records LIMIT 1)');
    const { status, stdout } = verify();
    assert.equal(status, 1);
    assert.match(stdout, /^problem: .*authentication/m);
    assert.ok(JSON.parse(verify('--json').stdout).problems.length > 0);
  });
});

describe('ringwall verify on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  let database: Awaited<ReturnType<typeof newPostgresDatabase>>;
  before(async () => {
    database = await newPostgresDatabase();
  });
  after(() => database.drop());

  test('while a server runs, and after a record was taken away', async () => {
    const data = join(directory, 'shared');
    const server = await spawnRingwall(data, '--store', database.url, '--log-level', 'silent');
    const verify = () => ringwall(['verify', '--data', data, '--store', database.url, '--json']);
    const sound = verify();
    assert.equal(sound.status, 0, sound.stderr);
    assert.deepEqual(JSON.parse(sound.stdout).problems, []);
    await database.sql(`DELETE FROM records WHERE id = (SELECT id FROM records LIMIT 1)`);
    const damaged = verify();
    assert.equal(damaged.status, 1);
    assert.match(damaged.stdout, /missing/);
    await server.stop();
  });
});
