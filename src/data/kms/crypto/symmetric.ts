import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { IV_BYTES, type ParsedCiphertext, TAG_BYTES } from '../engine/ciphertext-header.ts';
import { messageKeysOf } from './message-keys.ts';
import type { RandomBytes } from './random.ts';

/**
 * SYMMETRIC_DEFAULT: AES-256-GCM under a key derived from the backing key (message-keys.ts), with a random nonce for each message. The
 * header and the encryption context are authenticated with the message.
 */
const options = { authTagLength: TAG_BYTES };

/**
 * @param backing 256-bit secret of the key
 * @param context canonical form of the encryption context
 * @returns the self-describing ciphertext of engine/ciphertext-header.ts
 */
export function encryptSymmetric(
  backing: KeyObject,
  names: { readonly keyArn: string; readonly materialId: string },
  plaintext: Uint8Array,
  context: Uint8Array,
  random: RandomBytes,
): Uint8Array {
  const { key, header } = messageKeysOf(backing).next(names, random);
  const cipher = createCipheriv('aes-256-gcm', key, header.subarray(header.length - IV_BYTES), options);
  cipher.setAAD(Buffer.concat([header, context]));
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([header, cipher.getAuthTag(), body]);
}

/** @returns undefined when the header, the body or the context is not what was encrypted */
export function decryptSymmetric(
  backing: KeyObject,
  ciphertext: ParsedCiphertext,
  context: Uint8Array,
): Uint8Array | undefined {
  const keys = messageKeysOf(backing);
  const key = keys.open(ciphertext.salt);
  const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.iv, options);
  decipher.setAAD(Buffer.concat([ciphertext.header, context]));
  decipher.setAuthTag(ciphertext.tag);
  const plaintext = decipher.update(ciphertext.body);
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  keys.keep(ciphertext.salt, key);
  return plaintext;
}
