import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { MacAlgorithm } from '../engine/key-specs.ts';

const hashes: Readonly<Record<MacAlgorithm, string>> = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
};

/** HMAC (RFC 2104, FIPS 198-1), whole output. */
export function computeMac(key: KeyObject, algorithm: MacAlgorithm, message: Uint8Array): Uint8Array {
  return createHmac(hashes[algorithm], key).update(message).digest();
}

/** Compares in constant time; a MAC of another length is wrong. */
export function macIsValid(key: KeyObject, algorithm: MacAlgorithm, message: Uint8Array, mac: Uint8Array): boolean {
  const expected = computeMac(key, algorithm, message);
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}
