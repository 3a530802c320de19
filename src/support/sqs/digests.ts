import { createHash, hash } from 'node:crypto';
import type { MessageAttribute } from './records.ts';

export function md5(text: string): string {
  return hash('md5', text);
}

/** A short name for a text of any length, for ids: it holds no separators. */
export function nameOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 24);
}

/** The id by which messages with the same body are one (FIFO queues with content-based deduplication). */
export function contentDigest(body: string): string {
  return hash('sha256', body);
}

/**
 * The digest that SDKs check (developer guide, "Calculating the MD5 message digest for message attributes"): by name, each part behind its
 * length; 1 for texts, 2 for bytes.
 *
 * @param attributes sorted by name
 */
export function attributesMd5(attributes: readonly MessageAttribute[]): string {
  const digest = createHash('md5');
  const add = (part: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    digest.update(length).update(part);
  };
  for (const { name, type, value, binary } of attributes) {
    add(Buffer.from(name));
    add(Buffer.from(type));
    digest.update(Uint8Array.of(binary ? 2 : 1));
    add(binary ? Buffer.from(value, 'base64') : Buffer.from(value));
  }
  return digest.digest('hex');
}
