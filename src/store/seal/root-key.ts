import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

export type SealKind = 'key-file' | 'passphrase' | 'shamir' | 'memory';

/** What is needed besides the secret to get the root key again (salt, costs, threshold). Public. */
export type SealParameters = Readonly<Record<string, string | number>>;

/** The key at the top: 32 bytes, outside the database and outside backups. */
export type RootKey = { readonly kind: SealKind; readonly parameters: SealParameters; readonly key: KeyObject };

export const ROOT_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The root key at hand does not open this keyring, or the keyring was altered. */
export class WrongRootKeyError extends Error {
  constructor() {
    super('the root key does not open this keyring: it belongs to another installation, or the keyring was altered');
    this.name = 'WrongRootKeyError';
  }
}

/** The root key itself encrypts nothing: each installation wraps under a key derived for it alone. */
function wrappingKey(root: RootKey, installation: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root.key, installation, 'ringwall keyring wrap 1', 32));
}

/**
 * Encrypts one 32-byte key under the root key.
 *
 * @param name what the key is; the wrapped key opens under this name only
 * @returns base64 of nonce, ciphertext and tag
 */
export function wrapKey(root: RootKey, installation: string, name: string, secret: Uint8Array): string {
  const key = wrappingKey(root, installation);
  try {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64');
  } finally {
    key.fill(0);
  }
}

/** @returns the key's bytes; the caller zeroes them. @throws WrongRootKeyError */
export function unwrapKey(root: RootKey, installation: string, name: string, wrapped: string): Buffer {
  const bytes = Buffer.from(wrapped, 'base64');
  if (bytes.length !== NONCE_BYTES + ROOT_KEY_BYTES + TAG_BYTES) throw new WrongRootKeyError();
  const key = wrappingKey(root, installation);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const secret = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    decipher.final();
    return secret;
  } catch {
    throw new WrongRootKeyError();
  } finally {
    key.fill(0);
  }
}
