/**
 * The ciphertext of SYMMETRIC_DEFAULT describes itself:
 *
 *     version 1 | materialId 32 | arnLength 2 | arn (UTF-8) | salt 32 | iv 12 | tag 16 | ciphertext
 *
 * Everything before the tag is authenticated together with the encryption context. The ARN is that of the key which encrypted:
 * for a multi-Region key it names the Region of that time, and each related key may decrypt.
 */
export type CiphertextHeader = {
  readonly keyArn: string;
  /** 64 lower-case hexadecimal digits. */
  readonly materialId: string;
  readonly salt: Uint8Array;
  readonly iv: Uint8Array;
};

export type ParsedCiphertext = CiphertextHeader & {
  /** Bytes of the header itself, as they are authenticated. */
  readonly header: Uint8Array;
  readonly tag: Uint8Array;
  readonly body: Uint8Array;
};

const VERSION = 1;
export const SALT_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
const MATERIAL_BYTES = 32;
const FIXED = 1 + MATERIAL_BYTES + 2;

/** Longest ARN accepted: what the API model allows for an ARN. */
const MAX_ARN = 2_048;
const ARN = /^arn:aws:kms:[a-z0-9-]{1,32}:[0-9]{12}:key\/[a-z0-9-]{1,64}$/;

const encoder = new TextEncoder();

export function formatHeader(header: CiphertextHeader): Uint8Array {
  const arn = encoder.encode(header.keyArn);
  const bytes = new Uint8Array(FIXED + arn.length + SALT_BYTES + IV_BYTES);
  bytes[0] = VERSION;
  bytes.set(Buffer.from(header.materialId, 'hex'), 1);
  bytes[33] = arn.length >> 8;
  bytes[34] = arn.length & 0xff;
  bytes.set(arn, FIXED);
  bytes.set(header.salt, FIXED + arn.length);
  bytes.set(header.iv, FIXED + arn.length + SALT_BYTES);
  return bytes;
}

/** @returns undefined for anything that is not exactly such a ciphertext; never throws */
export function parseCiphertext(blob: Uint8Array): ParsedCiphertext | undefined {
  if (blob.length < FIXED || blob[0] !== VERSION) return undefined;
  const arnLength = ((blob[33] ?? 0) << 8) | (blob[34] ?? 0);
  const headerLength = FIXED + arnLength + SALT_BYTES + IV_BYTES;
  if (arnLength > MAX_ARN || blob.length < headerLength + TAG_BYTES) return undefined;
  const text = Buffer.from(blob.buffer, blob.byteOffset, headerLength);
  // Byte by byte: what is not ASCII does not pass the pattern.
  const keyArn = text.toString('latin1', FIXED, FIXED + arnLength);
  if (!ARN.test(keyArn)) return undefined;
  const salt = FIXED + arnLength;
  return {
    keyArn,
    materialId: text.toString('hex', 1, 1 + MATERIAL_BYTES),
    salt: blob.subarray(salt, salt + SALT_BYTES),
    iv: blob.subarray(salt + SALT_BYTES, headerLength),
    header: blob.subarray(0, headerLength),
    tag: blob.subarray(headerLength, headerLength + TAG_BYTES),
    body: blob.subarray(headerLength + TAG_BYTES),
  };
}
