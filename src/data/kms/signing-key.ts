import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { type Key, openKey } from './access.ts';
import { refuse, unsupportedHere } from './api.ts';
import type { SigningRequest } from './crypto/signing.ts';
import { checkAlgorithm, checkMessage, checkUsage, type SigningAlgorithm } from './engine/key-specs.ts';

/** The members that Sign and Verify share. */
export type SignedMessage = {
  readonly KeyId: string;
  readonly Message: Uint8Array;
  readonly MessageType?: string | undefined;
  readonly SigningAlgorithm: string;
};

/** Opens the key and checks that algorithm, message type and length fit it. */
export async function openSigningKey(
  ctx: Context,
  input: SignedMessage,
): Promise<{ readonly key: Key; readonly request: SigningRequest }> {
  const key = await openKey(ctx, input.KeyId, true);
  refuse(checkUsage(key.arn, key.row.usage, ctx.operation));
  refuse(checkAlgorithm(key.row.spec, input.SigningAlgorithm));
  const algorithm = input.SigningAlgorithm as SigningAlgorithm;
  const type = input.MessageType ?? 'RAW';
  refuse(checkMessage(algorithm, type, input.Message.length));
  if (type !== 'RAW' && type !== 'DIGEST') {
    throw unsupportedHere('MessageType EXTERNAL_MU is not supported: send the message as RAW.');
  }
  return { key, request: { spec: key.row.spec, algorithm, type, message: input.Message } };
}

export function signingConditions(input: Pick<SignedMessage, 'MessageType' | 'SigningAlgorithm'>): Conditions {
  return { 'kms:SigningAlgorithm': input.SigningAlgorithm, 'kms:MessageType': input.MessageType ?? 'RAW' };
}
