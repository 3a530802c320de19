/** Additional authenticated data that callers name: order does not matter, case does. */
export type EncryptionContext = Readonly<Record<string, string>>;

const encoder = new TextEncoder();
const none = new Uint8Array(4);

/**
 * The one byte form of a context: pairs sorted by the UTF-8 bytes of the key, each key and value preceded by its length
 * (unsigned 32 bits, big endian), all preceded by the number of pairs. No two contexts share a form.
 *
 * @example canonicalContext({}) // → 00 00 00 00
 */
export function canonicalContext(context: EncryptionContext | undefined): Uint8Array {
  if (context === undefined) return none;
  const pairs = Object.entries(context).map(([key, value]) => [encoder.encode(key), encoder.encode(value)] as const);
  if (pairs.length > 1) pairs.sort(([a], [b]) => compareBytes(a, b));
  let length = 4;
  for (const [key, value] of pairs) length += 8 + key.length + value.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pairs.length);
  let at = 4;
  for (const pair of pairs) {
    for (const part of pair) {
      view.setUint32(at, part.length);
      bytes.set(part, at + 4);
      at += 4 + part.length;
    }
  }
  return bytes;
}

/** True when both hold exactly the same pairs. */
export function sameContext(a: EncryptionContext | undefined, b: EncryptionContext | undefined): boolean {
  return Object.keys(a ?? {}).length === Object.keys(b ?? {}).length && includesContext(a, b);
}

/** True when `whole` holds every pair of `part`. */
export function includesContext(whole: EncryptionContext | undefined, part: EncryptionContext | undefined): boolean {
  const pairs = whole ?? {};
  return Object.entries(part ?? {}).every(([key, value]) => Object.hasOwn(pairs, key) && pairs[key] === value);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
