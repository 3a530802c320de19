/**
 * Authenticated encryption under the installation's keys: root key → key-encryption keys (generations) → data.
 *
 * The root key never touches the database. What is sealed is bound to `context` (associated data): it opens under the same
 * context only. AES-256-GCM, 96-bit random nonces, keys derived per purpose.
 */
export interface Seal {
  /** @param context identity of the thing, for example `kms/material|111122223333|us-east-1|KEYID|1` */
  seal(plaintext: Uint8Array, context: string): Uint8Array;
  /** @throws TamperedError when the bytes or the context differ */
  open(sealed: Uint8Array, context: string): Uint8Array;
  /** Keyed digest for authenticated indexes and tokens (HMAC-SHA-256, 32 bytes). */
  mac(data: Uint8Array | string, context: string): Uint8Array;
}
