import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CommitPlan, RecordChange } from '../commit-plan.ts';
import type { BodyRow, LedgerRow } from '../record-body.ts';
import type { RecordKey } from '../store.ts';

/** Prepared statements over the rows of records and of one commit. */
export class Rows {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Prepares once. */
  statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    prepared.setReturnArrays(true);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  all(sql: string, ...parameters: (string | number | Uint8Array)[]): readonly unknown[][] {
    return this.statement(sql).all(...parameters) as unknown as unknown[][];
  }

  /** Row by row, for what may be too much to hold. */
  each(sql: string): Iterable<readonly unknown[]> {
    return this.statement(sql).iterate() as unknown as Iterable<readonly unknown[]>;
  }

  run(sql: string, ...parameters: (string | number | Uint8Array)[]): void {
    this.statement(sql).run(...parameters);
  }

  /** One record's rows; both undefined when it does not exist. */
  record({ collection, account, region, id }: RecordKey): {
    readonly ledger: LedgerRow | undefined;
    readonly body: BodyRow;
  } {
    const [row] = this.all(SELECT_RECORD, collection, account, region, id);
    if (row === undefined) {
      const [orphan] = this.all(SELECT_ORPHAN, collection, account, region, id);
      return { ledger: undefined, body: orphan === undefined ? undefined : bodyRow(orphan) };
    }
    const [version, mac, ...body] = row;
    return {
      ledger: { version: version as number, mac: mac as Uint8Array },
      body: body[0] === null ? undefined : bodyRow(body),
    };
  }

  head(): Uint8Array | undefined {
    return this.all('SELECT body FROM head')[0]?.[0] as Uint8Array | undefined;
  }

  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T {
    this.statement('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Writes a plan; inside a transaction. */
  apply(plan: CommitPlan, now: number): void {
    for (const change of plan.changes) this.#applyChange(change);
    for (const { seq, topic, account, region, body } of plan.events)
      this.run(INSERT_EVENT, seq, now, topic, account, region, body);
    for (const { kind, id, runAt, payload } of plan.jobs) {
      if (runAt === undefined) this.run('DELETE FROM jobs WHERE kind = ? AND id = ?', kind, id);
      else this.run(SCHEDULE_JOB, kind, id, runAt, runAt, payload);
    }
    if (plan.audit !== undefined) {
      const { seq, minTime, maxTime, count, previous, hash, body } = plan.audit;
      this.run('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)', seq, minTime, maxTime, count, previous, hash, body);
    }
  }

  /** Empties every table but schema and keyring; inside a transaction. */
  clear(): void {
    for (const table of ['records', 'ledger', 'record_index', 'audit', 'audit_segments', 'outbox', 'cursors', 'jobs']) {
      this.run(`DELETE FROM ${table}`);
    }
  }

  #applyChange({ key: { collection, account, region, id }, rows, removedIndexes, addedIndexes }: RecordChange): void {
    for (const [name, key] of removedIndexes) this.run(DELETE_INDEX, collection, account, region, name, key, id);
    for (const [name, key] of addedIndexes) this.run(INSERT_INDEX, collection, account, region, name, key, id);
    if (rows === undefined) {
      this.run(`DELETE FROM ledger WHERE ${IS_RECORD}`, collection, account, region, id);
      this.run(`DELETE FROM records WHERE ${IS_RECORD}`, collection, account, region, id);
      return;
    }
    this.run(
      'INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?)',
      collection,
      account,
      region,
      id,
      rows.version,
      rows.mac,
    );
    this.run(
      'INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[collection, account, region, id, rows.version, rows.indexes, rows.body],
    );
  }
}

const IS_RECORD = 'collection = ? AND account = ? AND region = ? AND id = ?';
const SELECT_RECORD = `
  SELECT ledger.version, ledger.mac, records.version, records.indexes, records.body
  FROM ledger LEFT JOIN records USING (collection, account, region, id) WHERE ${IS_RECORD}`;
const SELECT_ORPHAN = `SELECT version, indexes, body FROM records WHERE ${IS_RECORD}`;
const INSERT_EVENT = 'INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?)';
// Replacing keeps the attempts, so that a retry can wait longer each time; a finished job is deleted first and starts anew.
const SCHEDULE_JOB = `
  INSERT INTO jobs VALUES (?, ?, ?, ?, 0, ?)
  ON CONFLICT DO UPDATE SET run_at = excluded.run_at, due_at = excluded.due_at, payload = excluded.payload`;
const INSERT_INDEX = 'INSERT OR IGNORE INTO record_index VALUES (?, ?, ?, ?, ?, ?)';
const DELETE_INDEX =
  'DELETE FROM record_index WHERE collection = ? AND account = ? AND region = ? AND name = ? AND key = ? AND id = ?';

function bodyRow([version, indexes, body]: unknown[]): BodyRow {
  return { version: version as number, indexes: indexes as string, body: body as Uint8Array };
}
