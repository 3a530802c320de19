import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { OpenQueue } from './access.ts';
import type { BodyKey, Content, StoredContent } from './records.ts';

type HeldKey = { readonly plain: Buffer; readonly key: BodyKey; readonly until: number };

const maxHeld = 10_000;

/** Data keys of this process, by queue and caller: nobody uses one that KMS did not give them. */
const held = slot(() => new Map<string, HeldKey>());

/** What is stored of a message: encrypted where its queue has a KMS key. @throws ServiceError Kms… */
export async function sealContent(ctx: Context, queue: OpenQueue, content: Content): Promise<StoredContent> {
  const { kmsKey } = queue.row.settings;
  if (kmsKey === undefined) return content;
  const { plain, key } = await dataKey(ctx, queue, kmsKey);
  const nonce = ctx.random(12);
  const cipher = createCipheriv('aes-256-gcm', plain, nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  return { key, sealed: Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64') };
}

/** @throws ServiceError Kms… */
export async function openContent(ctx: Context, queue: OpenQueue, stored: StoredContent): Promise<Content> {
  if (!('key' in stored)) return stored;
  const plain = await unwrapped(ctx, queue, stored.key);
  const bytes = Buffer.from(stored.sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', plain, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString());
}

function contextOf(queueArn: string): Record<string, string> {
  return { 'aws:sqs:arn': queueArn };
}

async function dataKey(ctx: Context, queue: OpenQueue, kmsKey: string): Promise<HeldKey> {
  const name = `made|${queue.row.id}|${kmsKey}|${ctx.principal.arn}`;
  const known = ctx.local(held).get(name);
  if (known !== undefined && known.until > ctx.now) return known;
  const made = await asked(() =>
    ctx.call(
      'kms',
      'GenerateDataKey',
      { KeyId: kmsKey, KeySpec: 'AES_256', EncryptionContext: contextOf(queue.arn) },
      { account: queue.account, region: queue.region },
    ),
  );
  const wrapped = Buffer.from(made.CiphertextBlob ?? []).toString('base64');
  const key = { keyArn: made.KeyId ?? '', wrapped, queueArn: queue.arn };
  return hold(ctx, queue, name, Buffer.from(made.Plaintext ?? []), key);
}

async function unwrapped(ctx: Context, queue: OpenQueue, key: BodyKey): Promise<Buffer> {
  const name = `opened|${key.wrapped}|${ctx.principal.arn}`;
  const known = ctx.local(held).get(name);
  if (known !== undefined && known.until > ctx.now) return known.plain;
  const opened = await asked(() =>
    ctx.call(
      'kms',
      'Decrypt',
      {
        KeyId: key.keyArn,
        CiphertextBlob: Buffer.from(key.wrapped, 'base64'),
        EncryptionContext: contextOf(key.queueArn),
      },
      { account: queue.account, region: queue.region },
    ),
  );
  return hold(ctx, queue, name, Buffer.from(opened.Plaintext ?? []), key).plain;
}

function hold(ctx: Context, queue: OpenQueue, name: string, plain: Buffer, key: BodyKey): HeldKey {
  const keys = ctx.local(held);
  if (keys.size >= maxHeld) keys.clear();
  const made = { plain, key, until: ctx.now + queue.row.settings.kmsReuse * 1_000 };
  keys.set(name, made);
  return made;
}

/** KMS's refusals under the names that SQS gives them. */
const codes: Readonly<Record<string, string>> = {
  AccessDenied: 'KmsAccessDenied',
  AccessDeniedException: 'KmsAccessDenied',
  DisabledException: 'KmsDisabled',
  InvalidKeyUsageException: 'KmsInvalidKeyUsage',
  KMSInvalidStateException: 'KmsInvalidState',
  NotFoundException: 'KmsNotFound',
  ThrottlingException: 'KmsThrottled',
};

async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(codes[error.code] ?? 'KmsInvalidState', error.message);
  }
}
