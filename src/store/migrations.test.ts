import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { newDirectory } from '../../test/conformance/store-directory.ts';
import { type Migration, pendingMigrations, readMigrations, SchemaError } from './migrations.ts';
import { Connection } from './sqlite/connection.ts';

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `step_${number}`,
  sql,
  checksum: `sum of ${sql}`,
});
const first = migration(1, 'CREATE TABLE one (id INTEGER)');
const second = migration(2, 'CREATE TABLE two (id INTEGER)');

test('the migrations of both engines are numbered without gaps', () => {
  for (const engine of ['sqlite', 'postgres'] as const) {
    const numbers = readMigrations(engine).map(({ number }) => number);
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => at + 1),
    );
    assert.ok(numbers.length > 0);
  }
});

test('only what was not applied runs; what is unknown or differs is refused', () => {
  assert.deepEqual(pendingMigrations([first, second], []), [first, second]);
  assert.deepEqual(pendingMigrations([first, second], [first]), [second]);
  assert.deepEqual(pendingMigrations([first, second], [first, second]), []);
  assert.throws(() => pendingMigrations([first], [first, second]), SchemaError);
  assert.throws(() => pendingMigrations([first, second], [{ ...first, checksum: 'other' }]), SchemaError);
});

function open(file: string, migrations: readonly Migration[]): Connection {
  return new Connection(file, { migrations });
}

test('a database is migrated step by step, and one from the future is left as it is', () => {
  const file = join(newDirectory(), 'a.db');
  open(file, [first]).close();
  const upgraded = open(file, [first, second]);
  upgraded.database.exec('INSERT INTO one VALUES (1); INSERT INTO two VALUES (2)');
  upgraded.close();
  assert.throws(() => open(file, [first]), SchemaError);
  assert.throws(() => open(file, [first, { ...second, checksum: 'edited' }]), SchemaError);
  const again = open(file, [first, second]);
  assert.equal(again.database.prepare('SELECT id FROM two').get()?.id, 2);
  again.close();
});

test('a migration that fails leaves the schema as it was', () => {
  const file = join(newDirectory(), 'a.db');
  open(file, [first]).close();
  assert.throws(() =>
    open(file, [first, second, migration(3, 'CREATE TABLE three (id INTEGER); SELECT * FROM nowhere')]),
  );
  const again = open(file, [first]);
  const tables = again.database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['migrations', 'one'],
  );
  again.close();
});
