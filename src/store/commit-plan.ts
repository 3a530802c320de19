import { partitionOf } from './address.ts';
import { type AuditBlock, type AuditEntry, sealAuditBlock } from './audit-block.ts';
import type { EncodedUnit } from './encoded-unit.ts';
import { type Head, toggleElement } from './head.ts';
import { absentRecord, type Indexes, type RecordRows, sealRecord } from './record-body.ts';
import type { CachedRecord } from './record-cache.ts';
import type { Seal } from './seal.ts';
import { type CommittedChange, ConflictError, type RecordKey } from './store.ts';

/** One record as it is before and after the commit. Intermediate versions of the same commit are never written. */
export type RecordChange = {
  readonly key: RecordKey;
  readonly address: string;
  readonly before: CachedRecord;
  /** Version 0: deleted. */
  readonly after: CachedRecord;
  readonly rows: RecordRows | undefined;
  readonly addedIndexes: Indexes;
  readonly removedIndexes: Indexes;
};

export type SealedEvent = {
  readonly seq: number;
  readonly topic: string;
  readonly account: string;
  readonly region: string;
  readonly body: Uint8Array;
};

export type SealedJob = {
  readonly kind: string;
  readonly id: string;
  readonly runAt: number | undefined;
  readonly payload: Uint8Array;
};

/** Everything that one durable commit writes. */
export type CommitPlan = {
  /** For each unit: why it is refused, or undefined. */
  readonly refused: readonly (Error | undefined)[];
  readonly changes: readonly RecordChange[];
  readonly events: readonly SealedEvent[];
  readonly jobs: readonly SealedJob[];
  readonly audit: AuditBlock | undefined;
  /** What the block holds. */
  readonly auditEntries: readonly AuditEntry[];
  /** Undefined when no unit is left to commit. */
  readonly head: Head | undefined;
};

type Draft = {
  readonly key: RecordKey;
  readonly before: CachedRecord;
  version: number;
  json: string | undefined;
  indexes: Indexes;
};

/** Associated data of an event's body. */
export function eventContext(
  seq: number,
  { topic, account, region }: Pick<SealedEvent, 'topic' | 'account' | 'region'>,
): string {
  return `event|${seq}|${partitionOf({ collection: topic, account, region })}`;
}

/** Associated data of a job's payload. */
export function jobContext(kind: string, id: string): string {
  return `job|${kind.length}|${kind}${id}`;
}

/**
 * Decides which units commit, and seals what they write. All checks of a unit come before its first write, so a refused unit
 * leaves nothing behind and needs no savepoint.
 *
 * @param current the committed state of a record; a TamperedError refuses the units that need it, and only those
 */
export function planCommit(
  seal: Seal,
  head: Head,
  units: readonly EncodedUnit[],
  current: (address: string, key: RecordKey) => CachedRecord,
): CommitPlan {
  const drafts = new Map<string, Draft>();
  let { floor } = head;
  const check = (address: string, key: RecordKey, expected: number) => {
    const version = drafts.get(address)?.version ?? current(address, key).version;
    if (version !== expected) throw new ConflictError(key);
  };
  const refused = units.map((unit) => {
    try {
      for (const read of unit.reads) check(read.address, read.key, read.version);
      for (const write of unit.writes) check(write.address, write.key, write.expected);
    } catch (error) {
      return error instanceof Error ? error : new Error('unit refused', { cause: error });
    }
    for (const { address, key, json, indexes } of unit.writes) {
      const draft = drafts.get(address) ?? newDraft(key, current(address, key));
      drafts.set(address, draft);
      if (json === undefined) floor = Math.max(floor, draft.version);
      draft.version = json === undefined ? 0 : draft.version === 0 ? floor + 1 : draft.version + 1;
      draft.json = json;
      draft.indexes = json === undefined ? [] : indexes;
    }
    return undefined;
  });
  const accepted = units.filter((_, at) => refused[at] === undefined);
  if (accepted.length === 0) {
    return { refused, changes: [], events: [], jobs: [], audit: undefined, auditEntries: [], head: undefined };
  }

  const digest = Uint8Array.from(head.digest);
  const changes: RecordChange[] = [];
  for (const [address, draft] of drafts) {
    if (draft.version === 0 && draft.before.version === 0) continue;
    const change = sealChange(seal, address, draft);
    toggleElement(digest, change.before.element);
    toggleElement(digest, change.after.element);
    changes.push(change);
  }
  const events = accepted
    .flatMap((unit) => unit.events)
    .map(({ json, ...event }, at) => {
      const seq = head.outbox + at + 1;
      return { ...event, seq, body: seal.seal(Buffer.from(json), eventContext(seq, event)) };
    });
  const jobs = accepted
    .flatMap((unit) => unit.jobs)
    .map(({ json, ...job }) => ({ ...job, payload: seal.seal(Buffer.from(json), jobContext(job.kind, job.id)) }));
  const records = accepted.flatMap((unit) => unit.audit);
  const position = { seq: head.audit + 1, previous: head.auditHash };
  const audit = records.length === 0 ? undefined : sealAuditBlock(seal, position, records);
  return {
    refused,
    changes,
    events,
    jobs,
    audit,
    auditEntries: records,
    head: {
      ...head,
      seq: head.seq + 1,
      floor,
      outbox: head.outbox + events.length,
      audit: audit?.seq ?? head.audit,
      auditHash: audit?.hash ?? head.auditHash,
      digest,
    },
  };
}

function newDraft(key: RecordKey, before: CachedRecord): Draft {
  return { key, before, version: before.version, json: undefined, indexes: before.indexes };
}

function sealChange(seal: Seal, address: string, { key, before, version, json, indexes }: Draft): RecordChange {
  if (json === undefined) {
    return {
      key,
      address,
      before,
      after: absentRecord(key),
      rows: undefined,
      addedIndexes: [],
      removedIndexes: before.indexes,
    };
  }
  const rows = sealRecord(seal, address, version, indexes.length === 0 ? '' : JSON.stringify(indexes), json);
  const after = { key, version, indexes, element: rows.element, size: json.length, json, record: undefined };
  return {
    key,
    address,
    before,
    after,
    rows,
    addedIndexes: without(indexes, before.indexes),
    removedIndexes: without(before.indexes, indexes),
  };
}

function without(some: Indexes, others: Indexes): Indexes {
  return some.filter(([index, key]) => !others.some((other) => other[0] === index && other[1] === key));
}

/** What listeners are told. */
export function committedChanges(plan: CommitPlan): readonly CommittedChange[] {
  return plan.changes.map(({ key, after, before }) =>
    after.version === 0
      ? { key, version: before.version + 1, deleted: true }
      : { key, version: after.version, deleted: false },
  );
}
