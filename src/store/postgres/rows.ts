import type { CommitPlan, RecordChange } from '../commit-plan.ts';
import type { BodyRow, LedgerRow } from '../record-body.ts';
import type { RecordKey } from '../store.ts';
import { type Sql, select } from './session.ts';
import { bytesOf, column, textOf } from './text.ts';

export type FoundRows = { readonly ledger: LedgerRow | undefined; readonly body: BodyRow };

/** Columns that `foundRows` reads, from `ledger l` and `records r`. */
export const RECORD_COLUMNS = 'l.version, l.mac, r.version, r.indexes, r.body';

export function foundRows([ledgerVersion, mac, version, indexes, body]: readonly unknown[]): FoundRows {
  return {
    ledger: ledgerVersion === null ? undefined : { version: Number(ledgerVersion), mac: mac as Buffer },
    body: version === null ? undefined : { version: Number(version), indexes: textOf(indexes), body: body as Buffer },
  };
}

const JOINED = 'USING (collection, account, region, id)';

/** Rows of many records, in the order of the keys. */
export async function recordsOf(sql: Sql, keys: readonly RecordKey[]): Promise<readonly FoundRows[]> {
  if (keys.length === 0) return [];
  const rows = await select(
    sql,
    `SELECT ${RECORD_COLUMNS}
     FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS k (collection, account, region, id, at)
     LEFT JOIN ledger l ${JOINED} LEFT JOIN records r ${JOINED} ORDER BY k.at`,
    keyColumns(keys),
  );
  return rows.map(foundRows);
}

function keyColumns(keys: readonly RecordKey[]): (readonly Buffer[])[] {
  return [
    column(keys, ({ collection }) => collection),
    column(keys, ({ account }) => account),
    column(keys, ({ region }) => region),
    column(keys, ({ id }) => id),
  ];
}

/** Writes a plan, without the head; inside a transaction that holds the head's lock. */
export async function applyPlan(sql: Sql, plan: CommitPlan, now: number): Promise<void> {
  await applyChanges(sql, plan.changes);
  const { events, jobs, audit } = plan;
  if (events.length > 0) {
    await sql.query(
      `INSERT INTO outbox SELECT seq, $2, topic, account, region, body
       FROM unnest($1::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[]) AS e (seq, topic, account, region, body)`,
      [
        events.map(({ seq }) => seq),
        now,
        column(events, ({ topic }) => topic),
        column(events, ({ account }) => account),
        column(events, ({ region }) => region),
        events.map(({ body }) => body),
      ],
    );
  }
  for (const { kind, id, runAt, payload } of jobs) {
    if (runAt === undefined) {
      await sql.query('DELETE FROM jobs WHERE kind = $1 AND id = $2', [bytesOf(kind), bytesOf(id)]);
      continue;
    }
    // Replacing keeps the attempts, so that a retry can wait longer each time; a finished job is deleted first and starts anew.
    await sql.query(
      `INSERT INTO jobs VALUES ($1, $2, $3, $3, 0, $4)
       ON CONFLICT (kind, id) DO UPDATE SET run_at = excluded.run_at, due_at = excluded.due_at, payload = excluded.payload`,
      [bytesOf(kind), bytesOf(id), runAt, payload],
    );
  }
  if (audit !== undefined) {
    const { seq, minTime, maxTime, count, previous, hash, body } = audit;
    await sql.query('INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      seq,
      minTime,
      maxTime,
      count,
      previous,
      hash,
      body,
    ]);
  }
}

async function applyChanges(sql: Sql, changes: readonly RecordChange[]): Promise<void> {
  const removed = changes.flatMap(({ key, removedIndexes }) =>
    removedIndexes.map(([name, value]) => ({ key, name, value })),
  );
  const added = changes.flatMap(({ key, addedIndexes }) => addedIndexes.map(([name, value]) => ({ key, name, value })));
  const entryColumns = (entries: typeof added) => [
    ...keyColumns(entries.map(({ key }) => key)),
    column(entries, ({ name }) => name),
    column(entries, ({ value }) => value),
  ];
  const ENTRIES = `unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
    AS e (collection, account, region, id, name, key)`;
  if (removed.length > 0) {
    await sql.query(
      `DELETE FROM record_index i USING ${ENTRIES} WHERE (i.collection, i.account, i.region, i.name, i.key, i.id)
       = (e.collection, e.account, e.region, e.name, e.key, e.id)`,
      entryColumns(removed),
    );
  }
  const deleted = changes.filter(({ rows }) => rows === undefined).map(({ key }) => key);
  if (deleted.length > 0) {
    for (const table of ['ledger', 'records']) {
      await sql.query(
        `DELETE FROM ${table} t USING unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) AS k (collection, account, region, id)
         WHERE (t.collection, t.account, t.region, t.id) = (k.collection, k.account, k.region, k.id)`,
        keyColumns(deleted),
      );
    }
  }
  const put = changes.flatMap(({ key, rows }) => (rows === undefined ? [] : [{ key, rows }]));
  if (put.length > 0) {
    const keys = keyColumns(put.map(({ key }) => key));
    const versions = put.map(({ rows }) => rows.version);
    await sql.query(
      `INSERT INTO ledger SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bytea[])
       ON CONFLICT (collection, account, region, id) DO UPDATE SET version = excluded.version, mac = excluded.mac`,
      [...keys, versions, put.map(({ rows }) => rows.mac)],
    );
    await sql.query(
      `INSERT INTO records SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[])
       ON CONFLICT (collection, account, region, id)
       DO UPDATE SET version = excluded.version, indexes = excluded.indexes, body = excluded.body`,
      [...keys, versions, column(put, ({ rows }) => rows.indexes), put.map(({ rows }) => rows.body)],
    );
  }
  if (added.length > 0) {
    await sql.query(
      `INSERT INTO record_index (collection, account, region, id, name, key)
       SELECT * FROM ${ENTRIES} ON CONFLICT DO NOTHING`,
      entryColumns(added),
    );
  }
}
