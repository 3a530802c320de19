import type { CachedRecord } from './record-cache.ts';
import type { Seal } from './seal.ts';
import { type RecordKey, type StoredRecord, TamperedError } from './store.ts';

/*
 * Each record has two rows, written in one commit:
 *
 *   records  version, indexes, body = seal(JSON) with the address, the version and the indexes as associated data
 *   ledger   version, mac = first half of HMAC(version, tag of the body, indexes, address)
 *
 * The ledger makes an older body detectable: its tag is not the one that the ledger's row was made for. The indexes are in both, so
 * that the check at start knows without opening the body that they are authentic. The second half of the HMAC is never stored: it
 * is the record's element in the digest over the whole ledger (see head.ts).
 */

export type Indexes = readonly (readonly [index: string, key: string])[];

/** The stored form of a record. */
export type RecordRows = {
  readonly version: number;
  /** JSON, or '' when there are none. */
  readonly indexes: string;
  readonly body: Uint8Array;
  readonly mac: Uint8Array;
};

export const TAG_BYTES = 16;
export const LEDGER_MAC_BYTES = 16;

function bodyContext(address: string, version: number, indexes: string): string {
  return `record|${version}|${indexes.length}|${indexes}|${address}`;
}

/**
 * Both halves for a record: the ledger's mac, and the element of the digest.
 *
 * @param body the whole body, or its tag; at least a tag long
 */
export function ledgerDigest(
  seal: Seal,
  address: string,
  version: number,
  indexes: string,
  body: Uint8Array,
): Uint8Array {
  const tag = Buffer.from(body.buffer, body.byteOffset + body.byteLength - TAG_BYTES, TAG_BYTES);
  return seal.mac(`${version}|${tag.toString('base64')}|${indexes.length}|${indexes}|${address}`, 'ledger');
}

/** Encrypts a record's JSON; gives both rows and the element of the digest. */
export function sealRecord(
  seal: Seal,
  address: string,
  version: number,
  indexes: string,
  json: string,
): RecordRows & { readonly element: Uint8Array } {
  const body = seal.seal(Buffer.from(json), bodyContext(address, version, indexes));
  const digest = ledgerDigest(seal, address, version, indexes, body);
  return {
    version,
    indexes,
    body,
    mac: digest.subarray(0, LEDGER_MAC_BYTES),
    element: digest.subarray(LEDGER_MAC_BYTES),
  };
}

/**
 * Checks a record's two rows against each other and opens the body.
 *
 * @throws TamperedError
 */
export function openRecord(seal: Seal, address: string, key: RecordKey, ledger: LedgerRow, row: BodyRow): CachedRecord {
  const what = `${key.collection} \`${key.id}\``;
  if (row === undefined) throw new TamperedError(`${what} is missing`);
  const { version, indexes, body } = row;
  if (version !== ledger.version) throw new TamperedError(`${what} is not the latest version`);
  if (body.byteLength < TAG_BYTES) throw new TamperedError(what);
  const digest = ledgerDigest(seal, address, version, indexes, body);
  if (Buffer.compare(ledger.mac, digest.subarray(0, LEDGER_MAC_BYTES)) !== 0) throw new TamperedError(what);
  const json = Buffer.from(seal.open(body, bodyContext(address, version, indexes))).toString();
  const element = digest.subarray(LEDGER_MAC_BYTES);
  const parsed: Indexes = indexes === '' ? [] : JSON.parse(indexes);
  return { key, version, indexes: parsed, element, size: json.length, json, record: undefined };
}

export type LedgerRow = { readonly version: number; readonly mac: Uint8Array };
export type BodyRow = Pick<RecordRows, 'version' | 'indexes' | 'body'> | undefined;

/** What is known of a record that does not exist. */
export function absentRecord(key: RecordKey): CachedRecord {
  return { key, version: 0, indexes: [], element: new Uint8Array(0), size: 0, json: undefined, record: undefined };
}

/** The decoded record, frozen: readers share it. Decoded once. */
export function recordOf(cached: CachedRecord): StoredRecord | undefined {
  if (cached.json !== undefined) {
    const value = freeze(JSON.parse(cached.json));
    cached.record = Object.freeze({ key: cached.key, version: cached.version, value });
    cached.json = undefined;
  }
  return cached.record;
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
