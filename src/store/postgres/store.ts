import { randomUUID } from 'node:crypto';
import { addressOf } from '../address.ts';
import { AuditIndex, type AuditTable } from '../audit-index.ts';
import { auditRecords, headWithout, verifyAuditChain } from '../audit-trail.ts';
import { AuditUpkeep } from '../audit-upkeep.ts';
import { ChangeFeed, type ChangeListener } from '../change-feed.ts';
import { type CommitPlan, committedChanges, planCommit } from '../commit-plan.ts';
import { CommitQueue, type Pending } from '../commit-queue.ts';
import { type EncodedUnit, encodeUnit } from '../encoded-unit.ts';
import { emptyHead, type Head, openHead, sealHead } from '../head.ts';
import { absentRecord, openRecord, recordOf } from '../record-body.ts';
import type { CachedRecord } from '../record-cache.ts';
import type { Seal } from '../seal.ts';
import type { StartReport } from '../start-check.ts';
import {
  type AuditRange,
  type AuditReport,
  type AuditWrite,
  type CommitUnit,
  type IndexedRecord,
  type IndexRange,
  type Job,
  type OutboxEvent,
  type RecordKey,
  type ScanRange,
  type Store,
  type StoredRecord,
  TamperedError,
  UnavailableError,
} from '../store.ts';
import { type LedgerReport, verifyLedger } from '../verify-ledger.ts';
import { Announcements } from './announcements.ts';
import { auditTable, deleteBlocks, oldestBlocks } from './audit-table.ts';
import { exportBackup } from './backup.ts';
import { nextDue, takeJobs } from './job-table.ts';
import { ledgerTables } from './ledger-tables.ts';
import { acknowledgeEvents, readEvents } from './outbox-table.ts';
import { countOf, indexRowsOf, type RangedRows, rowsOf } from './ranges.ts';
import { RecordMemory } from './record-memory.ts';
import { applyPlan, type FoundRows, recordsOf } from './rows.ts';
import { migrate, openingError, Session, type Sql, select, serverError } from './session.ts';
import { checkAtStart } from './startup-check.ts';
import { textOf } from './text.ts';

/** Everything that such a transaction reads is of one moment, whatever other processes commit meanwhile. */
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Audit blocks deleted in one transaction: each is opened before, and other commits wait. */
const BLOCKS_DROPPED = 64;

export type PostgresStoreOptions = {
  /** `postgres://user@host/database`; the database exists, the tables are made here. */
  readonly url: string;
  /** Of `openSealTable`: every process on the database has the same keys. */
  readonly seal: Seal & { exportKeyring(): string };
  readonly clock: { now(): number };
  /** How long audit records are kept, ms; default: for ever. */
  readonly auditKeepMs?: number | undefined;
  /** Limits of the read cache. */
  readonly cache?: { readonly count?: number; readonly bytes?: number };
};

/**
 * Opens the store on PostgreSQL, shared with other processes.
 *
 * @throws UnavailableError, SchemaError, TamperedError
 * @example const store = await openPostgresStore({ url, seal: await openSealTable(url, root, clock.now()), clock });
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const session = new Session(options.url);
  const store = new PostgresStore(session, options);
  try {
    await migrate(session, options.clock.now());
    await store.start();
    return store;
  } catch (error) {
    await store.close();
    throw openingError(serverError(error));
  }
}

export class PostgresStore implements Store {
  readonly #session: Session;
  readonly #seal: PostgresStoreOptions['seal'];
  readonly #clock: { now(): number };
  readonly #self = randomUUID();
  readonly #memory: RecordMemory;
  readonly #announcements: Announcements;
  readonly #feed = new ChangeFeed();
  readonly #queue = new CommitQueue<EncodedUnit>((units) => this.#flush(units));
  readonly #auditTable: AuditTable;
  readonly #auditIndex: AuditIndex;
  readonly #upkeep: AuditUpkeep;
  #closed = false;
  #startReport: StartReport = { damaged: [], problems: [] };

  constructor(session: Session, { seal, clock, auditKeepMs, cache }: PostgresStoreOptions) {
    this.#session = session;
    this.#seal = seal;
    this.#clock = clock;
    this.#memory = new RecordMemory(cache);
    this.#auditTable = auditTable(session);
    this.#auditIndex = new AuditIndex(seal, this.#auditTable, () => this.#currentHead());
    this.#upkeep = new AuditUpkeep({
      index: () => this.#auditIndex.trail(),
      drop: (before) => this.dropAudit(before),
      clock,
      keepMs: auditKeepMs,
    });
    this.#announcements = new Announcements(session, {
      connected: (yes) => {
        this.#memory.connected = yes;
      },
      changed: (changes) => {
        if (changes === undefined) return this.#forgetAll();
        for (const { key } of changes) this.#memory.forget(addressOf(key));
        this.#feed.publish(changes);
      },
    });
  }

  /** What was found when the database was opened. */
  get startReport(): StartReport {
    return this.#startReport;
  }

  /** Makes the head on first start; checks everything; begins to listen. */
  async start(): Promise<void> {
    await this.#session.transaction(async (sql) => {
      const fresh = sealHead(this.#seal, emptyHead);
      await sql.query(
        `INSERT INTO head SELECT 1, $1 WHERE NOT EXISTS (SELECT FROM ledger) AND NOT EXISTS (SELECT FROM audit)
         ON CONFLICT DO NOTHING`,
        [fresh],
      );
      await this.#headOf(sql);
    });
    this.#startReport = await this.#session.transaction(
      async (sql) => checkAtStart(sql, this.#seal, await this.#headOf(sql)),
      SNAPSHOT,
    );
    await this.#announcements.connect();
  }

  async get<T>(key: RecordKey): Promise<StoredRecord<T> | undefined> {
    const address = addressOf(key);
    const record = this.#memory.get(address) ?? (await this.#memory.load(address, () => this.#query(address, key)));
    return recordOf(record) as StoredRecord<T> | undefined;
  }

  async scan<T>(range: ScanRange): Promise<readonly StoredRecord<T>[]> {
    const found = await this.#session.read((sql) => rowsOf(sql, range));
    return found.map((row) => this.#present<T>(row).record);
  }

  async scanIndex<T>(range: IndexRange): Promise<readonly IndexedRecord<T>[]> {
    const found = await this.#session.read((sql) => indexRowsOf(sql, range));
    return found.map((row) => {
      const { record, indexes } = this.#present<T>(row);
      if (!indexes.some(([name, key]) => name === range.index && key === row.indexKey)) {
        throw new TamperedError(`index ${range.index} of ${range.collection} \`${row.key.id}\``);
      }
      return { ...record, indexKey: row.indexKey };
    });
  }

  count(range: Omit<ScanRange, 'limit' | 'after' | 'reverse'>): Promise<number> {
    return this.#session.read((sql) => countOf(sql, range));
  }

  async commit(unit: CommitUnit): Promise<void> {
    this.#assertOpen();
    return this.#queue.commit(encodeUnit(unit));
  }

  onChange(listener: ChangeListener): () => void {
    return this.#feed.subscribe(listener);
  }

  readAudit(range: AuditRange): AsyncIterable<AuditWrite> {
    return auditRecords({ seal: this.#seal, table: this.#auditTable, index: this.#auditIndex }, range);
  }

  async verifyAudit(): Promise<AuditReport> {
    return verifyAuditChain(this.#seal, this.#auditTable, await this.#currentHead());
  }

  dropAudit(before: number): Promise<number> {
    this.#assertOpen();
    return this.#session.transaction(async (sql) => {
      const head = await this.#headOf(sql, 'FOR UPDATE');
      const oldest = await oldestBlocks(sql, head.auditDropped, BLOCKS_DROPPED);
      const next = headWithout(this.#seal, head, oldest, before);
      if (next === head) return 0;
      await deleteBlocks(sql, next.auditDropped);
      await this.#writeHead(sql, next);
      return next.auditDropped - head.auditDropped;
    });
  }

  /** Reads every record and checks the digest over all of them: finds what the reading of single records cannot. */
  verify(): Promise<LedgerReport> {
    return this.#session.transaction(
      async (sql) => verifyLedger(this.#seal, ledgerTables(sql, await this.#headOf(sql))),
      SNAPSHOT,
    );
  }

  readOutbox(
    subscriber: string,
    topics: readonly string[],
    limit: number,
  ): Promise<readonly (OutboxEvent & { readonly seq: number })[]> {
    const reading = { subscriber, topics, limit, owner: this.#self, now: this.#clock.now() };
    return this.#session.read((sql) => readEvents(sql, this.#seal, reading));
  }

  ackOutbox(subscriber: string, seq: number): Promise<void> {
    return this.#session.transaction((sql) => acknowledgeEvents(sql, subscriber, seq, this.#clock.now()));
  }

  leaseJobs(now: number, leaseMs: number, limit: number): Promise<readonly Job[]> {
    return this.#session.read((sql) => takeJobs(sql, this.#seal, now, leaseMs, limit));
  }

  nextJobAt(): Promise<number | undefined> {
    return this.#session.read(nextDue);
  }

  /** The file is a backup of the embedded store: `restore` makes a data directory of it. */
  backup(file: string): Promise<void> {
    return this.#session.transaction((sql) => exportBackup(sql, file, this.#seal.exportKeyring()), SNAPSHOT);
  }

  /** Versions go on from where they were: a unit that read before the reset conflicts after it. */
  async reset(): Promise<void> {
    this.#assertOpen();
    await this.#queue.run(() =>
      this.#session.transaction(async (sql) => {
        const head = await this.#headOf(sql, 'FOR UPDATE');
        const highest = Number((await select(sql, 'SELECT coalesce(max(version), 0) FROM ledger'))[0]?.[0]);
        await sql.query('TRUNCATE records, ledger, record_index, audit, audit_segments, outbox, cursors, jobs');
        await this.#writeHead(sql, { ...emptyHead, seq: head.seq + 1, floor: Math.max(head.floor, highest) });
        await this.#announcements.announceReset(sql);
      }),
    );
    this.#forgetAll();
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const rows = await this.#session.read((sql) =>
      select(sql, 'SELECT collection, count(*) FROM ledger GROUP BY collection ORDER BY collection'),
    );
    return Object.fromEntries(rows.map(([name, count]) => [textOf(name), Number(count)]));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#upkeep.stop();
    await this.#queue.idle();
    await this.#announcements.close();
    await this.#session.close();
  }

  #currentHead(): Promise<Head> {
    return this.#session.read((sql) => this.#headOf(sql));
  }

  #forgetAll(): void {
    this.#memory.forgetAll();
    this.#auditIndex.forget();
  }

  #assertOpen(): void {
    if (this.#closed) throw new UnavailableError('the store is closed');
  }

  async #headOf(sql: Sql, lock: '' | 'FOR UPDATE' = ''): Promise<Head> {
    const [row] = await select(sql, `SELECT body FROM head ${lock}`);
    if (row === undefined) throw new TamperedError('head');
    return openHead(this.#seal, row[0] as Buffer);
  }

  async #writeHead(sql: Sql, head: Head): Promise<void> {
    await sql.query('UPDATE head SET body = $1', [sealHead(this.#seal, head)]);
  }

  async #query(address: string, { collection, account, region, id }: RecordKey): Promise<CachedRecord> {
    const key = { collection, account, region, id };
    const [rows] = await this.#session.read((sql) => recordsOf(sql, [key]));
    return this.#open(address, key, rows);
  }

  #open(address: string, key: RecordKey, rows: FoundRows | undefined): CachedRecord {
    const what = `${key.collection} \`${key.id}\``;
    if (rows?.ledger !== undefined) return openRecord(this.#seal, address, key, rows.ledger, rows.body);
    if (rows?.body !== undefined) throw new TamperedError(`${what} was deleted`);
    return absentRecord(key);
  }

  #present<T>({ key, rows }: RangedRows) {
    const address = addressOf(key);
    const known = this.#memory.get(address);
    const opened =
      known?.version === rows.ledger?.version && known !== undefined ? known : this.#open(address, key, rows);
    const record = recordOf(opened);
    if (record === undefined) throw new TamperedError(`${key.collection} \`${key.id}\` is missing`);
    return { record: record as StoredRecord<T>, indexes: opened.indexes };
  }

  async #flush(pending: readonly Pending<EncodedUnit>[]): Promise<void> {
    const finish = this.#memory.beginCommit();
    let plan: CommitPlan;
    try {
      plan = await this.#session.transaction(async (sql) =>
        this.#commitUnits(
          sql,
          pending.map(({ unit }) => unit),
        ),
      );
    } catch (error) {
      finish([]);
      // The connection may have broken after the server committed: nothing in memory is sure any more.
      this.#memory.forgetAll();
      for (const { reject } of pending) reject(serverError(error));
      return;
    }
    finish(plan.changes);
    if (plan.audit !== undefined && this.#auditIndex.wrote(plan.audit, plan.auditEntries)) this.#upkeep.index();
    this.#feed.publish(committedChanges(plan));
    for (const [at, { resolve, reject }] of pending.entries()) {
      const error = plan.refused[at];
      if (error === undefined) resolve();
      else reject(serverError(error));
    }
  }

  async #commitUnits(sql: Sql, units: readonly EncodedUnit[]): Promise<CommitPlan> {
    const head = await this.#headOf(sql, 'FOR UPDATE');
    const keys = new Map(
      units.flatMap((unit) => [...unit.reads, ...unit.writes]).map(({ address, key }) => [address, key]),
    );
    const stored = await recordsOf(sql, [...keys.values()]);
    const rowsByAddress = new Map([...keys.keys()].map((address, at) => [address, stored[at]]));
    const plan = planCommit(this.#seal, head, units, (address, key) => {
      const rows = rowsByAddress.get(address);
      const known = this.#memory.get(address);
      // Versions are never used twice, so what is in memory with the latest version is the latest record.
      if (known !== undefined && known.version === rows?.ledger?.version) return known;
      return this.#open(address, key, rows);
    });
    if (plan.head !== undefined) {
      await applyPlan(sql, plan, this.#clock.now());
      await this.#writeHead(sql, plan.head);
      await this.#announcements.announce(sql, committedChanges(plan));
    }
    return plan;
  }
}
