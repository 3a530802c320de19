import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { accept, failure, refuse } from './api.ts';
import { aliasArn, aliasNotFound, keyArn, keyNotFound, parseReference } from './engine/identifiers.ts';
import { checkState } from './engine/key-states.ts';
import { grantsOf } from './grant-lookup.ts';
import { grantInToken } from './grant-tokens.ts';
import { createManagedKey, expectedManagedKey } from './managed-keys.ts';
import { aliases, type KeyRow, keys } from './records.ts';
import { isReplica, stateOf } from './state.ts';

/** A key as a request names it. `row` undefined: not there, or not to be told (another account's). */
export type Located = {
  readonly arn: string;
  readonly account: string;
  readonly keyId: string;
  /** The alias that the request used. */
  readonly alias: string | undefined;
  readonly row: KeyRow | undefined;
  /** An AWS managed key that comes into being with its first use. */
  readonly toBeCreated: boolean;
};

/** A key that is there, with the records of its account and Region. */
export type Key = { readonly arn: string; readonly row: KeyRow; readonly records: Records };

export type LookupOptions = {
  /** The operation takes alias names and alias ARNs too. */
  readonly alias?: boolean;
  readonly grantTokens?: readonly string[] | undefined;
  /** Name of the operation in grants, where it is not the API's. */
  readonly grantOperation?: string;
};

/** Finds what a request names. @throws ServiceError NotFoundException for what the caller's own account does not have */
export async function locate(ctx: Context, text: string, alias = false): Promise<Located> {
  const { reference } = accept(parseReference(text, ctx.account, ctx.region, alias));
  const { account, region } = reference;
  const records = ctx.records.at({ account });
  if (reference.kind === 'key')
    return located(account, region, reference.keyId, undefined, await records.get(keys, reference.keyId), ctx);
  const found = await records.get(aliases, reference.alias);
  if (found !== undefined)
    return located(account, region, found.keyId, reference.alias, await records.get(keys, found.keyId), ctx);
  const managed = account === ctx.account ? expectedManagedKey(ctx, reference.alias) : undefined;
  if (managed !== undefined) {
    return {
      arn: keyArn(account, region, managed.keyId),
      account,
      keyId: managed.keyId,
      alias: reference.alias,
      row: managed,
      toBeCreated: true,
    };
  }
  throw notFound(aliasNotFound(aliasArn(account, region, reference.alias)).message);
}

/** The key as policies see it: ARN, key policy, tags, grants, and the condition keys that follow from it and from the caller. */
export async function keyResource(ctx: Context, text: string, options: LookupOptions = {}): Promise<ResourceRef> {
  for (const token of options.grantTokens ?? []) grantInToken(ctx.seal, token);
  return resourceOf(ctx, await locate(ctx, text, options.alias), options.grantOperation);
}

export async function resourceOf(ctx: Context, key: Located, grantOperation = ctx.operation): Promise<ResourceRef> {
  const { arn, account, row } = key;
  ctx.audit([{ arn, type: 'AWS::KMS::Key', account }]);
  if (row === undefined) return { arn, account, conditions: callerKeys(ctx) };
  return {
    arn,
    account,
    policy: { kind: 'key', source: `key policy of ${arn}`, text: row.policy },
    tags: row.tags,
    grants: row.grants === 0 ? undefined : await grantsOf(ctx, row, grantOperation),
    conditions: keyConditions(ctx, row, key.alias),
  };
}

/** Condition keys that every KMS request has. */
export function callerKeys(ctx: Context): Conditions {
  return { 'kms:CallerAccount': ctx.principal.account, 'kms:ViaService': viaService(ctx) };
}

function viaService(ctx: Context): string | undefined {
  return ctx.calledVia.at(-1)?.replace(/\.amazonaws\.com$/, `.${ctx.region}.amazonaws.com`);
}

/** Those, and the ones that follow from the key; one literal, for every use of a key comes by here. */
export function keyConditions(ctx: Context, row: KeyRow, alias?: string): Conditions {
  return {
    'kms:CallerAccount': ctx.principal.account,
    'kms:ViaService': viaService(ctx),
    'kms:KeySpec': row.spec,
    'kms:CustomerMasterKeySpec': row.spec,
    'kms:KeyUsage': row.usage,
    'kms:CustomerMasterKeyUsage': row.usage,
    'kms:KeyOrigin': row.origin,
    'kms:MultiRegion': row.multiRegion === undefined ? 'false' : 'true',
    'kms:MultiRegionKeyType': row.multiRegion === undefined ? undefined : isReplica(row) ? 'REPLICA' : 'PRIMARY',
    'kms:ResourceAliases': row.aliases.length === 0 ? undefined : row.aliases,
    'kms:RequestAlias': alias,
  };
}

/**
 * The key for the operation itself, in a state that allows it. AWS managed keys are created here on their first use.
 *
 * @throws ServiceError NotFoundException, DisabledException, KMSInvalidStateException, UnsupportedOperationException
 */
export async function openKey(ctx: Context, text: string, alias = false, operation = ctx.operation): Promise<Key> {
  const found = await locate(ctx, text, alias);
  const { arn, account } = found;
  const records = ctx.records.at({ account });
  const row = found.toBeCreated && found.row !== undefined ? await createManagedKey(ctx, found.row) : found.row;
  if (row === undefined) throw notFound(keyNotFound(arn).message);
  refuse(checkState(arn, stateOf(row), operation));
  return { arn, row, records };
}

/** A customer managed key of the caller's own account: the only kind that most management operations change. */
export async function openOwnKey(ctx: Context, text: string): Promise<Key> {
  const key = await openKey(ctx, text);
  if (key.row.account !== ctx.account) throw denied(ctx, key.arn, 'the operation does not work across accounts');
  if (key.row.manager === 'AWS') throw denied(ctx, key.arn, 'AWS managed keys are changed by their service only');
  return key;
}

/** A key of the caller's own account, for the operations that read. */
export async function readOwnKey(ctx: Context, text: string): Promise<Key> {
  const key = await openKey(ctx, text);
  if (key.row.account !== ctx.account) throw denied(ctx, key.arn, 'the operation does not work across accounts');
  return key;
}

export function notFound(message: string): ServiceError {
  return failure('NotFoundException', message);
}

function denied(ctx: Context, arn: string, why: string): ServiceError {
  const message = `User: ${ctx.principal.arn} is not authorized to perform: kms:${ctx.operation} on resource: ${arn} because ${why}`;
  return failure('AccessDeniedException', message);
}

function located(
  account: string,
  region: string,
  keyId: string,
  alias: string | undefined,
  row: KeyRow | undefined,
  ctx: Context,
): Located {
  const arn = keyArn(account, region, keyId);
  // Of another account's key not even the absence is told: without a key policy, authorisation denies.
  if (row === undefined && account === ctx.account) throw notFound(keyNotFound(arn).message);
  return { arn, account, keyId, alias, row, toBeCreated: false };
}
