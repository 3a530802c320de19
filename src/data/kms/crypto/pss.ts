import { createHash } from 'node:crypto';

/**
 * EMSA-PSS over a digest (RFC 8017 §9.1), with a salt as long as the digest. Needed because `crypto.sign` hashes what it is
 * given, while `MessageType: DIGEST` brings the hash.
 */
export function encodePss(hash: string, digest: Uint8Array, salt: Uint8Array, modulusBits: number): Buffer {
  const emBits = modulusBits - 1;
  const emLength = Math.ceil(emBits / 8);
  const h = hashOf(hash, PADDING, digest, salt);
  const db = Buffer.alloc(emLength - h.length - 1);
  db[db.length - salt.length - 1] = 1;
  db.set(salt, db.length - salt.length);
  xor(db, mask(hash, h, db.length));
  clearTop(db, emLength, emBits);
  return Buffer.concat([db, h, Buffer.from([0xbc])]);
}

/** Checks an encoded message (RFC 8017 §9.1.2). All of it is public, so plain comparison is enough. */
export function pssMatches(hash: string, digest: Uint8Array, encoded: Buffer, modulusBits: number): boolean {
  const emBits = modulusBits - 1;
  const emLength = Math.ceil(emBits / 8);
  const size = digest.length;
  if (encoded.length !== emLength || encoded.at(-1) !== 0xbc || emLength < 2 * size + 2) return false;
  const db = Buffer.from(encoded.subarray(0, emLength - size - 1));
  const h = encoded.subarray(emLength - size - 1, emLength - 1);
  const top = 0xff >> (8 * emLength - emBits);
  if (((db[0] ?? 0) & ~top & 0xff) !== 0) return false;
  xor(db, mask(hash, h, db.length));
  clearTop(db, emLength, emBits);
  const saltAt = db.length - size;
  if (db[saltAt - 1] !== 1 || db.subarray(0, saltAt - 1).some((byte) => byte !== 0)) return false;
  return hashOf(hash, PADDING, digest, db.subarray(saltAt)).equals(h);
}

const PADDING = Buffer.alloc(8);

function hashOf(hash: string, ...parts: readonly Uint8Array[]): Buffer {
  const state = createHash(hash);
  for (const part of parts) state.update(part);
  return state.digest();
}

/** MGF1 (RFC 8017 §B.2.1). */
function mask(hash: string, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let i = 0, have = 0; have < length; i++) {
    counter.writeUInt32BE(i);
    const block = hashOf(hash, seed, counter);
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks, length);
}

function xor(target: Buffer, other: Buffer): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) ^ (other[i] ?? 0);
}

function clearTop(db: Buffer, emLength: number, emBits: number): void {
  db[0] = (db[0] ?? 0) & (0xff >> (8 * emLength - emBits));
}
