import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Curve } from './curves.ts';
import { fromBytes, inverse, mod, toBytes } from './numbers.ts';

/**
 * ECDSA over a digest that the caller computed (`MessageType: DIGEST`).
 *
 * `crypto.sign` always hashes its input, and no digest of OpenSSL is the identity. So the digest `z` is carried over to a fixed
 * message with digest `e`: with `c = e / z` (mod n), a signature `(r, s')` of that message under the private key `c·d` satisfies
 * `s' = (e + r·c·d) / k = c · (z + r·d) / k`, hence `(r, s' / c)` is a signature of `z` under `d`. Likewise `(r, s)` is valid for
 * `z` under `Q` exactly when `(r, c·s)` is valid for `e` under `c·Q`.
 *
 * The nonce and both scalar multiplications stay inside OpenSSL. The only arithmetic on a secret done here is one product modulo
 * n; its operands live as BigInt until they are collected. `c` is public: it follows from the digest.
 */
const CARRIER = Buffer.from('ringwall/kms/ecdsa-digest/1');

/**
 * @returns the DER signature; undefined for a digest that is zero modulo the group order, which no hash function gives in practice
 */
export function signDigest(key: KeyObject, curve: Curve, digest: Uint8Array): Uint8Array | undefined {
  const c = carry(curve, digest);
  if (c === undefined) return undefined;
  const scaled = privateKeyOf(curve, mod(c * scalarOf(key), curve.n));
  const signature = sign(curve.hash, CARRIER, { key: scaled, dsaEncoding: 'ieee-p1363' });
  const r = signature.subarray(0, curve.bytes);
  const s = mod(fromBytes(signature.subarray(curve.bytes)) * inverse(c, curve.n), curve.n);
  return encodeDer(r, toBytes(s, curve.bytes));
}

export function verifyDigest(key: KeyObject, curve: Curve, digest: Uint8Array, signature: Uint8Array): boolean {
  const parts = decodeDer(signature, curve);
  const c = carry(curve, digest);
  if (parts === undefined || c === undefined) return false;
  const scaled = scalePoint(key, curve, c);
  const s = mod(parts.s * c, curve.n);
  const carried = Buffer.concat([toBytes(parts.r, curve.bytes), toBytes(s, curve.bytes)]);
  return verify(curve.hash, CARRIER, { key: scaled, dsaEncoding: 'ieee-p1363' }, carried);
}

/** `e / z`. Digests are never longer than the order of their curve here, so no truncation is needed (FIPS 186-5 §6.4.1). */
function carry(curve: Curve, digest: Uint8Array): bigint | undefined {
  const z = mod(fromBytes(digest), curve.n);
  if (z === 0n) return undefined;
  const e = fromBytes(createHash(curve.hash).update(CARRIER).digest());
  return mod(e * inverse(z, curve.n), curve.n);
}

/**
 * `c·Q`. ECDH gives the x-coordinate alone, so the sign of y comes from a second product: only the right one of the two points
 * with that x makes `c·Q + Q` have the x-coordinate of `(c+1)·Q`.
 */
function scalePoint(key: KeyObject, curve: Curve, c: bigint): KeyObject {
  const { x: qx, y: qy } = coordinates(key);
  if (c === 1n) return key;
  if (c === curve.n - 1n) return publicKeyOf(curve, qx, curve.p - qy);
  const q = Buffer.concat([Buffer.from([4]), toBytes(qx, curve.bytes), toBytes(qy, curve.bytes)]);
  const ecdh = createECDH(curve.openssl);
  const x = multiply(ecdh, c, q, curve);
  const next = fromBytes(multiply(ecdh, c + 1n, q, curve));
  const even = evenPoint(curve, x);
  const px = fromBytes(x);
  const py = fromBytes(even.subarray(1 + curve.bytes));
  const slope = mod((py - qy) * inverse(px - qx, curve.p), curve.p);
  const sum = mod(slope * slope - px - qx, curve.p);
  return publicKeyOf(curve, px, sum === next ? py : curve.p - py);
}

function multiply(ecdh: ReturnType<typeof createECDH>, scalar: bigint, point: Buffer, curve: Curve): Buffer {
  ecdh.setPrivateKey(toBytes(scalar, curve.bytes));
  return ecdh.computeSecret(point);
}

/** The point with this x and an even y, uncompressed. */
function evenPoint(curve: Curve, x: Buffer): Buffer {
  const compressed = Buffer.concat([Buffer.from([2]), x]);
  return ECDH.convertKey(compressed, curve.openssl, undefined, undefined, 'uncompressed') as Buffer;
}

function coordinates(key: KeyObject): { readonly x: bigint; readonly y: bigint } {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return { x: fromBytes(Buffer.from(x, 'base64url')), y: fromBytes(Buffer.from(y, 'base64url')) };
}

function publicKeyOf(curve: Curve, x: bigint, y: bigint): KeyObject {
  const text = (value: bigint) => toBytes(value, curve.bytes).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: curve.jwk, x: text(x), y: text(y) } });
}

/** The private scalar, read from the SEC 1 form: SEQUENCE { INTEGER 1, OCTET STRING d, … }. */
function scalarOf(key: KeyObject): bigint {
  const der = key.export({ format: 'der', type: 'sec1' });
  const body = ((der[1] ?? 0) & 0x80) === 0 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  const at = body + 3;
  const length = der[at + 1] ?? 0;
  const scalar = fromBytes(der.subarray(at + 2, at + 2 + length));
  der.fill(0);
  return scalar;
}

/** PKCS #8 without the public point: OpenSSL computes it. */
function privateKeyOf(curve: Curve, scalar: bigint): KeyObject {
  const d = toBytes(scalar, curve.bytes);
  const sec1 = tlv(0x30, Buffer.from('020101', 'hex'), tlv(0x04, d));
  const algorithm = tlv(0x30, Buffer.from(`06072a8648ce3d0201${curve.oid}`, 'hex'));
  const der = tlv(0x30, Buffer.from('020100', 'hex'), algorithm, tlv(0x04, sec1));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  for (const secret of [d, sec1, der]) secret.fill(0);
  return key;
}

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [tag, length] : [tag, 0x81, length];
  return Buffer.concat([Buffer.from(head), ...parts]);
}

function encodeDer(r: Uint8Array, s: Uint8Array): Buffer {
  return tlv(0x30, tlv(0x02, unsigned(r)), tlv(0x02, unsigned(s)));
}

function unsigned(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const short = bytes.subarray(from);
  return ((short[0] ?? 0) & 0x80) === 0 ? short : Buffer.concat([Buffer.from([0]), short]);
}

/** Strict DER: what does not encode back to the same bytes is refused. */
function decodeDer(der: Uint8Array, curve: Curve): { readonly r: bigint; readonly s: bigint } | undefined {
  const body = (der[1] ?? 0) === 0x81 ? 3 : 2;
  const rLength = der[body + 1] ?? 0;
  const sAt = body + 2 + rLength;
  const r = fromBytes(der.subarray(body + 2, sAt));
  const s = fromBytes(der.subarray(sAt + 2));
  if (r <= 0n || r >= curve.n || s <= 0n || s >= curve.n) return undefined;
  const again = encodeDer(toBytes(r, curve.bytes), toBytes(s, curve.bytes));
  return again.equals(der) ? { r, s } : undefined;
}
