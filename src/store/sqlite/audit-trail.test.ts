import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { memorySeal } from '../seal/kinds/memory.ts';
import { TamperedError } from '../store.ts';
import { openSqliteStore, type SqliteStore } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'ringwall-audit-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const seal = memorySeal();
const blocks = 60;
const each = 100;

/** A store of 6,000 records: three segments, two of them summed up; block 7 alone holds the term `rare`. */
async function filled(name: string): Promise<{ readonly file: string; open(): SqliteStore }> {
  const file = join(directory, `${name}.db`);
  const open = () => openSqliteStore({ file, seal, clock: { now: () => 0 } });
  const store = open();
  for (let block = 1; block <= blocks; block++) {
    const terms = [block === 7 ? 'rare' : 'common'];
    const audit = Array.from({ length: each }, (_, at) => ({ id: `${block}-${at}`, time: block, json: '{}', terms }));
    await store.commit({ reads: [], writes: [], events: [], jobs: [], audit });
  }
  await count(store, 'rare');
  await store.close();
  return { file, open };
}

async function count(store: SqliteStore, term?: string): Promise<number> {
  let records = 0;
  for await (const _ of store.readAudit({ from: 0, to: 1_000, ...(term === undefined ? {} : { terms: [term] }) }))
    records += 1;
  return records;
}

function touch(file: string, ...statements: readonly string[]): unknown[] {
  const database = new DatabaseSync(file);
  try {
    return statements.flatMap((sql) => database.prepare(sql).all());
  } finally {
    database.close();
  }
}

/** Opens what may be damaged, looks, and closes. */
async function looking<R>(open: () => SqliteStore, look: (store: SqliteStore) => Promise<R>): Promise<R> {
  const store = open();
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

test('a look-up opens no block of a segment without its term', async () => {
  const { file, open } = await filled('unread');
  assert.equal(touch(file, 'SELECT first FROM audit_segments').length, 2);
  touch(file, 'UPDATE audit SET body = zeroblob(length(body)) WHERE seq = 30');
  assert.equal(await looking(open, (store) => count(store, 'rare')), each);
  await assert.rejects(
    looking(open, (store) => count(store, 'common')),
    TamperedError,
  );
});

const changes: readonly (readonly [what: string, sql: string])[] = [
  ['filter', 'UPDATE audit_segments SET filter = zeroblob(length(filter)) WHERE first = 1'],
  ['times', 'UPDATE audit_segments SET min_time = 900, max_time = 900 WHERE first = 1'],
  ['count', 'UPDATE audit_segments SET count = 1 WHERE first = 1'],
  [
    'filter of another segment',
    'UPDATE audit_segments SET filter = (SELECT filter FROM audit_segments WHERE first > 1) WHERE first = 1',
  ],
  [
    'last block',
    'UPDATE audit_segments SET last = last - 10, hash = (SELECT hash FROM audit WHERE seq = 11) WHERE first = 1',
  ],
];

for (const [what, sql] of changes) {
  test(`a segment hides no record by a changed ${what}`, async () => {
    const { file, open } = await filled(`segment ${what}`);
    touch(file, sql);
    await assert.rejects(
      looking(open, (store) => count(store, 'rare')),
      TamperedError,
    );
  });
}

const gone: readonly (readonly [what: string, sql: string])[] = [
  ['removed', 'DELETE FROM audit_segments WHERE first = 1'],
  ['all removed', 'DELETE FROM audit_segments'],
  ['of another chain', 'UPDATE audit_segments SET hash = zeroblob(32) WHERE first = 1'],
];

for (const [what, sql] of gone) {
  test(`a segment ${what} is made anew`, async () => {
    const { file, open } = await filled(`gone ${what}`);
    touch(file, sql);
    assert.equal(await looking(open, (store) => count(store, 'rare')), each);
    assert.equal(touch(file, 'SELECT 1 FROM audit_segments WHERE last < 50').length, 2);
  });
}

test('what was too old is gone after a start too, and the start finds nothing wrong', async () => {
  const { file, open } = await filled('aged');
  await looking(open, async (store) => assert.equal(await store.dropAudit(31), 30));
  await looking(open, async (store) => {
    assert.deepEqual(store.startReport, { damaged: [], problems: [] });
    assert.equal(await count(store), 30 * each);
    assert.equal(await count(store, 'rare'), 0);
    assert.deepEqual(await store.verifyAudit(), { blocks: 30, deleted: 30, brokenAt: undefined });
  });
  assert.deepEqual(
    touch(file, 'SELECT min(seq) AS first FROM audit').map((row) => ({ ...(row as object) })),
    [{ first: 31 }],
  );
});

const beginnings: readonly (readonly [what: string, sql: string, brokenAt: number])[] = [
  ['one more of the oldest removed', 'DELETE FROM audit WHERE seq = 31', 31],
  ['the first kept one chained to nothing', 'UPDATE audit SET previous = zeroblob(32) WHERE seq = 31', 31],
  ['all the rest removed', 'DELETE FROM audit', 31],
];

for (const [what, sql, brokenAt] of beginnings) {
  test(`a trail whose beginning was deleted: ${what}`, async () => {
    const { file, open } = await filled(`beginning ${what}`);
    await looking(open, (store) => store.dropAudit(31));
    touch(file, sql);
    await looking(open, async (store) => {
      assert.equal(store.startReport.problems.length, 1);
      assert.equal((await store.verifyAudit()).brokenAt, brokenAt);
    });
  });
}

test('nobody gets a block deleted by giving it another time', async () => {
  const { file, open } = await filled('forged');
  touch(file, 'UPDATE audit SET min_time = 1, max_time = 1 WHERE seq = 5');
  await assert.rejects(
    looking(open, (store) => store.dropAudit(5)),
    TamperedError,
  );
  assert.equal(touch(file, 'SELECT seq FROM audit').length, blocks);
});
