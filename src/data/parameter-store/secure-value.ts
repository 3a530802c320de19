import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Tier } from './engine/tiers.ts';

/** Key of SecureStrings that name none. */
export const defaultKey = 'alias/aws/ssm';

/**
 * Encrypts a SecureString as AWS does: standard parameters by `kms:Encrypt`, advanced ones (beyond its 4,096 bytes) under a data
 * key by `kms:GenerateDataKey`. The parameter's ARN is the encryption context: a value copied to another name does not decrypt.
 *
 * @returns base64; advanced: length of the encrypted data key (2 bytes), the key, nonce (12), tag (16), ciphertext
 * @throws ServiceError InvalidKeyId, AccessDeniedException
 */
export async function encryptValue(
  ctx: Context,
  tier: Tier,
  keyId: string,
  arn: string,
  value: string,
): Promise<string> {
  const context = { PARAMETER_ARN: arn };
  if (tier === 'Standard') {
    const { CiphertextBlob } = await kms(ctx, () =>
      ctx.call('kms', 'Encrypt', { KeyId: keyId, Plaintext: Buffer.from(value), EncryptionContext: context }),
    );
    return Buffer.from(CiphertextBlob ?? []).toString('base64');
  }
  const key = await kms(ctx, () =>
    ctx.call('kms', 'GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: context }),
  );
  const wrapped = Buffer.from(key.CiphertextBlob ?? []);
  const plain = Buffer.from(key.Plaintext ?? []);
  const nonce = ctx.random(12);
  const cipher = createCipheriv('aes-256-gcm', plain, nonce).setAAD(Buffer.from(arn));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  plain.fill(0);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([length, wrapped, nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Decrypts as the caller: without `kms:Decrypt` on the key nobody reads the value. */
export async function decryptValue(ctx: Context, tier: Tier, arn: string, stored: string): Promise<string> {
  const bytes = Buffer.from(stored, 'base64');
  if (tier === 'Standard') return (await decryptUnderKey(ctx, bytes, arn)).toString('utf8');
  const start = 2 + bytes.readUInt16BE(0);
  const key = await decryptUnderKey(ctx, bytes.subarray(2, start), arn);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(start, start + 12), { authTagLength: 16 })
    .setAAD(Buffer.from(arn))
    .setAuthTag(bytes.subarray(start + 12, start + 28));
  const text = Buffer.concat([decipher.update(bytes.subarray(start + 28)), decipher.final()]).toString('utf8');
  key.fill(0);
  return text;
}

async function decryptUnderKey(ctx: Context, ciphertext: Uint8Array, arn: string): Promise<Buffer> {
  const { Plaintext } = await kms(ctx, () =>
    ctx.call('kms', 'Decrypt', { CiphertextBlob: ciphertext, EncryptionContext: { PARAMETER_ARN: arn } }),
  );
  return Buffer.from(Plaintext ?? []);
}

const keyTroubles = [
  'DisabledException',
  'InvalidArnException',
  'InvalidKeyUsageException',
  'KMSInvalidStateException',
  'NotFoundException',
  'ValidationException',
];

/** KMS's refusals as Parameter Store passes them on: what is wrong with the key is `InvalidKeyId`, their origin stands behind the text. */
async function kms<T>(ctx: Context, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message } = error;
    const denied = code.startsWith('AccessDenied');
    if (!denied && !keyTroubles.includes(code)) throw error;
    const origin = `(Service: AWSKMS; Status Code: 400; Error Code: ${denied ? 'AccessDeniedException' : code}; Request ID: ${ctx.requestId}; Proxy: null)`;
    throw new ServiceError(denied ? 'AccessDeniedException' : 'InvalidKeyId', `${message} ${origin}`);
  }
}
