import type { Context } from '#runtime/context.ts';
import type { ServiceError } from '#wire/service-error.ts';
import type { Key } from './access.ts';
import { failure, invalid, refuse } from './api.ts';
import type { UsableKey } from './crypto/material.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { decryptOaep, encryptOaep } from './crypto/rsa.ts';
import { decryptSymmetric, encryptSymmetric } from './crypto/symmetric.ts';
import { type ParsedCiphertext, parseCiphertext } from './engine/ciphertext-header.ts';
import { canonicalContext, type EncryptionContext } from './engine/encryption-context.ts';
import { checkAlgorithm, checkPlaintextSize, checkUsage, type EncryptionAlgorithm } from './engine/key-specs.ts';
import type { KeyRow } from './records.ts';
import { currentMaterial } from './state.ts';

/** Plaintext, and the material that gave it; asymmetric keys have but one and don't name it. */
export type Decrypted = { readonly plaintext: Uint8Array; readonly materialId: string | undefined };
export type Encrypted = { readonly ciphertext: Uint8Array; readonly materialId: string | undefined };

/** Opens a material of a key: the current one unless named. @throws ServiceError InvalidCiphertextException when there is no such */
export function usable(ctx: Context, row: KeyRow, materialId?: string): UsableKey {
  const material = materialId === undefined ? currentMaterial(row) : row.materials.find(({ id }) => id === materialId);
  if (material?.sealed === undefined) throw invalidCiphertext();
  return cacheOf(ctx.seal).open(ctx.seal, row, { ...material, sealed: material.sealed });
}

/** Encrypts under a key that is open for it. */
export function encryptUnder(
  ctx: Context,
  { arn, row }: Key,
  algorithm: EncryptionAlgorithm,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): Encrypted {
  const key = usable(ctx, row);
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    return { ciphertext: encryptOaep(key.verifying, algorithm, plaintext), materialId: undefined };
  }
  const materialId = currentMaterial(row)?.id ?? '';
  const header = { keyArn: arn, materialId };
  const random = (length: number) => ctx.random(length);
  return { ciphertext: encryptSymmetric(key.secret, header, plaintext, canonicalContext(context), random), materialId };
}

/** @throws ServiceError InvalidCiphertextException */
export function decryptUnder(
  ctx: Context,
  { row }: Key,
  algorithm: EncryptionAlgorithm,
  ciphertext: Uint8Array,
  context: EncryptionContext | undefined,
): Decrypted {
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    const plaintext = decryptOaep(usable(ctx, row).secret, algorithm, ciphertext);
    if (plaintext === undefined) throw invalidCiphertext();
    return { plaintext, materialId: undefined };
  }
  const parsed = parsedOrRefused(ciphertext);
  const plaintext = decryptSymmetric(usable(ctx, row, parsed.materialId).secret, parsed, canonicalContext(context));
  if (plaintext === undefined) throw invalidCiphertext();
  return { plaintext, materialId: parsed.materialId };
}

/** Checks that key, algorithm and context fit together. @throws ServiceError InvalidKeyUsageException, ValidationException */
export function checkCipher(
  { arn, row }: Key,
  algorithm: string,
  operation: string,
  context: EncryptionContext | undefined,
): EncryptionAlgorithm {
  refuse(checkUsage(arn, row.usage, operation));
  refuse(checkAlgorithm(row.spec, algorithm));
  if (algorithm !== 'SYMMETRIC_DEFAULT' && context !== undefined && Object.keys(context).length > 0) {
    throw invalid('An encryption context is valid for symmetric encryption KMS keys only.');
  }
  return algorithm as EncryptionAlgorithm;
}

export function checkSize({ row }: Key, algorithm: EncryptionAlgorithm, plaintext: Uint8Array): void {
  refuse(checkPlaintextSize(row.spec, algorithm, plaintext.length));
}

/** @throws ServiceError InvalidCiphertextException */
export function parsedOrRefused(ciphertext: Uint8Array): ParsedCiphertext {
  const parsed = parsedOnce(ciphertext);
  if (parsed === undefined) throw invalidCiphertext();
  return parsed;
}

const parsedBlobs = new WeakMap<Uint8Array, ParsedCiphertext>();

/** Authorisation and the operation read the same blob: it is parsed once. */
export function parsedOnce(ciphertext: Uint8Array): ParsedCiphertext | undefined {
  const known = parsedBlobs.get(ciphertext);
  if (known !== undefined) return known;
  const parsed = parseCiphertext(ciphertext);
  if (parsed !== undefined) parsedBlobs.set(ciphertext, parsed);
  return parsed;
}

/** AWS gives no text here (recorded): it would tell what was wrong. */
export function invalidCiphertext(): ServiceError {
  return failure('InvalidCiphertextException', '');
}
