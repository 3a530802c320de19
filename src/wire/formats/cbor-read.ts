import { isUtf8 } from 'node:buffer';
import { Malformed, maxDepth, notA, tooDeep } from './malformed.ts';
import { setKey } from './record.ts';
import { dateOfEpoch } from './timestamp.ts';

/** Where the reader stands. */
type Cursor = { readonly bytes: Buffer; at: number };

const breakMark = Symbol('break');

/**
 * One CBOR item (RFC 8949) → null, boolean, number, string, Uint8Array, Date (tag 1), array, plain object. Nothing may follow
 * it. Integers beyond 2^53 become the nearest double; undefined becomes null.
 *
 * @throws Malformed on truncation, other tags, keys that are not text, bytes that are not UTF-8, nesting over 64
 */
export function cborDecode(bytes: Uint8Array): unknown {
  const cursor: Cursor = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  const value = item(cursor, 0);
  if (value === breakMark || cursor.at !== bytes.length) throw new Malformed('Unexpected CBOR after the payload');
  return value;
}

function item(c: Cursor, depth: number): unknown {
  if (depth > maxDepth + 1) throw tooDeep();
  const initial = byte(c);
  const major = initial >> 5;
  const info = initial & 31;
  if (major === 7) return simple(c, info);
  if (info === 31) return indefinite(c, major, depth);
  const argument = argumentOf(c, info);
  switch (major) {
    case 0:
      return argument;
    case 1:
      return -1 - argument;
    case 2:
      return new Uint8Array(take(c, argument));
    case 3:
      return text(take(c, argument));
    case 4:
      return array(c, argument, depth);
    case 5:
      return map(c, argument, depth);
    default:
      return tagged(c, argument, depth);
  }
}

function argumentOf(c: Cursor, info: number): number {
  if (info < 24) return info;
  if (info === 24) return byte(c);
  if (info === 25) return take(c, 2).readUInt16BE(0);
  if (info === 26) return take(c, 4).readUInt32BE(0);
  if (info === 27) return Number(take(c, 8).readBigUInt64BE(0));
  throw new Malformed('Malformed CBOR argument');
}

function array(c: Cursor, length: number, depth: number): unknown[] {
  const out: unknown[] = [];
  for (let i = 0; i < length; i++) out.push(value(c, depth));
  return out;
}

function map(c: Cursor, length: number, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < length; i++) setKey(out, key(value(c, depth)), value(c, depth));
  return out;
}

function indefinite(c: Cursor, major: number, depth: number): unknown {
  if (major === 2 || major === 3) return chunks(c, major);
  if (major === 4) {
    const out: unknown[] = [];
    for (let next = item(c, depth + 1); next !== breakMark; next = item(c, depth + 1)) out.push(next);
    return out;
  }
  if (major === 5) {
    const out: Record<string, unknown> = {};
    for (let next = item(c, depth + 1); next !== breakMark; next = item(c, depth + 1))
      setKey(out, key(next), value(c, depth));
    return out;
  }
  if (major === 7) return breakMark;
  throw new Malformed('Malformed CBOR length');
}

function chunks(c: Cursor, major: 2 | 3): Uint8Array | string {
  const parts: Buffer[] = [];
  for (let initial = byte(c); initial !== 0xff; initial = byte(c)) {
    if (initial >> 5 !== major || (initial & 31) === 31) throw new Malformed('Malformed CBOR chunk');
    parts.push(take(c, argumentOf(c, initial & 31)));
  }
  const whole = Buffer.concat(parts);
  return major === 3 ? text(whole) : new Uint8Array(whole);
}

function simple(c: Cursor, info: number): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
    case 23:
      return null;
    case 25:
      return half(take(c, 2).readUInt16BE(0));
    case 26:
      return take(c, 4).readFloatBE(0);
    case 27:
      return take(c, 8).readDoubleBE(0);
    case 31:
      return breakMark;
    default:
      throw new Malformed('Unknown CBOR simple value');
  }
}

/** Tag 1 is a time in seconds; AWS's CBOR uses no other. */
function tagged(c: Cursor, tag: number, depth: number): Date {
  const inner = value(c, depth);
  if (tag !== 1) throw new Malformed(`Unsupported CBOR tag ${tag}`);
  if (typeof inner !== 'number') throw notA(inner, 'Timestamp');
  return dateOfEpoch(inner);
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function value(c: Cursor, depth: number): unknown {
  const inner = item(c, depth + 1);
  if (inner === breakMark) throw new Malformed('Unexpected CBOR break');
  return inner;
}

function key(name: unknown): string {
  if (typeof name !== 'string') throw new Malformed('A CBOR map key is not text');
  return name;
}

function text(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Malformed('CBOR text is not valid UTF-8');
  return bytes.toString('utf8');
}

function byte(c: Cursor): number {
  const next = c.bytes[c.at];
  if (next === undefined) throw new Malformed('Unexpected end of CBOR');
  c.at += 1;
  return next;
}

function take(c: Cursor, length: number): Buffer {
  if (length > c.bytes.length - c.at) throw new Malformed('Unexpected end of CBOR');
  const part = c.bytes.subarray(c.at, c.at + length);
  c.at += length;
  return part;
}
