import { createHash, type KeyObject } from 'node:crypto';
import { inverse, mod } from './numbers.ts';
import type { RandomBytes } from './random.ts';

/**
 * Ed25519ph (RFC 8032 §5.1) with an empty context. node:crypto has Ed25519 alone, so the curve arithmetic is here, in BigInt.
 *
 * BigInt does not run in constant time. To keep what time tells about the nonce to a minimum, the scalar is blinded with a random
 * multiple of the group order, the walk takes the same additions for either bit, and the addition formula has no exceptions.
 * Whoever can measure single operations of this process precisely may still learn something: prefer `ED25519_SHA_512`.
 */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n, P), P);
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);
const DOMAIN = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.from([1, 0])]);

/** Extended twisted Edwards coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];
const ZERO: Point = [0n, 1n, 1n, 0n];
const BASE = basePoint();

/**
 * @param message what the caller sends as DIGEST; it is hashed once more here, as the standard's prehash (and AWS) does
 * @param random source of the blinding
 */
export function signEd25519ph(key: KeyObject, message: Uint8Array, random: RandomBytes): Uint8Array {
  const seed = key.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const expanded = sha512(seed);
  const scalar = littleEndian(clamp(expanded.subarray(0, 32)));
  const hashed = sha512(message);
  const nonce = mod(littleEndian(sha512(DOMAIN, expanded.subarray(32), hashed)), L);
  const r = encode(multiply(BASE, nonce + L * littleEndian(random(16)), 400));
  const challenge = challengeOf(r, publicBytes(key), hashed);
  const s = mod(nonce + challenge * scalar, L);
  seed.fill(0);
  expanded.fill(0);
  return Buffer.concat([r, bytesOf(s)]);
}

/** Cofactorless check of the encoded point, as OpenSSL does for Ed25519. */
export function verifyEd25519ph(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const encodedKey = publicBytes(key);
  const a = decode(encodedKey);
  if (s >= L || a === undefined) return false;
  const challenge = challengeOf(r, encodedKey, sha512(message));
  const negative: Point = [mod(-a[0], P), a[1], a[2], mod(-a[3], P)];
  const expected = add(multiply(BASE, s, 253), multiply(negative, challenge, 253));
  return encode(expected).equals(r);
}

function challengeOf(r: Uint8Array, key: Uint8Array, hashed: Uint8Array): bigint {
  return mod(littleEndian(sha512(DOMAIN, r, key, hashed)), L);
}

/** Unified addition for a = −1 (Hisil, Wong, Carter, Dawson 2008, §3.1); complete because d is no square. */
function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
}

/** Montgomery ladder over a fixed number of bits. */
function multiply(point: Point, scalar: bigint, bits: number): Point {
  let low = ZERO;
  let high = point;
  for (let i = BigInt(bits - 1); i >= 0n; i--) {
    const sum = add(low, high);
    const one = ((scalar >> i) & 1n) === 1n;
    const doubled = one ? high : low;
    const twice = add(doubled, doubled);
    low = one ? sum : twice;
    high = one ? twice : sum;
  }
  return low;
}

function encode([x, y, z]: Point): Buffer {
  const inverted = inverse(z, P);
  const bytes = bytesOf(mod(y * inverted, P));
  if ((mod(x * inverted, P) & 1n) === 1n) bytes[31] = (bytes[31] ?? 0) | 0x80;
  return bytes;
}

function decode(bytes: Uint8Array): Point | undefined {
  const raw = littleEndian(bytes);
  const y = raw & ((1n << 255n) - 1n);
  return y >= P ? undefined : fromY(y, raw >> 255n);
}

function fromY(y: bigint, sign: bigint): Point | undefined {
  const u = mod(y * y - 1n, P);
  const v = mod(D * y * y + 1n, P);
  const candidate = mod(u * v ** 3n * power(mod(u * v ** 7n, P), (P - 5n) / 8n), P);
  const square = mod(v * candidate * candidate, P);
  let x = square === u ? candidate : mod(candidate * SQRT_MINUS_ONE, P);
  if (mod(v * x * x, P) !== u || (x === 0n && sign === 1n)) return undefined;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y, P)];
}

function basePoint(): Point {
  const point = fromY(mod(4n * inverse(5n, P), P), 0n);
  if (point === undefined) throw new Error('INVARIANT: the base point is on the curve');
  return point;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * b) % P;
    b = (b * b) % P;
  }
  return result;
}

function clamp(bytes: Uint8Array): Uint8Array {
  const clamped = Uint8Array.from(bytes);
  clamped[0] = (clamped[0] ?? 0) & 248;
  clamped[31] = ((clamped[31] ?? 0) & 127) | 64;
  return clamped;
}

function publicBytes(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function bytesOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(32);
  for (let i = 0, rest = value; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
