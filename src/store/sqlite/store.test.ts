import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { memorySeal } from '#store/seal/kinds/memory.ts';
import { ConflictError, TamperedError, UnavailableError } from '#store/store.ts';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { audit, empty, key, place, put, unit } from '../../../test/conformance/store-units.ts';
import { DatabaseInUseError } from './connection.ts';
import { type Sync, syncToDisk } from './disk.ts';
import { openSqliteStore, type SqliteStoreOptions } from './store.ts';

const clock = { now: () => 0 };

function house(options: Partial<SqliteStoreOptions> = {}) {
  const file = join(newDirectory(), 'ringwall.db');
  const seal = memorySeal();
  return { file, seal, open: () => openSqliteStore({ file, seal, clock, ...options }) };
}

/** A sync that fails as long as `failing` names what is synced. */
function brittle() {
  const state: { failing: 'wal' | 'database' | undefined; held: Promise<void> | undefined } = {
    failing: undefined,
    held: undefined,
  };
  const sync: Sync = async (what, file) => {
    await state.held;
    if (state.failing === what) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    await syncToDisk(what, file);
  };
  return { state, sync };
}

/** The database as somebody with the file, and without the keys, sees it. */
function tampering(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.function('flip', (bytes, at) => {
    const flipped = Uint8Array.from(bytes as Uint8Array);
    flipped[Number(at)] = (flipped[Number(at)] ?? 0) ^ 1;
    return flipped;
  });
  return database;
}

test('everything is there after closing and opening', async () => {
  const { open } = house();
  const first = open();
  await first.commit({ ...unit(put('a', { deep: [1] }, 0, [['by', 'x']])), audit: [audit('one', 1)] });
  await first.close();
  const second = open();
  assert.deepEqual((await second.get(key('a')))?.value, { deep: [1] });
  assert.equal((await second.scanIndex({ ...place, index: 'by', equals: 'x' })).length, 1);
  assert.deepEqual(await second.verifyAudit(), { blocks: 1, deleted: 0, brokenAt: undefined });
  assert.deepEqual(await second.verify(), { records: 1, problems: [] });
  await assert.rejects(second.commit(unit(put('a', 1))), ConflictError);
  await second.close();
  await assert.rejects(second.commit(unit(put('b', 1))), UnavailableError);
});

test('a second process is kept out, and may come in later', async () => {
  const { open } = house();
  const first = open();
  await first.commit(unit(put('a', 1)));
  assert.throws(open, DatabaseInUseError);
  await first.commit(unit(put('b', 1)));
  await first.close();
  await open().close();
});

test('another seal opens nothing', async () => {
  const { open, file } = house();
  const store = open();
  await store.commit(unit(put('a', 1)));
  await store.close();
  assert.throws(() => openSqliteStore({ file, seal: memorySeal(), clock }), TamperedError);
});

test('many units share few syncs', async () => {
  let syncs = 0;
  const { open } = house({
    sync: (what, file) => {
      syncs += 1;
      return syncToDisk(what, file);
    },
  });
  const store = open();
  await Promise.all(Array.from({ length: 200 }, (_, at) => store.commit(unit(put(`${at}`, at)))));
  assert.ok(syncs <= 3, `${syncs} syncs for 200 units`);
  await store.close();
});

test('nobody sees a write before it is durable', async () => {
  const { state, sync } = brittle();
  const { open } = house({ sync, cache: { count: 2, bytes: 0 } });
  const store = open();
  await store.commit(unit(put('a', 'old'), put('other', 1)));
  const version = (await store.get(key('a')))?.version ?? 0;
  const hold = Promise.withResolvers<void>();
  state.held = hold.promise;
  const order: string[] = [];
  const committed = store.commit(unit(put('a', 'new', version), put('b', 1))).then(() => order.push('durable'));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  for (const id of ['x', 'y', 'z']) await store.get({ ...key(id), region: 'elsewhere' }); // pushes `a` out of the cache
  const reads = [
    store.get(key('a')).then((record) => order.push(`get ${record?.value}`)),
    store.scan(place).then((records) => order.push(`scan ${records.length}`)),
    store.count(place).then((count) => order.push(`count ${count}`)),
  ];
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  hold.resolve();
  await Promise.all([committed, ...reads]);
  assert.deepEqual(order.toSorted(), ['count 3', 'durable', 'get new', 'scan 3']);
  await store.close();
});

test('a failed sync takes back exactly what was not acknowledged', async () => {
  const { state, sync } = brittle();
  const { open } = house({ sync });
  const store = open();
  await store.commit(unit(put('kept', 1)));
  state.failing = 'wal';
  const outcomes = await Promise.allSettled([
    store.commit({ ...unit(put('lost', 1)), audit: [audit('lost', 1)] }),
    store.commit(unit(put('kept', 2, 1))),
  ]);
  for (const outcome of outcomes)
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof UnavailableError);
  assert.equal((await store.get(key('kept')))?.value, 1);
  assert.equal(await store.get(key('lost')), undefined);
  assert.deepEqual(
    (await store.scan(place)).map((record) => record.key.id),
    ['kept'],
  );
  state.failing = undefined;
  await store.commit(unit(put('after', 1)));
  await store.close();
  const again = open();
  assert.deepEqual(
    (await again.scan(place)).map((record) => record.key.id),
    ['after', 'kept'],
  );
  assert.deepEqual(await again.verify(), { records: 2, problems: [] });
  assert.deepEqual(await again.verifyAudit(), { blocks: 0, deleted: 0, brokenAt: undefined });
  await again.close();
});

for (const failing of ['wal', 'database'] as const) {
  test(`acknowledged writes outlive failing syncs of the ${failing} through many checkpoints`, async () => {
    const { state, sync } = brittle();
    const { open, file } = house({ sync });
    let store = open();
    const acknowledged = new Set<string>();
    const big = 'x'.repeat(9_000);
    for (let round = 0; round < 60; round++) {
      state.failing = round % 4 === 3 ? failing : undefined;
      const some = Array.from({ length: 40 }, (_, at) => `${round}-${at}`);
      const outcomes = await Promise.allSettled(some.map((id) => store.commit(unit(put(id, big)))));
      for (const [at, { status }] of outcomes.entries()) if (status === 'fulfilled') acknowledged.add(some[at] ?? '');
      if (round % 13 === 12) {
        state.failing = undefined;
        await store.close();
        store = open();
      }
    }
    assert.ok(acknowledged.size >= 40 * 40);
    const found = (await store.scan({ ...place, limit: 10_000 })).map((record) => record.key.id);
    assert.deepEqual(found, [...acknowledged].sort());
    assert.deepEqual((await store.verify()).problems, []);
    await store.close();
    assert.ok(!readdirSync(join(file, '..')).some((name) => name.includes('kept')));
  });
}

test('the log stays small under steady writing', async () => {
  const { open, file } = house();
  const store = open();
  for (let round = 0; round < 40; round++) {
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => store.commit(unit(put(`${round}-${at}`, 'x'.repeat(4_000))))),
    );
  }
  assert.ok(statSync(`${file}-wal`).size < 8 * 1024 * 1024, `${statSync(`${file}-wal`).size} bytes`);
  await store.close();
});

test('a secret is found neither in the database, nor in its log, nor in a backup', async () => {
  const { open, file } = house();
  const canary = 'CANARY-b5d1c0ffee-secret';
  const store = open();
  for (let at = 0; at < 20; at++) {
    await store.commit({
      ...unit(put(`${at}`, { canary })),
      events: [{ topic: 't', account: '1', region: 'r', body: canary }],
      jobs: [{ kind: 'k', id: `${at}`, runAt: 1, payload: canary }],
      audit: [{ id: `${at}`, time: at, json: JSON.stringify({ canary }) }],
    });
  }
  await store.backup(`${file}.backup`);
  const names = readdirSync(join(file, '..'));
  assert.deepEqual(names.toSorted(), ['ringwall.db', 'ringwall.db-wal', 'ringwall.db.backup']);
  for (const name of names) {
    const bytes = readFileSync(join(file, '..', name));
    assert.ok(bytes.includes('things') || name === 'ringwall.db', `${name} holds rows, in the clear only their keys`);
    for (const form of [
      canary,
      Buffer.from(canary).toString('base64').slice(0, 24),
      Buffer.from(canary).toString('hex'),
    ]) {
      assert.equal(bytes.includes(form), false, `${form} in ${name}`);
    }
  }
  await store.close();
  assert.equal(readFileSync(file).includes(canary), false);
});

test('a damaged database file is refused', async () => {
  const { open, file } = house();
  const store = open();
  for (let at = 0; at < 300; at++) void store.commit(unit(put(`${at}`, 'x'.repeat(500))));
  await store.close();
  truncateSync(file, Math.floor(statSync(file).size / 2));
  await assert.rejects(async () => {
    const damaged = open();
    try {
      await damaged.scan(place);
    } finally {
      await damaged.close();
    }
  }, TamperedError);
});

test('a row cannot be changed by hand unnoticed', async (t) => {
  const id = "id = 'a'";
  const cases: readonly (readonly [name: string, sql: string, found: 'get' | 'verify'])[] = [
    ['a bit of the body', `UPDATE records SET body = flip(body, 30) WHERE ${id}`, 'get'],
    ['a shorter body', `UPDATE records SET body = substr(body, 1, 40) WHERE ${id}`, 'get'],
    ['an empty body', `UPDATE records SET body = x'' WHERE ${id}`, 'get'],
    ["another record's body", `UPDATE records SET body = (SELECT body FROM records WHERE id = 'b') WHERE ${id}`, 'get'],
    [
      'two whole rows swapped',
      `UPDATE records SET id = 'c' WHERE ${id}; UPDATE records SET id = 'a' WHERE id = 'b'; UPDATE records SET id = 'b' WHERE id = 'c'`,
      'get',
    ],
    [
      'another version number',
      `UPDATE records SET version = 3 WHERE ${id}; UPDATE ledger SET version = 3 WHERE ${id}`,
      'get',
    ],
    ['another version number in the ledger', `UPDATE ledger SET version = 3 WHERE ${id}`, 'get'],
    ['other indexes', `UPDATE records SET indexes = '[["by","z"]]' WHERE ${id}`, 'get'],
    ['an older body', `INSERT OR REPLACE INTO records SELECT * FROM old.records WHERE ${id}`, 'get'],
    ['an older ledger row', `INSERT OR REPLACE INTO ledger SELECT * FROM old.ledger WHERE ${id}`, 'get'],
    ['a deleted body', `DELETE FROM records WHERE ${id}`, 'get'],
    ['a deleted ledger row', `DELETE FROM ledger WHERE ${id}`, 'get'],
    ['a forged ledger MAC', `UPDATE ledger SET mac = zeroblob(16) WHERE ${id}`, 'get'],
    [
      'both rows older',
      `INSERT OR REPLACE INTO records SELECT * FROM old.records WHERE ${id}; INSERT OR REPLACE INTO ledger SELECT * FROM old.ledger WHERE ${id}`,
      'verify',
    ],
    ['both rows deleted', `DELETE FROM records WHERE ${id}; DELETE FROM ledger WHERE ${id}`, 'verify'],
    ['a deleted index entry', `DELETE FROM record_index WHERE ${id}`, 'verify'],
    [
      'an index entry of nothing',
      "INSERT INTO record_index VALUES ('things', '111122223333', 'us-east-1', 'by', 'q', 'b')",
      'verify',
    ],
  ];
  for (const [name, sql, found] of cases) {
    await t.test(name, async () => {
      const { open, file } = house();
      let store = open();
      await store.commit(unit(put('a', 'old', 0, [['by', 'a']]), put('b', 'b')));
      await store.backup(`${file}.old`);
      await store.commit(unit(put('a', 'new', 1, [['by', 'a']])));
      await store.close();
      const database = tampering(file);
      database.exec(`ATTACH '${file}.old' AS old`);
      database.exec(sql);
      database.close();
      store = open();
      if (found === 'get') {
        await assert.rejects(store.get(key('a')), TamperedError);
        await assert.rejects(store.commit(unit(put('a', 'mine', 2))), TamperedError);
        await store.commit(unit(put('fine', 1)));
      }
      assert.notDeepEqual((await store.verify()).problems, []);
      await store.close();
    });
  }
});

test('an index entry moved by hand is refused where it is read', async () => {
  const { open, file } = house();
  let store = open();
  await store.commit(unit(put('a', 'x', 0, [['by', 'a']])));
  await store.close();
  const database = new DatabaseSync(file);
  database.exec("UPDATE record_index SET key = 'b'");
  database.close();
  store = open();
  await assert.rejects(store.scanIndex({ ...place, index: 'by' }), TamperedError);
  await store.close();
});

test('a block of another history is found, though it is sealed well', async () => {
  const { open, file, seal } = house();
  let store = open();
  for (const at of [1, 2]) await store.commit({ ...empty, audit: [audit(`${at}`, at)] });
  await store.backup(`${file}.branch`);
  for (const at of [3, 4, 5]) await store.commit({ ...empty, audit: [audit(`${at}`, at)] });
  await store.close();
  const branch = openSqliteStore({ file: `${file}.branch`, seal, clock });
  await branch.commit({ ...empty, audit: [audit('other', 3)] });
  assert.equal((await branch.verifyAudit()).brokenAt, undefined);
  await branch.close();
  const database = tampering(file);
  database.exec(
    `ATTACH '${file}.branch' AS branch; INSERT OR REPLACE INTO audit SELECT * FROM branch.audit WHERE seq = 3`,
  );
  database.close();
  store = open();
  assert.equal((await store.verifyAudit()).brokenAt, 4);
  await store.close();
});

test('the audit chain shows where it was touched', async (t) => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['a bit of a body', 'UPDATE audit SET body = flip(body, 40) WHERE seq = 3', 3],
    ['a block removed', 'DELETE FROM audit WHERE seq = 2', 2],
    ['the last block removed', 'DELETE FROM audit WHERE seq = 5', 5],
    ['all removed', 'DELETE FROM audit', 1],
    [
      'two blocks swapped',
      'UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9',
      2,
    ],
    ['times changed', 'UPDATE audit SET min_time = 1, max_time = 1 WHERE seq = 4', 4],
    ['a hash changed', 'UPDATE audit SET hash = zeroblob(32) WHERE seq = 3', 3],
    ['the chain of a block changed', 'UPDATE audit SET previous = zeroblob(32) WHERE seq = 4', 4],
  ];
  for (const [name, sql, brokenAt] of cases) {
    await t.test(name, async () => {
      const { open, file } = house();
      let store = open();
      for (let at = 1; at <= 5; at++) await store.commit({ ...empty, audit: [audit(`${at}`, at)] });
      await store.close();
      const database = tampering(file);
      database.exec(sql);
      database.close();
      store = open();
      assert.equal((await store.verifyAudit()).brokenAt, brokenAt);
      await store.close();
    });
  }
});
