import { strict as assert } from 'node:assert';
import { addressOf, assertWellFormed } from './address.ts';
import { type AuditEntry, auditLine } from './audit-block.ts';
import type { Indexes } from './record-body.ts';
import type { CommitUnit, RecordKey } from './store.ts';

export type EncodedWrite = {
  readonly key: RecordKey;
  readonly address: string;
  readonly expected: number;
  /** Undefined deletes. */
  readonly json: string | undefined;
  readonly indexes: Indexes;
};

/** A unit turned to text when it was handed over: later changes of the caller's objects change nothing. */
export type EncodedUnit = {
  readonly reads: readonly { readonly key: RecordKey; readonly address: string; readonly version: number }[];
  readonly writes: readonly EncodedWrite[];
  readonly events: readonly {
    readonly topic: string;
    readonly account: string;
    readonly region: string;
    readonly json: string;
  }[];
  readonly jobs: readonly {
    readonly kind: string;
    readonly id: string;
    readonly runAt: number | undefined;
    readonly json: string;
  }[];
  readonly audit: readonly AuditEntry[];
};

/** @throws AssertionError for what cannot be stored: it would spoil the commit of other units */
export function encodeUnit(unit: CommitUnit): EncodedUnit {
  const writes = unit.writes.map(({ key, expected, value, indexes }) => {
    assertWellFormed(key.collection, key.account, key.region, key.id, ...indexes.flat());
    const json = value === undefined ? undefined : JSON.stringify(value);
    return { key, address: addressOf(key), expected, json, indexes };
  });
  if (writes.length > 1) {
    const addresses = new Set(writes.map(({ address }) => address));
    assert(addresses.size === writes.length, 'INVARIANT: a unit writes a record once');
  }
  return {
    reads: unit.reads.map(({ key, version }) => ({ key, address: addressOf(key), version })),
    writes,
    events: unit.events.map(({ topic, account, region, body }) => {
      assertWellFormed(topic, account, region);
      return { topic, account, region, json: JSON.stringify(body ?? null) };
    }),
    jobs: unit.jobs.map(({ kind, id, runAt, payload }) => {
      assertWellFormed(kind, id);
      assert(runAt === undefined || Number.isSafeInteger(runAt), 'INVARIANT: `runAt` is whole milliseconds');
      return { kind, id, runAt, json: JSON.stringify(payload ?? null) };
    }),
    audit: unit.audit.map((record) => {
      assert(Number.isSafeInteger(record.time), 'INVARIANT: audit times are whole milliseconds');
      return { id: record.id, time: record.time, line: auditLine(record), terms: record.terms };
    }),
  };
}
