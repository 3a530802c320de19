import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type Key, keyResource, openKey } from './access.ts';
import { failure, invalid } from './api.ts';
import { invalidCiphertext, parsedOnce, parsedOrRefused } from './ciphers.ts';
import { isMultiRegionId } from './engine/identifiers.ts';

/** The side of a Decrypt or ReEncrypt that is decrypted. */
export type Source = {
  readonly ciphertext: Uint8Array | undefined;
  readonly keyId: string | undefined;
  readonly algorithm: string;
  /** A dry run that looks at permissions alone. */
  readonly ignoreCiphertext: boolean;
};

export function sourceOf(
  ciphertext: Uint8Array | undefined,
  keyId: string | undefined,
  algorithm: string | undefined,
  input: { readonly DryRun?: boolean | undefined; readonly DryRunModifiers?: readonly string[] | undefined },
): Source {
  const ignoreCiphertext = input.DryRun === true && input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;
  return { ciphertext, keyId, algorithm: algorithm ?? 'SYMMETRIC_DEFAULT', ignoreCiphertext };
}

/** The key that the source needs, as policies see it. */
export async function sourceResource(
  ctx: Context,
  source: Source,
  grantTokens: readonly string[] | undefined,
  grantOperation: string,
): Promise<ResourceRef> {
  try {
    return await keyResource(ctx, referenceIn(ctx, source), { alias: true, grantTokens, grantOperation });
  } catch (error) {
    if (source.keyId === undefined && error instanceof ServiceError && error.code === 'NotFoundException')
      throw unknownKey();
    throw error;
  }
}

/** Opens the key, and refuses a ciphertext that another one made. @throws ServiceError IncorrectKeyException */
export async function openSource(ctx: Context, source: Source, operation: string): Promise<Key> {
  const key = await openKey(ctx, referenceIn(ctx, source), true, operation);
  if (source.ignoreCiphertext || source.ciphertext === undefined) return key;
  const parsed = source.algorithm === 'SYMMETRIC_DEFAULT' ? parsedOnce(source.ciphertext) : undefined;
  if (parsed !== undefined && !madeBy(parsed.keyArn, key)) throw incorrectKey();
  if (parsed === undefined && key.row.spec === 'SYMMETRIC_DEFAULT') throw invalidCiphertext();
  return key;
}

/** The bytes; absent only for a dry run that ignores them. */
export function ciphertextOf({ ciphertext }: Source): Uint8Array {
  if (ciphertext === undefined) throw invalid('CiphertextBlob is required.');
  return ciphertext;
}

function referenceIn(ctx: Context, source: Source): string {
  if (source.keyId !== undefined) return source.keyId;
  if (source.ignoreCiphertext) throw invalid('KeyId is required when DryRunModifiers is IGNORE_CIPHERTEXT.');
  if (source.algorithm !== 'SYMMETRIC_DEFAULT')
    throw invalid(`KeyId is required when the encryption algorithm is ${source.algorithm}.`);
  const { keyArn } = parsedOrRefused(ciphertextOf(source));
  const [arn, partition, service, region, account, resource = ''] = keyArn.split(':');
  if (region === ctx.region) return keyArn;
  const related = isMultiRegionId(resource.slice('key/'.length));
  if (!related) throw unknownKey();
  return [arn, partition, service, ctx.region, account, resource].join(':');
}

/** A multi-Region key decrypts what its relatives encrypted: account and key id must agree, the Region need not. */
function madeBy(keyArn: string, { arn, row }: Key): boolean {
  if (keyArn === arn) return true;
  const [, , , region, account, resource] = keyArn.split(':');
  if (account !== row.account || resource !== `key/${row.keyId}`) return false;
  return region === row.region || row.multiRegion !== undefined;
}

/** Text: recordings of AWS. */
function incorrectKey(): ServiceError {
  return failure(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
}

function unknownKey(): ServiceError {
  const message =
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
  return failure('AccessDeniedException', message);
}
