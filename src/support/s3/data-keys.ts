import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import { refused } from './errors.ts';
import type { BucketRow, Encryption } from './records.ts';

/** A data key in the clear, and what KMS made of it (base64). */
type MadeKey = { readonly dataKey: Buffer; readonly wrapped: string; readonly keyArn: string };
type KmsEncryption = Extract<Encryption, { readonly kind: 'kms' }>;
type EncryptionContext = Readonly<Record<string, string>>;

/** How long a bucket key serves before KMS is asked again: what a policy takes away is gone by then. */
const bucketKeyMs = 5 * 60_000;
const maxKept = 1_000;

/** Bucket keys of this process, by bucket, KMS key and caller: nobody uses one that KMS did not give them. */
const bucketKeys = slot(() => new Map<string, MadeKey & { readonly until: number }>());

/** A data key of its own. The caller must be allowed to use the KMS key. @throws ServiceError */
export async function wrappedKey(
  ctx: Context,
  bucket: BucketRow,
  keyId: string | undefined,
  context: EncryptionContext,
): Promise<MadeKey> {
  const made = await asked(() =>
    ctx.call(
      'kms',
      'GenerateDataKey',
      { KeyId: keyId ?? 'alias/aws/s3', KeySpec: 'AES_256', EncryptionContext: { ...context } },
      placeOf(ctx, bucket, keyId),
    ),
  );
  return {
    dataKey: Buffer.from(made.Plaintext ?? []),
    wrapped: Buffer.from(made.CiphertextBlob ?? []).toString('base64'),
    keyArn: made.KeyId ?? '',
  };
}

/** The bucket key for a KMS key: one data key for many objects. */
export async function bucketKeyFor(
  ctx: Context,
  bucket: BucketRow,
  keyId: string | undefined,
  context: EncryptionContext,
): Promise<MadeKey> {
  const kept = ctx.local(bucketKeys);
  const name = `${bucket.id}|${keyId ?? ''}|${ctx.principal.arn}|${JSON.stringify(context)}`;
  const known = kept.get(name);
  if (known !== undefined && known.until > ctx.now) return known;
  const made = await wrappedKey(ctx, bucket, keyId, context);
  keep(kept, name, { ...made, until: ctx.now + bucketKeyMs });
  return made;
}

/** The data key of an object, through KMS. @throws ServiceError */
export async function openWrapped(ctx: Context, bucket: BucketRow, encryption: KmsEncryption): Promise<Buffer> {
  const { wrapped, keyArn, context, bucketKey } = encryption;
  const kept = ctx.local(bucketKeys);
  const name = `${wrapped}|${ctx.principal.arn}`;
  const known = bucketKey ? kept.get(name) : undefined;
  if (known !== undefined && known.until > ctx.now) return known.dataKey;
  const opened = await asked(() =>
    ctx.call(
      'kms',
      'Decrypt',
      { KeyId: keyArn, CiphertextBlob: Buffer.from(wrapped, 'base64'), EncryptionContext: { ...context } },
      placeOf(ctx, bucket, keyArn),
    ),
  );
  const dataKey = Buffer.from(opened.Plaintext ?? []);
  if (bucketKey) keep(kept, name, { dataKey, wrapped, keyArn, until: ctx.now + bucketKeyMs });
  return dataKey;
}

/** A data key that is there already, wrapped by another KMS key. @throws ServiceError */
export async function rewrappedKey(
  ctx: Context,
  bucket: BucketRow,
  keyId: string,
  dataKey: Buffer,
  context: EncryptionContext,
): Promise<{ readonly keyArn: string; readonly wrapped: string }> {
  const made = await asked(() =>
    ctx.call(
      'kms',
      'Encrypt',
      { KeyId: keyId, Plaintext: dataKey, EncryptionContext: { ...context } },
      placeOf(ctx, bucket, keyId),
    ),
  );
  return { keyArn: made.KeyId ?? keyId, wrapped: Buffer.from(made.CiphertextBlob ?? []).toString('base64') };
}

function keep(
  kept: Map<string, MadeKey & { readonly until: number }>,
  name: string,
  key: MadeKey & { readonly until: number },
) {
  if (kept.size >= maxKept) kept.clear();
  kept.set(name, key);
}

/** Keys by id or alias are the caller's, and the default key the bucket owner's; all of the bucket's Region. */
function placeOf(ctx: Context, bucket: BucketRow, keyId: string | undefined) {
  const account = keyId === undefined || ctx.account === '' ? bucket.account : ctx.account;
  return { account, region: bucket.region };
}

/** KMS's refusals, as S3 passes them on. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (/^AccessDenied/.test(error.code)) throw refused('AccessDenied', error.message, 403);
    throw refused(`KMS.${error.code}`, error.message, 400);
  }
}
