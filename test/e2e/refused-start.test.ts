import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { newPostgresDatabase, skipWithoutPostgres } from '../conformance/postgres-database.ts';
import { type Ran, remove, ringwall, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** Whatever keeps a server from opening ends in one sentence, and an exit code that says whether trying again may help. */

const directory = temporaryDirectory();
after(() => remove(directory));

function sentence({ stderr, status }: Ran, expected: RegExp, code: number): void {
  assert.match(stderr, /^ringwall: [^\n]*\n$/);
  assert.match(stderr, expected);
  assert.equal(status, code);
}

const start = (data: string, ...flags: string[]) =>
  ringwall(['start', '--port', '0', '--log-level', 'silent', '--data', join(directory, data), ...flags]);

const broken: readonly (readonly [name: string, sql: string, expected: RegExp])[] = [
  ['the list of migrations emptied', 'DELETE FROM migrations', /migration 1 \(`store`\) cannot be applied/],
  [
    'the list of migrations without its columns',
    'ALTER TABLE migrations DROP COLUMN checksum',
    /not those of this version: .*checksum/,
  ],
  ['a table removed', 'DROP TABLE record_index', /record_index/],
  ['the head removed', 'DELETE FROM head', /head/],
];

describe('a broken data directory', () => {
  for (const [name, sql, expected] of broken) {
    test(name, async () => {
      await (await spawnRingwall(join(directory, name), '--log-level', 'silent')).stop();
      const database = new DatabaseSync(join(directory, name, 'ringwall.db'));
      database.exec(sql);
      database.close();
      sentence(start(name), expected, 3);
    });
  }

  test('a file in the place of a directory', () => {
    mkdirSync(join(directory, 'blocked', 'ringwall.db'), { recursive: true });
    writeFileSync(join(directory, 'blocked', 'seal.json'), '{}');
    sentence(start('blocked'), /keyring is not readable/, 3);
  });
});

test('PostgreSQL that is not there can be tried again', () => {
  const store = ['--store', 'postgres://127.0.0.1:1/x'];
  sentence(start('unreachable', ...store), /cannot reach PostgreSQL: .*ECONNREFUSED/, 1);
  sentence(ringwall(['seal', 'status', ...store]), /cannot reach PostgreSQL: .*ECONNREFUSED/, 1);
});

describe('a broken PostgreSQL database', { skip: skipWithoutPostgres }, () => {
  let database: Awaited<ReturnType<typeof newPostgresDatabase>>;
  const flags = () => ['--store', database.url];
  before(async () => {
    database = await newPostgresDatabase();
    await (await spawnRingwall(join(directory, 'pg'), ...flags(), '--log-level', 'silent')).stop();
  });
  after(() => database.drop());

  test('records put back, and audit blocks removed, refuse the start until that is accepted', async () => {
    await database.sql('CREATE TABLE kept AS TABLE records; CREATE TABLE kept_ledger AS TABLE ledger');
    await database.sql(
      `DELETE FROM records; DELETE FROM ledger;
       INSERT INTO records SELECT * FROM kept ORDER BY id OFFSET 1; INSERT INTO ledger SELECT l.* FROM kept_ledger l JOIN records USING (collection, account, region, id);
       DELETE FROM record_index i WHERE NOT EXISTS (SELECT FROM records r WHERE (r.collection, r.account, r.region, r.id) = (i.collection, i.account, i.region, i.id))`,
    );
    sentence(start('pg', ...flags()), /not what was last committed: records were removed/, 3);
    const accepted = await spawnRingwall(join(directory, 'pg'), ...flags(), '--accept-damage', '--log-level', 'error');
    assert.match(accepted.log(), /records were removed/);
    await accepted.stop();
    await database.sql(
      'TRUNCATE records, ledger; INSERT INTO records TABLE kept; INSERT INTO ledger TABLE kept_ledger',
    );
  });

  test('the keyring damaged', async () => {
    await database.sql("CREATE TABLE kept_keyring AS TABLE keyring; UPDATE keyring SET json = '{'");
    sentence(start('pg', ...flags()), /keyring is not readable/, 3);
    await database.sql('DELETE FROM keyring; INSERT INTO keyring TABLE kept_keyring');
  });

  test('the list of migrations emptied', async () => {
    await database.sql('CREATE TABLE kept_migrations AS TABLE migrations; DELETE FROM migrations');
    sentence(start('pg', ...flags()), /migration 1 \(`store`\) cannot be applied/, 3);
    await database.sql('ALTER TABLE migrations DROP COLUMN checksum');
    sentence(start('pg', ...flags()), /not those of this version: .*checksum/, 3);
  });
});
