import type { CallOptions, Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { refuseVariables } from './engine/environment-variables.ts';
import { invalidParameter } from './errors.ts';
import type { EnvironmentRow } from './records.ts';

type Variables = Readonly<Record<string, string>>;

/** What KMS binds the ciphertext to. */
function contextOf(functionArn: string): Record<string, string> {
  return { 'aws:lambda:FunctionArn': functionArn };
}

/**
 * Variables as they are kept: records are encrypted anyway, and with a customer's key by KMS before.
 *
 * @throws ServiceError InvalidParameterValueException
 */
export async function keptVariables(
  ctx: Context,
  functionArn: string,
  variables: Variables | undefined,
  keyArn: string | undefined,
): Promise<EnvironmentRow | undefined> {
  if (variables === undefined) return undefined;
  const refusal = refuseVariables(variables);
  if (refusal !== undefined) throw invalidParameter(refusal);
  if (keyArn === undefined || Object.keys(variables).length === 0) return { variables };
  try {
    const { CiphertextBlob } = await ctx.call('kms', 'Encrypt', {
      KeyId: keyArn,
      Plaintext: Buffer.from(JSON.stringify(variables)),
      EncryptionContext: contextOf(functionArn),
    });
    return { ciphertext: Buffer.from(CiphertextBlob ?? []).toString('base64'), keyArn };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidParameter(
      `Lambda was unable to configure access to your environment variables because the KMS key is invalid for use. KMS Exception: ${error.code} KMS Message: ${error.message}`,
    );
  }
}

/**
 * The variables themselves.
 *
 * @param as who decrypts: the caller, or the function's role
 * @throws ServiceError of KMS
 */
export async function readVariables(
  ctx: Context,
  functionArn: string,
  row: EnvironmentRow | undefined,
  as: CallOptions = {},
): Promise<Variables> {
  if (row === undefined) return {};
  if ('variables' in row) return row.variables;
  const { Plaintext } = await ctx.call(
    'kms',
    'Decrypt',
    {
      KeyId: row.keyArn,
      CiphertextBlob: Buffer.from(row.ciphertext, 'base64'),
      EncryptionContext: contextOf(functionArn),
    },
    as,
  );
  return JSON.parse(Buffer.from(Plaintext ?? []).toString()) as Variables;
}

/** Variables as answers show them; who may not decrypt them sees why. */
export async function shownVariables(
  ctx: Context,
  functionArn: string,
  row: EnvironmentRow,
): Promise<{ Variables: Variables } | { Error: { ErrorCode: string; Message: string } }> {
  try {
    return { Variables: await readVariables(ctx, functionArn, row) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const Message = `Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS permissions. KMS Exception: ${error.code} KMS Message: ${error.message}`;
    return { Error: { ErrorCode: error.code, Message } };
  }
}
