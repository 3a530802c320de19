/**
 * The store: authenticated, versioned records; one durable commit for state, audit and events.
 *
 * Everything a service keeps is a record: `(collection, account, region, id)` → JSON value with a version. Values are encrypted
 * and authenticated by the seal with the whole key and the version as associated data, so that a flipped, swapped or rolled-back
 * row is refused on read. Ids and index keys are in the clear: never put a secret into one.
 *
 * Units commit optimistically: each carries the versions it read; when another unit changed one of them first, `commit` rejects
 * with `ConflictError` and the pipeline runs the operation again. Many units share one durable commit (group commit).
 */

import type { LedgerReport } from './verify-ledger.ts';

/** Where a record lives. `region` is '' for global services, `account` is '' for what belongs to the installation. */
export type RecordKey = {
  readonly collection: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
};

/**
 * A record as read. A first version is 1, or more when records were deleted before: versions of a key never repeat. Values are
 * shared by readers, and frozen.
 */
export type StoredRecord<T = unknown> = { readonly key: RecordKey; readonly version: number; readonly value: T };

/** Ids in ascending order of their UTF-8 bytes (code points). All bounds are optional. */
export type ScanRange = {
  readonly collection: string;
  readonly account: string;
  readonly region: string;
  /** Only ids (or index keys) that begin with this. */
  readonly prefix?: string;
  /** Exclusive lower bound on the id (with `reverse`: exclusive upper bound). */
  readonly after?: string;
  /** Default 1,000. */
  readonly limit?: number;
  readonly reverse?: boolean;
};

/** A scan over a secondary index. Order: index key, then id. `after` is the pair last seen. */
export type IndexRange = Omit<ScanRange, 'after'> & {
  readonly index: string;
  /** Exact index key; otherwise `prefix`. */
  readonly equals?: string;
  readonly after?: { readonly key: string; readonly id: string };
};

export type IndexedRecord<T = unknown> = StoredRecord<T> & { readonly indexKey: string };

/** One write of a unit. `expected` 0 means that it must not exist. `value` undefined deletes. */
export type RecordWrite = {
  readonly key: RecordKey;
  readonly expected: number;
  readonly value: unknown;
  /** Index entries the record has after this write: [index name, index key]. */
  readonly indexes: readonly (readonly [index: string, key: string])[];
};

/** An event for subscribers, stored in the same commit and delivered at least once within a day, in the order of commits. */
export type OutboxEvent = {
  readonly topic: string;
  readonly account: string;
  readonly region: string;
  readonly body: unknown;
};

/**
 * Durable work at a time. Scheduling the same (kind, id) again replaces it and keeps its count of attempts; `runAt` undefined cancels
 * it, and scheduling it again after that, also in the same unit, starts the count anew.
 */
export type JobWrite = {
  readonly kind: string;
  readonly id: string;
  /** Whole milliseconds since the epoch. */
  readonly runAt: number | undefined;
  readonly payload?: unknown;
};

export type Job = {
  readonly kind: string;
  readonly id: string;
  readonly runAt: number;
  readonly payload: unknown;
  readonly attempts: number;
};

/** An audit record: `json` is encrypted in blocks and chained by hash; `time` in whole ms orders it. `id` holds no control characters. */
export type AuditWrite = {
  readonly id: string;
  readonly time: number;
  readonly json: string;
  /**
   * What it is looked up by, for example `111122223333/us-east-1/EventName=GetParameter`; its `id` is a term without being named. Encrypted
   * like `json`; not given back. A record without this member comes with every look-up, one with none (`[]`) only without terms.
   */
  readonly terms?: readonly string[];
};

/** Which audit records: `from <= time <= to`, newest first unless `oldestFirst`. */
export type AuditRange = {
  readonly from: number;
  readonly to: number;
  readonly oldestFirst?: boolean;
  /** Leaves out most of what lacks one of these terms, unread. What comes may still lack some: the caller looks. */
  readonly terms?: readonly string[];
};

/** What a walk along the audit chain found. */
export type AuditReport = {
  /** Blocks that are there and fit. With `deleted` it never falls. */
  readonly blocks: number;
  /** Blocks deleted for their age. */
  readonly deleted: number;
  /** First block that does not fit. */
  readonly brokenAt: number | undefined;
};

/** What commits together. */
export type CommitUnit = {
  /** Records read whose versions must still hold (0: still absent). */
  readonly reads: readonly { readonly key: RecordKey; readonly version: number }[];
  readonly writes: readonly RecordWrite[];
  readonly events: readonly OutboxEvent[];
  readonly jobs: readonly JobWrite[];
  readonly audit: readonly AuditWrite[];
};

/** Another unit changed what this one had read. Run the operation again. */
export class ConflictError extends Error {
  readonly key: RecordKey;
  constructor(key: RecordKey) {
    super(`record changed since it was read: ${key.collection} \`${key.id}\``);
    this.name = 'ConflictError';
    this.key = key;
  }
}

/** A row that fails authentication: altered, swapped, truncated or rolled back. */
export class TamperedError extends Error {
  constructor(what: string) {
    super(`stored data failed authentication: ${what}`);
    this.name = 'TamperedError';
  }
}

/** The store cannot make writes durable (disk full, connection lost). Nothing of the unit was acknowledged. */
export class UnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnavailableError';
  }
}

export type CommittedChange = { readonly key: RecordKey; readonly version: number; readonly deleted: boolean };

export interface Store {
  /** Latest committed record; served from memory when cached. */
  get<T>(key: RecordKey): Promise<StoredRecord<T> | undefined>;
  scan<T>(range: ScanRange): Promise<readonly StoredRecord<T>[]>;
  scanIndex<T>(range: IndexRange): Promise<readonly IndexedRecord<T>[]>;
  count(range: Omit<ScanRange, 'limit' | 'after' | 'reverse'>): Promise<number>;

  /** Resolves once the unit is durable. @throws ConflictError, UnavailableError */
  commit(unit: CommitUnit): Promise<void>;

  /** Called after each durable commit with the keys that changed, by any process on this store. Returns the unsubscriber. */
  onChange(listener: (changes: readonly CommittedChange[]) => void): () => void;

  readAudit(range: AuditRange): AsyncIterable<AuditWrite>;
  /** Opens every record and checks that none is missing or older than it was. Commits wait meanwhile on SQLite. */
  verify(): Promise<LedgerReport>;
  /** Checks the audit hash chain. */
  verifyAudit(): Promise<AuditReport>;
  /**
   * Deletes the oldest audit blocks, some dozens at most, as long as all their records are older than `before` (ms since the epoch).
   *
   * @returns how many blocks; 0 when none is left
   * @throws TamperedError when one of them was changed
   */
  dropAudit(before: number): Promise<number>;

  /**
   * Next events of the topics after the subscriber's stored cursor; ack moves the cursor. From its first reading on events are kept for
   * the subscriber. One process at a time holds its lease; the others get none.
   */
  readOutbox(
    subscriber: string,
    topics: readonly string[],
    limit: number,
  ): Promise<readonly (OutboxEvent & { readonly seq: number })[]>;
  ackOutbox(subscriber: string, seq: number): Promise<void>;

  /** Takes jobs due at `now` under a lease of `leaseMs`. Finished jobs are completed in a unit's `jobs` (runAt undefined) or retried later. */
  leaseJobs(now: number, leaseMs: number, limit: number): Promise<readonly Job[]>;
  nextJobAt(): Promise<number | undefined>;

  /** Consistent copy while running; without the root key. */
  backup(file: string): Promise<void>;
  /** Deletes everything but seal and schema (open mode's reset). */
  reset(): Promise<void>;
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}
