import { createHmac, hash } from 'node:crypto';

const hmac = (key: Uint8Array | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Where and when a signature is valid. */
export type CredentialScope = {
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
};

/** @example scopeText({ date: '20150830', region: 'us-east-1', service: 'iam' }) // '20150830/us-east-1/iam/aws4_request' */
export function scopeText(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/** The four chained HMACs of Signature Version 4, step 3. 32 bytes. */
export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, scope.date), scope.region), scope.service), 'aws4_request');
}

/**
 * Signing keys by access key, secret and scope: bounded, least recently used leaves first.
 *
 * The secret is part of the place as its digest, so that a replaced secret never meets an old key and no secret is kept here.
 */
export class SigningKeyCache {
  readonly #capacity: number;
  readonly #keys = new Map<string, Buffer>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  get(accessKeyId: string, secretAccessKey: string, scope: CredentialScope): Buffer {
    // No part of a credential holds a newline, so two different claims never share a place.
    const place = `${accessKeyId}\n${hash('sha256', secretAccessKey)}\n${scopeText(scope)}`;
    const known = this.#keys.get(place);
    const key = known ?? deriveSigningKey(secretAccessKey, scope);
    if (known !== undefined) this.#keys.delete(place);
    else if (this.#keys.size >= this.#capacity) {
      const oldest = this.#keys.keys().next();
      if (!oldest.done) this.#keys.delete(oldest.value);
    }
    this.#keys.set(place, key);
    return key;
  }
}

/** 4,096 keys are about 1 MB: a busy installation's principals, times the few regions and services each one uses in a day. */
export const signingKeys: SigningKeyCache = new SigningKeyCache(4096);
