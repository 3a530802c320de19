import { createDecipheriv, type KeyObject } from 'node:crypto';
import { decryptOaep, modulusBits } from './rsa.ts';

/** Algorithms under which clients wrap key material for import. RSAES_PKCS1_V1_5 ended in 2023, SM2PKE is for China Regions. */
export const wrappingAlgorithms = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
] as const;

export type WrappingAlgorithm = (typeof wrappingAlgorithms)[number];

export function isWrappingAlgorithm(name: string): name is WrappingAlgorithm {
  return (wrappingAlgorithms as readonly string[]).includes(name);
}

/** Alternative initial value of AES key wrap with padding (RFC 5649 §3). */
const PADDED_IV = Buffer.from('a65959a6', 'hex');

/** Bytes of the shortest key wrapped with padding: two blocks of 64 bits (RFC 5649 §4.1). */
const SHORTEST_WRAPPED = 16;

/**
 * Unwraps imported material: OAEP alone, or an OAEP-wrapped AES-256 key followed by the material under AES key wrap with padding
 * (PKCS #11 v2.40, CKM_RSA_AES_KEY_WRAP).
 *
 * @returns undefined when it was not wrapped for this key in this way
 */
export function unwrapImported(
  wrappingKey: KeyObject,
  algorithm: WrappingAlgorithm,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  switch (algorithm) {
    case 'RSAES_OAEP_SHA_1':
    case 'RSAES_OAEP_SHA_256':
      return decryptOaep(wrappingKey, algorithm, wrapped);
    case 'RSA_AES_KEY_WRAP_SHA_1':
      return unwrapTwice(wrappingKey, 'RSAES_OAEP_SHA_1', wrapped);
    case 'RSA_AES_KEY_WRAP_SHA_256':
      return unwrapTwice(wrappingKey, 'RSAES_OAEP_SHA_256', wrapped);
  }
}

function unwrapTwice(
  wrappingKey: KeyObject,
  oaep: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256',
  wrapped: Uint8Array,
): Uint8Array | undefined {
  const split = modulusBits(wrappingKey) / 8;
  // OpenSSL unwraps nothing at all to nothing, without a complaint.
  if (wrapped.length < split + SHORTEST_WRAPPED) return undefined;
  const aes = decryptOaep(wrappingKey, oaep, wrapped.subarray(0, split));
  if (aes === undefined) return undefined;
  try {
    const unwrap = createDecipheriv('id-aes256-wrap-pad', aes, PADDED_IV);
    return Buffer.concat([unwrap.update(wrapped.subarray(split)), unwrap.final()]);
  } catch {
    return undefined;
  } finally {
    aes.fill(0);
  }
}
