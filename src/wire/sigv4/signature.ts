import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { type CredentialScope, scopeText } from './signing-key.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Digest of no bytes at all. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const NON_ASCII = /[^\x00-\x7f]/;

/** SHA-256 in lower-case hex. Strings are byte strings, as read from the socket. */
export function sha256Hex(data: string | Uint8Array): string {
  if (typeof data === 'string' && NON_ASCII.test(data)) return hash('sha256', Buffer.from(data, 'latin1'));
  return hash('sha256', data);
}

/**
 * @param amzDate `YYYYMMDDTHHMMSSZ`
 * @param lines what follows the scope: the digest of the canonical request, or a chunk's three lines
 */
export function stringToSign(algorithm: string, amzDate: string, scope: CredentialScope, lines: string): string {
  return `${algorithm}\n${amzDate}\n${scopeText(scope)}\n${lines}`;
}

/** The signature: 64 lower-case hex digits. */
export function sign(signingKey: Uint8Array, text: string): string {
  return createHmac('sha256', signingKey).update(text, 'latin1').digest('hex');
}

/** Compares without telling by its duration where the two differ; their length is no secret. */
export function sameSignature(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'utf8'), Buffer.from(given, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
