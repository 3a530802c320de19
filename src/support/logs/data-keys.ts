import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import { invalid } from './errors.ts';
import { dataKeys } from './records.ts';

/** How long a process uses a data key before it asks KMS again: AWS says that a change of a key takes up to five minutes. */
const heldMs = 5 * 60_000;
const maxHeld = 10_000;

type Held = { readonly key: Buffer; readonly until: number };

/** Data keys in the clear, by id; gone with the process. */
const held = slot(() => new Map<string, Held>());

const keyArnForm = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

/** The encryption context of everything that belongs to a log group. */
function contextOf(groupArn: string): Record<string, string> {
  return { 'aws:logs:arn': groupArn };
}

/**
 * Makes a data key under a KMS key; the key's policy must allow this service.
 *
 * @returns the id that blocks name it by
 * @throws ServiceError InvalidParameterException, AccessDeniedException
 */
export async function newDataKey(ctx: Context, keyArn: string, groupArn: string): Promise<string> {
  if (!keyArnForm.test(keyArn)) throw invalid('The specified KMS key is not valid. Specify the ARN of a KMS key.');
  const id = await ctx.once(`data-key ${keyArn}`, async () => ctx.uuid());
  const made = await allowed(groupArn, () =>
    ctx.call(
      'kms',
      'GenerateDataKey',
      { KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: contextOf(groupArn) },
      { as: 'service', source: { arn: groupArn, account: ctx.account } },
    ),
  );
  const ciphertext = Buffer.from(made.CiphertextBlob ?? []).toString('base64');
  ctx.records.create(dataKeys, id, { keyArn, groupArn, ciphertext });
  hold(ctx, id, Buffer.from(made.Plaintext ?? []));
  return id;
}

/**
 * A data key in the clear.
 *
 * @param records those of the log group's account
 * @throws ServiceError AccessDeniedException when the KMS key cannot be used any more
 */
export async function dataKey(ctx: Context, records: Records, id: string): Promise<Buffer> {
  const known = ctx.local(held).get(id);
  if (known !== undefined && known.until > ctx.now) return known.key;
  const row = await records.get(dataKeys, id);
  if (row === undefined) throw new Error(`INVARIANT: data key \`${id}\` is kept as long as what it encrypts`);
  const { keyArn, groupArn, ciphertext } = row;
  const { Plaintext } = await allowed(groupArn, () =>
    ctx.call(
      'kms',
      'Decrypt',
      { KeyId: keyArn, CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: contextOf(groupArn) },
      { as: 'service', source: { arn: groupArn, account: groupArn.split(':')[4] ?? '' } },
    ),
  );
  const key = Buffer.from(Plaintext ?? []);
  hold(ctx, id, key);
  return key;
}

function hold(ctx: Context, id: string, key: Buffer): void {
  const keys = ctx.local(held);
  if (keys.size >= maxHeld) keys.clear();
  keys.set(id, { key, until: ctx.now + heldMs });
}

/** Whatever is wrong with the key, AWS says only this. */
async function allowed<T>(groupArn: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(
      'AccessDeniedException',
      `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
    );
  }
}
