import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Content, Encrypted, Message } from './message.ts';
import { type TopicReference, topicArn } from './names.ts';
import type { TopicRow } from './records.ts';

/** How a call encrypts what it publishes: one data key for all its messages. */
export type Encryption = (content: Content) => Encrypted;

/**
 * The encryption of a topic with a KMS key; undefined for others. The publisher needs kms:GenerateDataKey and kms:Decrypt, as in AWS.
 *
 * @throws ServiceError KMSAccessDenied and the like
 */
export async function encryptionOf(
  ctx: Context,
  topic: TopicReference,
  { attributes }: TopicRow,
): Promise<Encryption | undefined> {
  const KeyId = attributes['KmsMasterKeyId'];
  if (KeyId === undefined) return undefined;
  const EncryptionContext = { 'aws:sns:topicArn': topicArn(topic) };
  const place = { account: ctx.account === '' ? topic.account : ctx.account, region: topic.region };
  try {
    const { CiphertextBlob = new Uint8Array() } = await ctx.call(
      'kms',
      'GenerateDataKey',
      { KeyId: keyReference(KeyId, topic), KeySpec: 'AES_256', EncryptionContext },
      place,
    );
    const { Plaintext = new Uint8Array() } = await ctx.call(
      'kms',
      'Decrypt',
      { CiphertextBlob, EncryptionContext },
      place,
    );
    const encryptedKey = Buffer.from(CiphertextBlob).toString('base64');
    const sealedKey = Buffer.from(ctx.seal.seal(Plaintext, sealContext(topic))).toString('base64');
    return (content) => {
      const iv = ctx.random(12);
      const cipher = createCipheriv('aes-256-gcm', Plaintext, iv);
      const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()]);
      return { encryptedKey, sealedKey, iv: Buffer.from(iv).toString('base64'), text: text.toString('base64') };
    };
  } catch (error) {
    throw kmsRefusal(error);
  }
}

/** A key that is named without an account is one of the topic's. */
function keyReference(key: string, { account, region }: TopicReference): string {
  if (key.startsWith('arn:')) return key;
  return `arn:aws:kms:${region}:${account}:${key.startsWith('alias/') ? key : `key/${key}`}`;
}

/** What a message says, for its delivery. */
export function contentOf(ctx: Context, topic: TopicReference, { content }: Message): Content {
  if ('attributes' in content) return content;
  const key = ctx.seal.open(Buffer.from(content.sealedKey, 'base64'), sealContext(topic));
  const bytes = Buffer.from(content.text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(content.iv, 'base64'));
  decipher.setAuthTag(bytes.subarray(-16));
  const text = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
  return JSON.parse(text) as Content;
}

function sealContext(topic: TopicReference): string {
  return `sns/data-key|${topicArn(topic)}`;
}

const refusals: Readonly<Record<string, string>> = {
  AccessDeniedException: 'KMSAccessDeniedException',
  DisabledException: 'KMSDisabledException',
  KMSInvalidStateException: 'KMSInvalidStateException',
  NotFoundException: 'KMSNotFoundException',
  ThrottlingException: 'KMSThrottlingException',
};

function kmsRefusal(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const code = refusals[error.code] ?? 'KMSInvalidStateException';
  return new ServiceError(code, `${error.message} (Service: AWSKMS; Error Code: ${error.code})`);
}
