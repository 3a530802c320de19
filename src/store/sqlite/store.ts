import { addressOf, partitionOf } from '../address.ts';
import { AuditIndex } from '../audit-index.ts';
import { auditRecords, headWithout, verifyAuditChain } from '../audit-trail.ts';
import { AuditUpkeep } from '../audit-upkeep.ts';
import { ChangeFeed, type ChangeListener } from '../change-feed.ts';
import { type CommitPlan, committedChanges, planCommit } from '../commit-plan.ts';
import { CommitQueue, type Pending } from '../commit-queue.ts';
import { type EncodedUnit, encodeUnit } from '../encoded-unit.ts';
import { emptyHead, type Head } from '../head.ts';
import { absentRecord, openRecord, recordOf } from '../record-body.ts';
import { type CachedRecord, RecordCache } from '../record-cache.ts';
import type { Seal } from '../seal.ts';
import {
  type AuditRange,
  type AuditReport,
  type AuditWrite,
  type CommitUnit,
  ConflictError,
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
import { auditTable, deleteBlocks, oldestBlocks } from './audit-table.ts';
import { backupTo } from './backup.ts';
import type { Sync } from './disk.ts';
import { Engine } from './engine.ts';
import { nextDue, takeJobs } from './job-table.ts';
import { ledgerTables } from './ledger-tables.ts';
import { acknowledgeEvents, cursorOf, dropOldEvents, readEvents } from './outbox-table.ts';
import { countOf, countSome, idsOf, indexEntriesOf } from './ranges.ts';
import type { Rows } from './rows.ts';
import type { StartReport } from './startup-check.ts';
import { storageError } from './storage-error.ts';

/** About 5 ms. */
const COUNTED_PER_TURN = 10_000;

/** A seal that can put its wrapped keys into a backup. */
export type BackedSeal = Seal & { exportKeyring(): string };

export type SqliteStoreOptions = {
  /** Path of the database, or `:memory:`. */
  readonly file: string;
  readonly seal: BackedSeal;
  readonly clock: { now(): number };
  /** How long audit records are kept, ms; default: for ever. */
  readonly auditKeepMs?: number | undefined;
  /** Limits of the read cache. */
  readonly cache?: { readonly count?: number; readonly bytes?: number };
  /** How writes reach the disk; tests make it fail. */
  readonly sync?: Sync;
};

/**
 * Opens the embedded store; creates the database when absent.
 *
 * @throws DatabaseInUseError, SchemaError, TamperedError
 * @example const store = openSqliteStore({ file: join(data, 'ringwall.db'), seal, clock });
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  return new SqliteStore(options);
}

/** What a commit on its way to the disk changes. Readers of it wait: they must not see what may still fail. */
type InFlight = { readonly touches: (address: string) => boolean; readonly done: Promise<void> };

/** Old events are looked for once in so many commits. */
const DROP_EVENTS_EVERY = 1_024;

/** So many events of other topics pass before a cursor is moved over them: one commit for many. */
const FOREIGN_EVENTS_PASSED = 1_000;

/** Audit blocks deleted in one commit: each is opened before, all together some milliseconds. */
const BLOCKS_DROPPED = 64;

export class SqliteStore implements Store {
  readonly #seal: BackedSeal;
  readonly #clock: { now(): number };
  readonly #engine: Engine;
  readonly #cache: RecordCache;
  /** Records of the partitions that were counted, kept in step with the commits: quotas are asked for with every creation. */
  readonly #counts = new Map<string, number>();
  readonly #queue = new CommitQueue<EncodedUnit>((units) => this.#flush(units));
  readonly #feed = new ChangeFeed();
  readonly #auditTable = auditTable(
    () => this.#engine.rows,
    (work) => this.#change(work),
  );
  readonly #auditIndex: AuditIndex;
  readonly #upkeep: AuditUpkeep;
  #inFlight: InFlight | undefined;
  #closed = false;

  constructor({ file, seal, clock, auditKeepMs, cache, sync }: SqliteStoreOptions) {
    this.#seal = seal;
    this.#clock = clock;
    this.#cache = new RecordCache(cache);
    this.#engine = new Engine(file, seal, { now: clock.now(), ...(sync && { sync }) });
    this.#auditIndex = new AuditIndex(seal, this.#auditTable, () => this.#engine.head);
    this.#upkeep = new AuditUpkeep({
      index: () => this.#auditIndex.trail(),
      drop: (before) => this.dropAudit(before),
      clock,
      keepMs: auditKeepMs,
    });
  }

  /** What was found when the database was opened. */
  get startReport(): StartReport {
    return this.#engine.startReport;
  }

  async get<T>(key: RecordKey): Promise<StoredRecord<T> | undefined> {
    const address = addressOf(key);
    let cached = this.#cache.get(address);
    if (cached === undefined) {
      await this.#settled(address);
      cached = this.#read((rows) => this.#load(rows, address, key));
    }
    return recordOf(cached) as StoredRecord<T> | undefined;
  }

  async scan<T>(range: ScanRange): Promise<readonly StoredRecord<T>[]> {
    await this.#settled(partitionOf(range));
    return this.#read((rows) => idsOf(rows, range).map((id) => this.#present<T>(rows, range, id).record));
  }

  async scanIndex<T>(range: IndexRange): Promise<readonly IndexedRecord<T>[]> {
    await this.#settled(partitionOf(range));
    return this.#read((rows) =>
      indexEntriesOf(rows, range).map(({ key: indexKey, id }) => {
        const { record, indexes } = this.#present<T>(rows, range, id);
        if (!indexes.some(([name, key]) => name === range.index && key === indexKey)) {
          throw new TamperedError(`index ${range.index} of ${range.collection} \`${id}\``);
        }
        return { ...record, indexKey };
      }),
    );
  }

  async count(range: Omit<ScanRange, 'limit' | 'after' | 'reverse'>): Promise<number> {
    const partition = partitionOf(range);
    await this.#settled(partition);
    if (range.prefix !== undefined) return this.#countStepwise(range);
    let count = this.#counts.get(partition);
    if (count === undefined) {
      count = this.#read((rows) => countOf(rows, range));
      this.#counts.set(partition, count);
    }
    return count;
  }

  /** Lets others have their turn between steps: a million rows take half a second. What changes meanwhile is counted or not. */
  async #countStepwise(range: ScanRange): Promise<number> {
    let total = 0;
    for (let after: string | undefined; ; ) {
      const step = { ...range, ...(after === undefined ? {} : { after }), limit: COUNTED_PER_TURN };
      const { count, last } = this.#read((rows) => countSome(rows, step));
      total += count;
      if (count < COUNTED_PER_TURN) return total;
      after = last;
      await new Promise(setImmediate);
    }
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

  verifyAudit(): Promise<AuditReport> {
    return verifyAuditChain(this.#seal, this.#auditTable, this.#engine.head);
  }

  dropAudit(before: number): Promise<number> {
    this.#assertOpen();
    return this.#queue.run(async () => {
      try {
        const rows = await this.#engine.ready();
        const { head } = this.#engine;
        const next = headWithout(this.#seal, head, oldestBlocks(rows, head.auditDropped, BLOCKS_DROPPED), before);
        if (next === head) return 0;
        await this.#commitDurably(
          () => false,
          next,
          (changed) => deleteBlocks(changed, next.auditDropped),
        );
        return next.auditDropped - head.auditDropped;
      } catch (cause) {
        throw storageError(cause);
      }
    });
  }

  /** Reads every record and checks the digest over all of them: finds what the reading of single records cannot. */
  verify(): Promise<LedgerReport> {
    return this.#queue.run(() => verifyLedger(this.#seal, ledgerTables(this.#engine.rows, this.#engine.head)));
  }

  async readOutbox(
    subscriber: string,
    topics: readonly string[],
    limit: number,
  ): Promise<readonly (OutboxEvent & { readonly seq: number })[]> {
    const last = this.#engine.head.outbox;
    const cursor = this.#read((rows) => cursorOf(rows, subscriber));
    // From the first reading on events are kept for the subscriber, acknowledged or not.
    if (cursor === undefined) await this.ackOutbox(subscriber, 0);
    const after = cursor ?? 0;
    const events = this.#read((rows) => readEvents(rows, this.#seal, { after, last, topics, limit }));
    // A subscriber of rare topics must not make the others' events be kept.
    if (events.length === 0 && last - after >= FOREIGN_EVENTS_PASSED) await this.ackOutbox(subscriber, last);
    return events;
  }

  ackOutbox(subscriber: string, seq: number): Promise<void> {
    return this.#change((rows) => acknowledgeEvents(rows, subscriber, seq));
  }

  async leaseJobs(now: number, leaseMs: number, limit: number): Promise<readonly Job[]> {
    const due = this.#read(nextDue);
    if (due === undefined || due > now) return [];
    return this.#change((rows) => takeJobs(rows, this.#seal, now, leaseMs, limit));
  }

  async nextJobAt(): Promise<number | undefined> {
    return this.#read(nextDue);
  }

  backup(file: string): Promise<void> {
    return backupTo(this.#engine, file, this.#seal.exportKeyring());
  }

  /** Versions go on from where they were: a unit that read before the reset conflicts after it. */
  async reset(): Promise<void> {
    this.#assertOpen();
    await this.#queue.run(async () => {
      const { head } = this.#engine;
      const highest = this.#read((rows) => rows.all('SELECT max(version) FROM ledger')[0]?.[0] as number | null);
      const next = { ...emptyHead, seq: head.seq + 1, floor: Math.max(head.floor, highest ?? 0) };
      await this.#commitDurably(
        () => true,
        next,
        (rows) => rows.clear(),
      );
      this.#cache.clear();
      this.#counts.clear();
      this.#auditIndex.forget();
    });
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    await this.#settled(undefined);
    return this.#read((rows) =>
      Object.fromEntries(
        rows
          .all('SELECT collection, count(*) FROM ledger GROUP BY collection')
          .map(([name, count]) => [name as string, count as number]),
      ),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#upkeep.stop();
    await this.#queue.idle();
    this.#engine.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new UnavailableError('the store is closed');
  }

  #read<R>(work: (rows: Rows) => R): R {
    try {
      return work(this.#engine.rows);
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** Waits while a commit that touches this record or partition (undefined: anything) is on its way to the disk. */
  async #settled(address: string | undefined): Promise<void> {
    while (this.#inFlight !== undefined && (address === undefined || this.#inFlight.touches(address))) {
      await this.#inFlight.done;
    }
  }

  #load(rows: Rows, address: string, { collection, account, region, id }: RecordKey): CachedRecord {
    const known = this.#cache.get(address);
    if (known !== undefined) return known;
    const key = { collection, account, region, id };
    const { ledger, body } = rows.record(key);
    if (ledger === undefined && body !== undefined) throw new TamperedError(`${collection} \`${id}\` was deleted`);
    const loaded = ledger === undefined ? absentRecord(key) : openRecord(this.#seal, address, key, ledger, body);
    this.#cache.set(address, loaded);
    return loaded;
  }

  #present<T>(rows: Rows, { collection, account, region }: ScanRange | IndexRange, id: string) {
    const key = { collection, account, region, id };
    const loaded = this.#load(rows, addressOf(key), key);
    const record = recordOf(loaded);
    if (record === undefined) throw new TamperedError(`${collection} \`${id}\` is missing`);
    return { record: record as StoredRecord<T>, indexes: loaded.indexes };
  }

  async #flush(pending: readonly Pending<EncodedUnit>[]): Promise<void> {
    const units = pending.map(({ unit }) => unit);
    let refused: CommitPlan['refused'] = [];
    try {
      const rows = await this.#engine.ready();
      const plan = planCommit(this.#seal, this.#engine.head, units, (address, key) => this.#load(rows, address, key));
      refused = plan.refused;
      if (plan.head !== undefined) await this.#commitPlan(plan, plan.head);
    } catch (cause) {
      const error = storageError(cause);
      for (const [at, { reject }] of pending.entries()) reject(refused[at] ?? error);
      return;
    }
    // Refused units are answered only now: their next reading sees what won against them.
    for (const [at, { resolve, reject }] of pending.entries()) {
      const error = refused[at];
      if (error === undefined) resolve();
      else reject(error instanceof ConflictError ? error : storageError(error));
    }
    await this.#engine.checkpointIfDue();
  }

  async #commitPlan(plan: CommitPlan, head: Head): Promise<void> {
    const touched = new Set(plan.changes.flatMap(({ address, key }) => [address, partitionOf(key)]));
    const now = this.#clock.now();
    await this.#commitDurably(
      (address) => touched.has(address),
      head,
      (rows) => {
        rows.apply(plan, now);
        if (head.seq % DROP_EVENTS_EVERY === 0) dropOldEvents(rows, now);
      },
    );
    for (const { address, key, before, after } of plan.changes) {
      this.#cache.set(address, after);
      const partition = partitionOf(key);
      const count = this.#counts.get(partition);
      const added = Number(after.version > 0) - Number(before.version > 0);
      if (count !== undefined && added !== 0) this.#counts.set(partition, count + added);
    }
    this.#feed.publish(committedChanges(plan));
    if (plan.audit !== undefined && this.#auditIndex.wrote(plan.audit, plan.auditEntries)) this.#upkeep.index();
  }

  /** Writes in one transaction, with the head, and waits for the disk. */
  async #commitDurably<R>(touches: InFlight['touches'], head: Head, work: (rows: Rows) => R): Promise<R> {
    const { promise: done, resolve: settle } = Promise.withResolvers<void>();
    this.#inFlight = { touches, done };
    try {
      return await this.#engine.commit(head, work);
    } finally {
      this.#inFlight = undefined;
      settle();
    }
  }

  /** A change beside the records, in a commit of its own. */
  async #change<R>(work: (rows: Rows) => R): Promise<R> {
    this.#assertOpen();
    return this.#queue.run(async () => {
      try {
        await this.#engine.ready();
        const { head } = this.#engine;
        return await this.#commitDurably(() => false, { ...head, seq: head.seq + 1 }, work);
      } catch (cause) {
        throw storageError(cause);
      }
    });
  }
}
