import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from 'node:crypto';
import type { Seal } from '#store/seal.ts';
import { TamperedError } from '#store/store.ts';

/*
 * Layout of what is sealed:
 *
 *   1 format | 4 generation | 8 salt | 12 nonce | ciphertext | 16 tag
 *
 * The data key is derived from the generation's key, the format and the salt, so a changed header opens nothing.
 *
 * Why derived data keys: with random 96-bit nonces NIST SP 800-38D §8.3 allows 2^32 messages a key. Each process takes a fresh
 * salt at start and again after 2^28 messages, so no data key comes near that (chance of a repeated nonce below 2^-40), and the
 * generation's key, which only derives, has no such limit.
 */
const FORMAT = 1;
const HEADER_BYTES = 13;
const NONCE_BYTES = 12;
const BODY_AT = HEADER_BYTES + NONCE_BYTES;
const TAG_BYTES = 16;
const MESSAGES_PER_DATA_KEY = 2 ** 28;
/** One data key a process start or 2^28 messages: a long-lived database needs more than this only over years of restarts. */
const CACHED_DATA_KEYS = 512;
/** One call to the random generator for 341 nonces: a call costs about as much as half a seal. */
const NONCE_POOL_BYTES = 341 * NONCE_BYTES;

export type SealKeys = {
  readonly generations: ReadonlyMap<number, KeyObject>;
  readonly mac: KeyObject;
  /** The keyring's JSON, for backups. */
  readonly keyring: () => string;
};

/** The seal of an unsealed installation. */
export class DataSeal implements Seal {
  readonly #keys: SealKeys;
  readonly #newest: number;
  readonly #dataKeys = new Map<string, KeyObject>();
  readonly #nonces = Buffer.allocUnsafeSlow(NONCE_POOL_BYTES);
  #nonceAt = NONCE_POOL_BYTES;
  #header = Buffer.alloc(0);
  #dataKey: KeyObject;
  #messages = 0;

  constructor(keys: SealKeys) {
    this.#keys = keys;
    this.#newest = Math.max(...keys.generations.keys());
    this.#dataKey = this.#newDataKey();
  }

  seal(plaintext: Uint8Array, context: string): Uint8Array {
    if (this.#messages >= MESSAGES_PER_DATA_KEY) this.#dataKey = this.#newDataKey();
    this.#messages += 1;
    if (this.#nonceAt === NONCE_POOL_BYTES) {
      randomFillSync(this.#nonces);
      this.#nonceAt = 0;
    }
    const nonce = this.#nonces.subarray(this.#nonceAt, this.#nonceAt + NONCE_BYTES);
    this.#nonceAt += NONCE_BYTES;
    const cipher = createCipheriv('aes-256-gcm', this.#dataKey, nonce).setAAD(Buffer.from(context));
    const body = cipher.update(plaintext);
    cipher.final();
    const sealed = Buffer.allocUnsafe(BODY_AT + body.length + TAG_BYTES);
    sealed.set(this.#header, 0);
    sealed.set(nonce, HEADER_BYTES);
    sealed.set(body, BODY_AT);
    sealed.set(cipher.getAuthTag(), BODY_AT + body.length);
    return sealed;
  }

  open(sealed: Uint8Array, context: string): Uint8Array {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const key = bytes.length < BODY_AT + TAG_BYTES ? undefined : this.#dataKeyOf(bytes);
    if (key === undefined) throw new TamperedError(context);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(HEADER_BYTES, BODY_AT));
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const plaintext = decipher.update(bytes.subarray(BODY_AT, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      plaintext.fill(0);
      throw new TamperedError(context);
    }
    return plaintext;
  }

  mac(data: Uint8Array | string, context: string): Uint8Array {
    return createHmac('sha256', this.#keys.mac).update(`${context.length}:${context}`).update(data).digest();
  }

  /** The wrapped keys as JSON: with the root key they open everything that this seal sealed. */
  exportKeyring(): string {
    return this.#keys.keyring();
  }

  #newDataKey(): KeyObject {
    this.#header = Buffer.concat([Buffer.from([FORMAT, 0, 0, 0, 0]), randomBytes(8)]);
    this.#header.writeUInt32BE(this.#newest, 1);
    this.#messages = 0;
    const key = this.#dataKeyOf(this.#header);
    if (key === undefined) throw new Error('INVARIANT: the newest generation is known');
    return key;
  }

  #dataKeyOf(bytes: Buffer): KeyObject | undefined {
    const name = bytes.toString('latin1', 0, HEADER_BYTES);
    const known = this.#dataKeys.get(name);
    if (known !== undefined) return known;
    const generation = this.#keys.generations.get(bytes.readUInt32BE(1));
    if (bytes[0] !== FORMAT || generation === undefined) return undefined;
    const secret = createHmac('sha256', generation).update('ringwall data key').update(name, 'latin1').digest();
    const key = createSecretKey(secret);
    secret.fill(0);
    if (this.#dataKeys.size >= CACHED_DATA_KEYS) {
      for (const oldest of this.#dataKeys.keys()) {
        this.#dataKeys.delete(oldest);
        break;
      }
    }
    this.#dataKeys.set(name, key);
    return key;
  }
}
