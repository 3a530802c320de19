import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryRootKey } from '#store/seal/kinds/memory.ts';
import { newPostgresDatabase, skipWithoutPostgres } from '../../../test/conformance/postgres-database.ts';
import { audit, key, put, unit } from '../../../test/conformance/store-units.ts';
import type { CommitUnit } from '../store.ts';
import { openSealTable } from './keyring-table.ts';
import { openPostgresStore, type PostgresStore } from './store.ts';

const letter = [['by-kind', 'letter\u0000']] as const;
const written = (id: string, version: number, value: unknown): CommitUnit => ({
  ...unit(put(id, value, version, letter)),
  audit: [audit(`${id}-${version}`, 1)],
});

/** Three records and four audit blocks, `a` written twice; its rows of the time between lie in `old_records` and `old_ledger`. */
async function database(t: TestContext) {
  const made = await newPostgresDatabase();
  t.after(made.drop);
  const root = memoryRootKey();
  const open = async () => {
    const seal = await openSealTable(made.url, root, 0);
    const store = await openPostgresStore({ url: made.url, seal, clock: { now: () => 0 } });
    t.after(() => store.close());
    return store;
  };
  const first = await open();
  for (const id of ['a', 'b', 'c']) await first.commit(written(id, 0, id));
  await made.sql('CREATE TABLE old_records AS TABLE records; CREATE TABLE old_ledger AS TABLE ledger');
  await first.commit(written('a', 1, 'newer'));
  await first.close();
  return { ...made, open };
}

const olderRecord =
  "UPDATE records r SET body = o.body, version = o.version FROM old_records o WHERE r.id = 'a' AND o.id = 'a'";
const olderLedger =
  "UPDATE ledger l SET mac = o.mac, version = o.version FROM old_ledger o WHERE l.id = 'a' AND o.id = 'a'";

type Case = readonly [name: string, sql: string, damaged: readonly string[], problem: RegExp | undefined];

const cases: readonly Case[] = [
  ['nothing', 'SELECT 1', [], undefined],
  ['both rows of a record older', `${olderRecord}; ${olderLedger}`, [], /went back to an older version/],
  [
    'both rows and the entries of a record removed',
    "DELETE FROM records WHERE id = 'b'; DELETE FROM ledger WHERE id = 'b'; DELETE FROM record_index WHERE id = 'b'",
    [],
    /removed/,
  ],
  ['one row older', olderRecord, ['things `a`'], undefined],
  ['a record row removed', "DELETE FROM records WHERE id = 'c'", ['things `c`'], undefined],
  [
    'a body and its MAC emptied',
    "UPDATE records SET body = '' WHERE id = 'c'; UPDATE ledger SET mac = '' WHERE id = 'c'",
    ['things `c`'],
    undefined,
  ],
  ['a body cut short', "UPDATE records SET body = '\\x00' WHERE id = 'c'", ['things `c`'], undefined],
  [
    'a ledger row removed',
    "DELETE FROM ledger WHERE id = 'c'",
    ['1 without a ledger row', '1 index entries of no record'],
    undefined,
  ],
  ['an index entry removed', "DELETE FROM record_index WHERE id = 'b'", ['the index entries of things `b`'], undefined],
  [
    'an index entry moved',
    "UPDATE record_index SET key = 'x' WHERE id = 'b'",
    ['the index entries of things `b`'],
    undefined,
  ],
  [
    'an index entry invented',
    "INSERT INTO record_index SELECT collection, account, region, name, 'digit', id FROM record_index WHERE id = 'b'",
    ['1 index entries of no record'],
    undefined,
  ],
  [
    'an index entry removed, and from the list of its record',
    "DELETE FROM record_index WHERE id = 'b'; UPDATE records SET indexes = '' WHERE id = 'b'",
    ['things `b`'],
    undefined,
  ],
  ['a list that is none', "UPDATE records SET indexes = '[' WHERE id = 'b'", ['things `b`'], undefined],
  ['the last audit blocks removed', 'DELETE FROM audit WHERE seq > 2', [], /^2 of 4 audit blocks .* block 3$/],
  ['all audit blocks removed', 'DELETE FROM audit', [], /^4 of 4 audit blocks .* block 1$/],
  ['an audit block removed from the middle', 'DELETE FROM audit WHERE seq = 2', [], /^1 of 4 audit blocks .* block 2$/],
  ['the latest time of an audit block moved', 'UPDATE audit SET max_time = 9 WHERE seq = 2', [], /first at block 2$/],
  ['the earliest time of an audit block moved', 'UPDATE audit SET min_time = 0 WHERE seq = 2', [], /first at block 2$/],
  ['the count of an audit block changed', 'UPDATE audit SET count = 2 WHERE seq = 2', [], /first at block 2$/],
  [
    'an audit block replaced by another',
    'UPDATE audit b SET hash = o.hash, body = o.body FROM audit o WHERE b.seq = 2 AND o.seq = 3',
    [],
    /first at block 2$/,
  ],
  [
    'two audit blocks exchanged',
    'UPDATE audit SET seq = -seq WHERE seq IN (2, 3); UPDATE audit SET seq = 5 + seq WHERE seq < 0',
    [],
    /first at block 2$/,
  ],
  [
    'the last audit block replaced, with a hash that fits',
    "UPDATE audit SET count = 7 WHERE seq = 4; UPDATE audit SET hash = sha256(convert_to(concat_ws('|', 'audit', seq, min_time, max_time, count, encode(previous, 'hex')), 'UTF8') || body) WHERE seq = 4",
    [],
    /first at block 4$/,
  ],
  [
    'more audit blocks',
    'INSERT INTO audit SELECT 9, min_time, max_time, count, previous, hash, body FROM audit WHERE seq = 4',
    [],
    /1 more audit blocks/,
  ],
];

describe('the check at start on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  for (const [name, sql, damaged, problem] of cases) {
    test(name, async (t) => {
      const each = await database(t);
      await each.sql(sql);
      const report = (await each.open()).startReport;
      assert.deepEqual(report.damaged, damaged);
      if (problem === undefined) assert.deepEqual(report.problems, []);
      else assert.match(report.problems.join('; '), problem);
    });
  }

  test('what other processes write meanwhile is no damage', async (t) => {
    const { open } = await database(t);
    const writer = await open();
    let version = 2;
    let ended = false;
    const writing = (async () => {
      for (; !ended; version += 1) await writer.commit(written('a', version, version));
    })();
    const reports = [];
    for (let at = 0; at < 10; at += 1) reports.push((await open()).startReport);
    ended = true;
    await writing;
    assert.ok(version > 12, 'commits ran beside the checks');
    for (const report of reports) assert.deepEqual(report, { damaged: [], problems: [] });
  });

  test('a head removed with all records, but not with the audit blocks, is not made anew', async (t) => {
    const { open, sql } = await database(t);
    await sql('DELETE FROM records; DELETE FROM ledger; DELETE FROM record_index; DELETE FROM head');
    await assert.rejects(open(), /failed authentication: head/);
  });

  test('more records than a page holds', async (t) => {
    const { open, sql } = await database(t);
    const store: PostgresStore = await open();
    await store.commit(unit(...Array.from({ length: 2_500 }, (_, at) => put(`n${at}`, at, 0, letter))));
    assert.deepEqual((await open()).startReport, { damaged: [], problems: [] });
    await sql("DELETE FROM record_index WHERE id = 'n2222'");
    assert.deepEqual((await open()).startReport.damaged, ['the index entries of things `n2222`']);
    assert.equal((await store.get(key('n2222')))?.value, 2222);
  });
});
