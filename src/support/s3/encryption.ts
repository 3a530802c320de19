import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { bucketArn, objectArn } from './access.ts';
import { bucketKeyFor, openWrapped, wrappedKey } from './data-keys.ts';
import { invalidArgument, invalidRequest, refusal, refused } from './errors.ts';
import type { BucketRow, Encryption } from './records.ts';

/** How an object is to be encrypted. */
export type Choice =
  | { readonly kind: 's3' }
  | {
      readonly kind: 'kms';
      readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
      readonly keyId: string | undefined;
      readonly bucketKey: boolean;
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'c'; readonly key: Buffer };

export type EncryptionInput = {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
};

/** What a request asks for, or the bucket's default. @throws ServiceError */
export function chooseEncryption(bucket: BucketRow, input: EncryptionInput): Choice {
  const algorithm = input.ServerSideEncryption;
  const key = customerKey(input);
  if (key !== undefined) {
    if (algorithm !== undefined) {
      const message =
        'Server Side Encryption with Customer provided key is incompatible with the encryption method specified';
      throw invalidArgument(message, 'x-amz-server-side-encryption', algorithm);
    }
    if (bucket.encryption.blocksCustomerKeys === true) throw refusal('AccessDenied');
    return { kind: 'c', key };
  }
  if (algorithm !== undefined && !['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm)) {
    const message = 'The encryption method specified is not supported';
    throw invalidArgument(message, 'x-amz-server-side-encryption', algorithm);
  }
  const chosen = algorithm ?? bucket.encryption.algorithm;
  if (chosen === 'AES256') {
    if (input.SSEKMSKeyId !== undefined) {
      const message =
        'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms';
      throw invalidArgument(message, 'x-amz-server-side-encryption', algorithm);
    }
    return { kind: 's3' };
  }
  // A request that names an algorithm names its key too; the bucket's key goes with the bucket's default.
  const byDefault = algorithm === undefined || bucket.encryption.algorithm === algorithm;
  return {
    kind: 'kms',
    algorithm: chosen as 'aws:kms' | 'aws:kms:dsse',
    keyId: input.SSEKMSKeyId ?? (byDefault ? bucket.encryption.keyId : undefined),
    bucketKey: chosen === 'aws:kms' && (input.BucketKeyEnabled ?? bucket.encryption.bucketKey),
    context: givenContext(input.SSEKMSEncryptionContext),
  };
}

function givenContext(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      Object.values(parsed).every((each) => typeof each === 'string')
    )
      return parsed as Record<string, string>;
  } catch {
    // Refused below.
  }
  const message = 'The header x-amz-server-side-encryption-context must be base64 of a JSON object of strings';
  throw invalidArgument(message, 'x-amz-server-side-encryption-context');
}

/** The key that a client brings. @throws ServiceError where it is incomplete or wrong */
export function customerKey(input: EncryptionInput): Buffer | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  const name = 'x-amz-server-side-encryption';
  const requests = 'Requests specifying Server Side Encryption with Customer provided keys must provide';
  if (algorithm === undefined) throw invalidArgument(`${requests} a valid encryption algorithm.`, name);
  if (algorithm !== 'AES256')
    throw refused(
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256.',
      400,
      {
        ArgumentName: name,
        ArgumentValue: algorithm,
      },
    );
  if (key === undefined) throw invalidArgument(`${requests} an appropriate secret key.`, name);
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== 32) throw invalidArgument('The secret key was invalid for the specified algorithm.', name);
  if (md5 === undefined) throw invalidArgument(`${requests} an appropriate secret key.`, name);
  if (createHash('md5').update(bytes).digest('base64') !== md5)
    throw invalidArgument('The calculated MD5 hash of the key did not match the hash that was provided.', name);
  return bytes;
}

/** A data key, and how it is kept. @throws ServiceError of KMS */
export async function newDataKey(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  choice: Choice,
): Promise<{ readonly dataKey: Buffer; readonly encryption: Encryption }> {
  if (choice.kind === 's3') {
    const dataKey = Buffer.from(ctx.random(32));
    const sealed = Buffer.from(ctx.seal.seal(dataKey, sealContext(bucket))).toString('base64');
    return { dataKey, encryption: { kind: 's3', sealed } };
  }
  if (choice.kind === 'c') {
    const salt = Buffer.from(ctx.random(16)).toString('base64');
    const mac = Buffer.from(ctx.seal.mac(choice.key, macContext(salt))).toString('base64');
    return { dataKey: ofCustomer(choice.key, salt), encryption: { kind: 'c', salt, mac } };
  }
  const { algorithm, bucketKey } = choice;
  const arn = bucketKey ? bucketArn(bucket.name) : objectArn(bucket.name, key);
  const context = { ...choice.context, 'aws:s3:arn': arn };
  const made = bucketKey
    ? await bucketKeyFor(ctx, bucket, choice.keyId, context)
    : await wrappedKey(ctx, bucket, choice.keyId, context);
  const { keyArn, wrapped } = made;
  return { dataKey: made.dataKey, encryption: { kind: 'kms', algorithm, keyArn, wrapped, context, bucketKey } };
}

/** The data key of what is stored. @throws ServiceError where the client's key is missing or wrong, or KMS refuses */
export async function openDataKey(
  ctx: Context,
  bucket: BucketRow,
  encryption: Encryption,
  given: Buffer | undefined,
): Promise<Buffer> {
  if (encryption.kind === 'c') return openCustomer(ctx, encryption, given);
  if (given !== undefined) {
    throw invalidRequest('The encryption parameters are not applicable to this object.');
  }
  if (encryption.kind === 's3')
    return Buffer.from(ctx.seal.open(Buffer.from(encryption.sealed, 'base64'), sealContext(bucket)));
  return openWrapped(ctx, bucket, encryption);
}

/** The stored object and the request agree on who brings the key, and which. Reads nothing. @throws ServiceError */
export function checkCustomerKey(ctx: Context, encryption: Encryption | undefined, given: Buffer | undefined): void {
  if (encryption?.kind === 'c') openCustomer(ctx, encryption, given);
  else if (given !== undefined) throw invalidRequest('The encryption parameters are not applicable to this object.');
}

function openCustomer(
  ctx: Context,
  { salt, mac }: Extract<Encryption, { kind: 'c' }>,
  given: Buffer | undefined,
): Buffer {
  if (given === undefined)
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  if (!timingSafeEqual(Buffer.from(mac, 'base64'), ctx.seal.mac(given, macContext(salt)))) {
    throw refused(
      'AccessDenied',
      'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
      403,
    );
  }
  return ofCustomer(given, salt);
}

function ofCustomer(key: Buffer, salt: string): Buffer {
  return createHmac('sha256', key).update(`s3/customer-key|${salt}`).digest();
}

function sealContext(bucket: BucketRow): string {
  return `s3/data-key|${bucket.id}`;
}

function macContext(salt: string): string {
  return `s3/customer-key|${salt}`;
}

/** What answers say of an object's encryption. */
export function shownEncryption(encryption: Encryption | undefined, input: EncryptionInput = {}) {
  if (encryption === undefined) return {};
  if (encryption.kind === 's3') return { ServerSideEncryption: 'AES256' as const };
  if (encryption.kind === 'c') {
    return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: input.SSECustomerKeyMD5 };
  }
  return {
    ServerSideEncryption: encryption.algorithm,
    SSEKMSKeyId: encryption.keyArn,
    ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
  };
}
