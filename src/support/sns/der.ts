/** Distinguished encoding of the few ASN.1 types that a certificate is made of (X.690). */

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Uint8Array.of(tag, body.length), body]);
  const bytes: number[] = [];
  for (let left = body.length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Buffer.concat([Uint8Array.of(tag, 0x80 | bytes.length, ...bytes), body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => der(0x31, ...parts);
export const bitString = (bytes: Uint8Array): Uint8Array => der(0x03, Uint8Array.of(0), bytes);
export const octetString = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
export const utf8 = (text: string): Uint8Array => der(0x0c, Buffer.from(text));
export const nothing: Uint8Array = der(0x05);
export const yes: Uint8Array = der(0x01, Uint8Array.of(0xff));

/** A number that is not negative, from its big-endian bytes. */
export function integer(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1;
  const trimmed = bytes.subarray(from);
  return der(0x02, (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), trimmed]) : trimmed);
}

/** @example objectId('2.5.4.3') */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...more] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of more) {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(128 + (left % 128));
    bytes.push(...digits);
  }
  return der(0x06, Uint8Array.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime afterwards (RFC 5280, 4.1.2.5). @param at ms since the epoch */
export function time(at: number): Uint8Array {
  const digits = new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}
