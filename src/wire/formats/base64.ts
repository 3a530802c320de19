import { Malformed } from './malformed.ts';

/**
 * Strict standard base64: padded, no white space, no URL alphabet.
 *
 * @throws Malformed
 * @example base64Decode('AQI=') // Uint8Array [1, 2]
 */
export function base64Decode(text: string): Uint8Array {
  const length = text.length;
  if (length % 4 !== 0)
    throw new Malformed(`Base64 encoded length is expected a multiple of 4 bytes but found: ${length}`);
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  // Node's decoder drops what it does not know and reads the URL alphabet too: the length tells the first, the scan the second.
  if (bytes.length !== (length / 4) * 3 - padding || text.includes('-') || text.includes('_'))
    throw new Malformed('Invalid base64 character in blob');
  return new Uint8Array(bytes);
}

/** Bytes (or text, taken as UTF-8) → standard base64. */
export function base64Encode(bytes: Uint8Array | string): string {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'utf8').toString('base64');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
