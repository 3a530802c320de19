import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Seal } from './seal.ts';
import { type AuditWrite, TamperedError } from './store.ts';

/**
 * All audit records of one commit. `hash` covers the previous block's hash and everything of this one; without the keys no block
 * can be made, and with the keys no block can be changed without changing every later hash.
 */
export type AuditBlock = {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly count: number;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
  /** Sealed: a byte that says how it is packed, a line of look-up terms, then one line for each record: time, tab, id, tab, JSON. */
  readonly body: Uint8Array;
};

/** Below this compressing costs more than the bytes are worth. */
const COMPRESS_FROM_BYTES = 4096;
/**
 * Zstandard's fastest regular level: a tenth of the size for CloudTrail-like JSON, at 2 µs a record where deflate takes 4.5. A window of
 * 16 KiB and small chunks save memory that is thrown away after each block.
 */
const ZSTD = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 14 },
  chunkSize: 4096,
};
/** Bits of the first byte. Blocks without a line of terms hold records without terms. */
const COMPRESSED = 1;
const WITH_TERMS = 2;

function headerOf({ seq, minTime, maxTime, count, previous }: Omit<AuditBlock, 'hash' | 'body'>): string {
  return `audit|${seq}|${minTime}|${maxTime}|${count}|${Buffer.from(previous).toString('hex')}`;
}

/** The hash over a block as it stands. A block whose hash is another was changed. */
export function auditBlockHash(block: Omit<AuditBlock, 'hash'>): Uint8Array {
  return hashOf(headerOf(block), block.body);
}

function hashOf(header: string, body: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.from(header), body]), 'buffer');
}

/** The line of one record. @throws Error when the id holds a control character */
export function auditLine({ id, time, json }: AuditWrite): string {
  if (/[\t\n]/.test(id)) throw new Error('INVARIANT: an audit id holds no control characters');
  return `${time}\t${id}\t${json.includes('\n') ? JSON.stringify(JSON.parse(json)) : json}`;
}

/** A look-up term as it stands in blocks and filters: it must not look like two. */
export function termText(term: string): string {
  return /[\t\n]/.test(term) ? JSON.stringify(term) : term;
}

/** A record as its line. Without `terms` it may be what anybody looks for. */
export type AuditEntry = {
  readonly id: string;
  readonly time: number;
  readonly line: string;
  readonly terms: readonly string[] | undefined;
};

/** @param entries at least one */
export function sealAuditBlock(
  seal: Seal,
  position: { readonly seq: number; readonly previous: Uint8Array },
  entries: readonly AuditEntry[],
): AuditBlock {
  let minTime = Number.POSITIVE_INFINITY;
  let maxTime = Number.NEGATIVE_INFINITY;
  let text = '';
  for (const { time, line } of entries) {
    if (time < minTime) minTime = time;
    if (time > maxTime) maxTime = time;
    text += text === '' ? line : `\n${line}`;
  }
  const terms = termLine(entries);
  const plain = Buffer.from(terms === undefined ? text : `${terms}\n${text}`);
  const compressed = plain.length >= COMPRESS_FROM_BYTES;
  const packed = compressed ? zstdCompressSync(plain, ZSTD) : plain;
  const bytes = Buffer.allocUnsafe(packed.length + 1);
  bytes[0] = (compressed ? COMPRESSED : 0) | (terms === undefined ? 0 : WITH_TERMS);
  bytes.set(packed, 1);
  const block = { ...position, minTime, maxTime, count: entries.length };
  const header = headerOf(block);
  const body = seal.seal(bytes, header);
  return { ...block, hash: hashOf(header, body), body };
}

/** The terms of all records, each once: most calls of one commit share most of theirs. */
function termLine(entries: readonly AuditEntry[]): string | undefined {
  const distinct = new Set<string>();
  for (const { terms } of entries) {
    if (terms === undefined) return undefined;
    for (const term of terms) distinct.add(term);
  }
  let line = '';
  for (const term of distinct) line += line === '' ? termText(term) : `\t${termText(term)}`;
  return line;
}

/** What a block holds, opened. `terms` undefined: at least one record has none. */
export type AuditText = { readonly terms: string | undefined; readonly lines: string };

/** @throws TamperedError */
export function openAuditText(seal: Seal, block: AuditBlock): AuditText {
  const header = headerOf(block);
  if (Buffer.compare(block.hash, hashOf(header, block.body)) !== 0) throw new TamperedError(`audit block ${block.seq}`);
  const bytes = seal.open(block.body, header);
  const flags = bytes[0] ?? 0;
  const packed = bytes.subarray(1);
  const text = Buffer.from((flags & COMPRESSED) === 0 ? packed : zstdDecompressSync(packed)).toString();
  if ((flags & WITH_TERMS) === 0) return { terms: undefined, lines: text };
  const end = text.indexOf('\n');
  return { terms: text.slice(0, end), lines: text.slice(end + 1) };
}

/** The distinct terms of a block, as `termText` writes them. */
export function termsIn({ terms }: AuditText): readonly string[] | undefined {
  if (terms === undefined) return undefined;
  return terms === '' ? [] : terms.split('\t');
}

/** False: no record of the block has all of these terms. A record's id is one of its terms. @param wanted as `termText` writes them */
export function mayHold({ terms, lines }: AuditText, wanted: readonly string[]): boolean {
  if (terms === undefined) return true;
  const line = `\t${terms}\t`;
  return wanted.every((term) => line.includes(`\t${term}\t`) || lines.includes(`\t${term}\t`));
}

/** The records of an opened block in the order of their commit. @throws TamperedError */
export function recordsIn(
  { seq, count }: Pick<AuditBlock, 'seq' | 'count'>,
  { lines }: AuditText,
): readonly AuditWrite[] {
  const records = lines.split('\n').map((line) => {
    const idAt = line.indexOf('\t') + 1;
    const jsonAt = line.indexOf('\t', idAt) + 1;
    return { time: Number(line.slice(0, idAt - 1)), id: line.slice(idAt, jsonAt - 1), json: line.slice(jsonAt) };
  });
  if (records.length !== count) throw new TamperedError(`audit block ${seq}`);
  return records;
}

/** The records of a block in the order of their commit. @throws TamperedError */
export function openAuditBlock(seal: Seal, block: AuditBlock): readonly AuditWrite[] {
  return recordsIn(block, openAuditText(seal, block));
}
