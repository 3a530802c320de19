import type { Seal } from './seal.ts';
import { TamperedError } from './store.ts';

/**
 * The one row that every commit changes: where the store stands. Sealed, so that nobody without the keys can make one up or
 * learn the ledger's digest.
 */
export type Head = {
  /** Commits so far. */
  readonly seq: number;
  /**
   * Highest version that a deleted record ever had. New records start above it, so that a version never names two different
   * values of one key, and a delete and a create between read and commit is seen as a conflict.
   */
  readonly floor: number;
  /** Last outbox event. */
  readonly outbox: number;
  /** Last audit block, and the hash that the next one is chained to. */
  readonly audit: number;
  readonly auditHash: Uint8Array;
  /** Last audit block deleted for its age, and its hash: the chain begins behind it. */
  readonly auditDropped: number;
  readonly auditDroppedHash: Uint8Array;
  /** XOR of the elements of all ledger rows. */
  readonly digest: Uint8Array;
};

export const ELEMENT_BYTES = 16;
const HASH_BYTES = 32;

export const emptyHead: Head = {
  seq: 0,
  floor: 0,
  outbox: 0,
  audit: 0,
  auditHash: new Uint8Array(HASH_BYTES),
  auditDropped: 0,
  auditDroppedHash: new Uint8Array(HASH_BYTES),
  digest: new Uint8Array(ELEMENT_BYTES),
};

/** Four numbers of 8 bytes (a double holds every integer that they can reach), hash, digest. */
const NUMBERS = 4;
const BASE_BYTES = NUMBERS * 8 + HASH_BYTES + ELEMENT_BYTES;
/** Behind them, of a trail whose beginning was deleted: number and hash of the last block deleted. */
const HEAD_BYTES = BASE_BYTES + 8 + HASH_BYTES;

const context = 'head';

export function sealHead(seal: Seal, head: Head): Uint8Array {
  const bytes = Buffer.alloc(head.auditDropped === 0 ? BASE_BYTES : HEAD_BYTES);
  for (const [at, number] of [head.seq, head.floor, head.outbox, head.audit].entries())
    bytes.writeDoubleBE(number, at * 8);
  bytes.set(head.auditHash, NUMBERS * 8);
  bytes.set(head.digest, NUMBERS * 8 + HASH_BYTES);
  if (head.auditDropped > 0) {
    bytes.writeDoubleBE(head.auditDropped, BASE_BYTES);
    bytes.set(head.auditDroppedHash, BASE_BYTES + 8);
  }
  return seal.seal(bytes, context);
}

/** @throws TamperedError */
export function openHead(seal: Seal, sealed: Uint8Array): Head {
  const opened = seal.open(sealed, context);
  const shortened = opened.byteLength === HEAD_BYTES;
  if (!shortened && opened.byteLength !== BASE_BYTES) throw new TamperedError(context);
  const bytes = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength);
  return {
    seq: bytes.readDoubleBE(0),
    floor: bytes.readDoubleBE(8),
    outbox: bytes.readDoubleBE(16),
    audit: bytes.readDoubleBE(24),
    auditHash: bytes.subarray(NUMBERS * 8, NUMBERS * 8 + HASH_BYTES),
    auditDropped: shortened ? bytes.readDoubleBE(BASE_BYTES) : 0,
    auditDroppedHash: shortened ? bytes.subarray(BASE_BYTES + 8) : emptyHead.auditDroppedHash,
    digest: bytes.subarray(NUMBERS * 8 + HASH_BYTES, BASE_BYTES),
  };
}

/** Adds an element to a digest, or takes it out again, in place. */
export function toggleElement(digest: Uint8Array, element: Uint8Array): void {
  for (let at = 0; at < ELEMENT_BYTES; at++) digest[at] = (digest[at] ?? 0) ^ (element[at] ?? 0);
}
