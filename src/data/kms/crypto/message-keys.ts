import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { type CiphertextHeader, formatHeader, IV_BYTES, SALT_BYTES } from '../engine/ciphertext-header.ts';
import type { RandomBytes } from './random.ts';

/**
 * Keys of messages: HKDF-SHA-256 (RFC 5869) from the backing key and a random 256-bit salt. A salt serves this many messages, each
 * with a random 96-bit nonce: two alike come with a probability below 2^-65. NIST SP 800-38D §8.3 would allow 2^32 messages.
 */
const MESSAGES = 65_536;

/** Derived keys kept for decryption, by backing key: each process makes a salt of its own, and few are read at a time. */
const KEPT = 64;

/** Nonces drawn at once: a draw costs as much as encrypting. */
const NONCES = 64;

const INFO = Buffer.from('ringwall/kms/symmetric/1');

type Names = Pick<CiphertextHeader, 'keyArn' | 'materialId'>;
type Current = Names & {
  readonly key: KeyObject;
  /** Of every message under this salt, but for the nonce at its end. */
  readonly header: Uint8Array;
  left: number;
};

/** The keys derived from one backing key. They live and die with it. */
export class MessageKeys {
  readonly #backing: KeyObject;
  readonly #opened = new Map<string, KeyObject>();
  #current: Current | undefined;
  #nonces: Uint8Array = new Uint8Array();
  #nonce = 0;

  constructor(backing: KeyObject) {
    this.#backing = backing;
  }

  /** Key and header for one message; the nonce is the header's end. */
  next(names: Names, random: RandomBytes): { readonly key: KeyObject; readonly header: Uint8Array } {
    const current = this.#usable(names, random);
    current.left -= 1;
    if (this.#nonce === this.#nonces.length) {
      this.#nonces = random(NONCES * IV_BYTES);
      this.#nonce = 0;
    }
    const header = Buffer.allocUnsafe(current.header.length);
    header.set(current.header);
    const end = header.length - IV_BYTES;
    for (let i = 0; i < IV_BYTES; i++) header[end + i] = this.#nonces[this.#nonce + i] ?? 0;
    this.#nonce += IV_BYTES;
    return { key: current.key, header };
  }

  /** The key of a message that is there. Call `keep` once it proved to be one of ours. */
  open(salt: Uint8Array): KeyObject {
    return this.#opened.get(nameOf(salt)) ?? this.#derive(salt);
  }

  /** Remembers a key that opened a message: strangers' salts don't crowd out the good ones. */
  keep(salt: Uint8Array, key: KeyObject): void {
    const name = nameOf(salt);
    if (this.#opened.has(name)) return;
    const [oldest] = this.#opened.keys();
    if (this.#opened.size >= KEPT && oldest !== undefined) this.#opened.delete(oldest);
    this.#opened.set(name, key);
  }

  #usable({ keyArn, materialId }: Names, random: RandomBytes): Current {
    const found = this.#current;
    if (found !== undefined && found.left > 0 && found.keyArn === keyArn && found.materialId === materialId)
      return found;
    const salt = random(SALT_BYTES);
    const header = formatHeader({ keyArn, materialId, salt, iv: new Uint8Array(IV_BYTES) });
    const key = this.#derive(salt);
    this.keep(salt, key);
    this.#current = { keyArn, materialId, key, header, left: MESSAGES };
    return this.#current;
  }

  #derive(salt: Uint8Array): KeyObject {
    const bytes = new Uint8Array(hkdfSync('sha256', this.#backing, salt, INFO, 32));
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return key;
  }
}

const known = new WeakMap<KeyObject, MessageKeys>();

/** @example messageKeysOf(backing).next({ keyArn, materialId }, randomBytes) */
export function messageKeysOf(backing: KeyObject): MessageKeys {
  let keys = known.get(backing);
  if (keys === undefined) {
    keys = new MessageKeys(backing);
    known.set(backing, keys);
  }
  return keys;
}

function nameOf(salt: Uint8Array): string {
  return Buffer.from(salt.buffer, salt.byteOffset, salt.length).toString('latin1');
}
