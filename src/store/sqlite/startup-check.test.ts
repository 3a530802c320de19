import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { memorySeal } from '../seal/kinds/memory.ts';
import type { CommitUnit } from '../store.ts';
import type { StartReport } from './startup-check.ts';
import { openSqliteStore } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'ringwall-start-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const key = (id: string) => ({ collection: 'toy', account: '1', region: 'r', id });
const put = (id: string, expected: number, value: unknown): CommitUnit => ({
  reads: [],
  writes: [{ key: key(id), expected, value, indexes: [['by-kind', 'letter']] }],
  events: [],
  jobs: [],
  audit: [{ id: `${id}-${expected}`, time: 1, json: '{}' }],
});

/** Three records, `a` written twice; its rows of the time between are in `older` when the tables are touched by hand. */
async function reportAfter(touch: (database: DatabaseSync) => void, name: string): Promise<StartReport> {
  const file = join(directory, `${name}.db`);
  const seal = memorySeal();
  const open = () => openSqliteStore({ file, seal, clock: { now: () => 1 } });
  const first = open();
  for (const id of ['a', 'b', 'c']) await first.commit(put(id, 0, { id }));
  await first.close();
  const database = new DatabaseSync(file);
  older = {
    records: database.prepare('SELECT * FROM records').all(),
    ledger: database.prepare('SELECT * FROM ledger').all(),
  };
  database.close();
  const second = open();
  await second.commit(put('a', 1, { id: 'newer' }));
  await second.close();
  const touched = new DatabaseSync(file);
  touch(touched);
  touched.close();
  const third = open();
  const report = third.startReport;
  await third.close();
  return report;
}

type Row = Record<string, string | number | Uint8Array>;
let older: { readonly records: readonly unknown[]; readonly ledger: readonly unknown[] };

function putBack(database: DatabaseSync, table: 'records' | 'ledger', id: string): void {
  const row = (older[table] as readonly Row[]).find((each) => each['id'] === id) as Row;
  const columns = Object.keys(row);
  database
    .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...Object.values(row));
}

test('a sound database has nothing to report', async () => {
  assert.deepEqual(await reportAfter(() => undefined, 'sound'), { damaged: [], problems: [] });
});

test('a record rolled back together with its ledger row', async () => {
  const { damaged, problems } = await reportAfter((database) => {
    putBack(database, 'records', 'a');
    putBack(database, 'ledger', 'a');
  }, 'both-older');
  assert.deepEqual(damaged, []);
  assert.match(problems.join(), /older version/);
});

test('a record removed together with its ledger row', async () => {
  const { problems } = await reportAfter((database) => {
    database.exec(`DELETE FROM records WHERE id = 'b'; DELETE FROM ledger WHERE id = 'b'`);
  }, 'both-gone');
  assert.match(problems.join(), /removed/);
});

test('audit blocks removed from the end, and the last one replaced', async () => {
  const removed = await reportAfter((database) => database.exec('DELETE FROM audit WHERE seq > 2'), 'audit-tail');
  assert.match(removed.problems.join(), /2 of 4 audit blocks/);
  const replaced = await reportAfter((database) => {
    database.exec('UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 4');
  }, 'audit-last');
  assert.match(replaced.problems.join(), /replaced/);
});

test('a single damaged record is named, and only that', async () => {
  const alone = await reportAfter((database) => putBack(database, 'records', 'a'), 'one-older');
  assert.deepEqual(alone, { damaged: ['toy `a`'], problems: [] });
  const missing = await reportAfter((database) => {
    database.exec(`DELETE FROM records WHERE id = 'c'; DELETE FROM record_index WHERE id = 'c'`);
  }, 'body-gone');
  assert.deepEqual(missing, { damaged: ['toy `c`'], problems: [] });
  const empty = await reportAfter((database) => {
    database.exec(`UPDATE records SET body = x'' WHERE id = 'c'; UPDATE ledger SET mac = x'' WHERE id = 'c'`);
  }, 'empty');
  assert.deepEqual(empty, { damaged: ['toy `c`'], problems: [] });
  const orphan = await reportAfter((database) => database.exec(`DELETE FROM ledger WHERE id = 'c'`), 'orphan');
  assert.deepEqual(orphan.damaged, ['1 without a ledger row']);
});

test('index entries that hide a record, or invent one', async () => {
  const hidden = await reportAfter((database) => database.exec(`DELETE FROM record_index WHERE id = 'b'`), 'hidden');
  assert.deepEqual(hidden, { damaged: ['the index entries of toy `b`'], problems: [] });
  const moved = await reportAfter((database) => {
    database.exec(`UPDATE record_index SET key = 'digit' WHERE id = 'b'`);
  }, 'moved');
  assert.deepEqual(moved.damaged, ['the index entries of toy `b`']);
  const invented = await reportAfter((database) => {
    database.exec(`INSERT INTO record_index VALUES ('toy', '1', 'r', 'by-kind', 'digit', 'b')`);
  }, 'invented');
  assert.deepEqual(invented.damaged, ['1 index entries of no record']);
});

test('index entries taken away from both sides, and an index list that is none', async () => {
  const both = await reportAfter((database) => {
    database.exec(`UPDATE records SET indexes = '' WHERE id = 'b'; DELETE FROM record_index WHERE id = 'b'`);
  }, 'both-sides');
  assert.deepEqual(both, { damaged: ['toy `b`'], problems: [] });
  for (const [at, text] of ['{', '["x"]', '5'].entries()) {
    const none = await reportAfter((database) => {
      database.prepare(`UPDATE records SET indexes = ? WHERE id = 'b'`).run(text);
    }, `no-list-${at}`);
    assert.deepEqual(none, { damaged: ['toy `b`'], problems: [] });
  }
});

const auditCases: readonly (readonly [name: string, sql: string, first: number])[] = [
  ['its latest time moved', 'UPDATE audit SET max_time = 9 WHERE seq = 2', 2],
  ['its earliest time moved', 'UPDATE audit SET min_time = 0 WHERE seq = 2', 2],
  ['its count changed', 'UPDATE audit SET count = 2 WHERE seq = 2', 2],
  ['a bit of its body changed', `UPDATE audit SET body = zeroblob(length(body)) WHERE seq = 2`, 2],
  ['taken out of the middle', 'DELETE FROM audit WHERE seq = 2', 2],
  [
    'replaced by another',
    'UPDATE audit SET (hash, body) = (SELECT hash, body FROM audit WHERE seq = 3) WHERE seq = 2',
    2,
  ],
  ['two exchanged', 'UPDATE audit SET seq = -seq WHERE seq IN (2, 3); UPDATE audit SET seq = 5 + seq WHERE seq < 0', 2],
];

for (const [name, sql, first] of auditCases) {
  test(`an audit block: ${name}`, async () => {
    const { problems } = await reportAfter((database) => database.exec(sql), `audit ${name}`);
    assert.match(problems.join(), new RegExp(`audit blocks .*first at block ${first}`));
  });
}

test('audit blocks after the last one', async () => {
  const { problems } = await reportAfter((database) => {
    database.exec(
      'INSERT INTO audit SELECT 9, min_time, max_time, count, previous, hash, body FROM audit WHERE seq = 4',
    );
  }, 'audit-more');
  assert.match(problems.join(), /more audit blocks/);
});
