import { totalmem } from 'node:os';
import type { RecordKey, StoredRecord } from './store.ts';

/** What is known of a record. `version` 0: it does not exist. */
export type CachedRecord = {
  readonly key: RecordKey;
  readonly version: number;
  readonly indexes: readonly (readonly [index: string, key: string])[];
  /** The record's share of the ledger's digest. */
  readonly element: Uint8Array;
  /** Characters of the JSON; 0 when it does not exist. */
  readonly size: number;
  /** The value's JSON until somebody reads it: most records written are not read soon. */
  json: string | undefined;
  record: StoredRecord | undefined;
};

/** Memory besides the JSON: objects, map entry, strings of the key (measured: 500–700 bytes a small record). */
const ENTRY_BYTES = 700;
const MAX_BYTES = 512 * 1024 * 1024;

/** Bytes: the container's limit, where there is one. */
function allowedMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/** A decoded value takes about this many times its JSON. */
const DECODED_FACTOR = 3;

/**
 * Least recently used records in two generations: a hit in the young one costs one lookup and moves nothing; a hit in the old
 * one moves the record to the young one. When the young one has half of the limit it becomes the old one, and the old is dropped.
 */
export class RecordCache {
  readonly #halfCount: number;
  readonly #halfBytes: number;
  #young = new Map<string, CachedRecord>();
  #old = new Map<string, CachedRecord>();
  #youngBytes = 0;

  /**
   * @param limits defaults: 500,000 records; an eighth of the memory that this process may use, so that a small container keeps
   *   64 MiB, and at most 512 MiB, which hold the 110,000 parameters of a full account in a region twice
   */
  constructor(limits: { readonly count?: number; readonly bytes?: number } = {}) {
    this.#halfCount = Math.ceil((limits.count ?? 500_000) / 2);
    this.#halfBytes = Math.ceil((limits.bytes ?? Math.min(allowedMemory() / 8, MAX_BYTES)) / 2);
  }

  get(address: string): CachedRecord | undefined {
    const young = this.#young.get(address);
    if (young !== undefined) return young;
    const old = this.#old.get(address);
    if (old === undefined) return undefined;
    this.#old.delete(address);
    this.set(address, old);
    return old;
  }

  /** What the old generation knows under this address is hidden from now on, and gone before the young one is. */
  set(address: string, record: CachedRecord): void {
    this.#young.set(address, record);
    // Replaced records are counted twice until the generation changes: the limit is kept from the safe side.
    this.#youngBytes += ENTRY_BYTES + record.size * DECODED_FACTOR;
    if (this.#young.size < this.#halfCount && this.#youngBytes < this.#halfBytes) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  delete(address: string): void {
    this.#young.delete(address);
    this.#old.delete(address);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngBytes = 0;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
