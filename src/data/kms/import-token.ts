import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { failure } from './api.ts';
import { isWrappingAlgorithm, type WrappingAlgorithm } from './crypto/import-wrapping.ts';
import type { KeyRow } from './records.ts';

/** What an import token holds: it is sealed, bound to its key, and needs no record of its own. */
export type ImportToken = { readonly wrappingKey: KeyObject; readonly algorithm: WrappingAlgorithm };

export function sealToken(
  ctx: Context,
  row: KeyRow,
  algorithm: WrappingAlgorithm,
  validTo: number,
  privateKey: Buffer,
): Uint8Array {
  const body = Buffer.from(JSON.stringify({ algorithm, validTo, key: privateKey.toString('base64') }));
  const sealed = ctx.seal.seal(body, contextOf(row));
  body.fill(0);
  return sealed;
}

/** @throws ServiceError InvalidImportTokenException, ExpiredImportTokenException */
export function openToken(ctx: Context, row: KeyRow, token: Uint8Array): ImportToken {
  const { algorithm, validTo, key } = JSON.parse(openSealed(ctx, row, token)) as {
    algorithm: string;
    validTo: number;
    key: string;
  };
  if (validTo <= ctx.now) throw failure('ExpiredImportTokenException', 'The import token has expired.');
  if (!isWrappingAlgorithm(algorithm)) throw invalidToken();
  return {
    algorithm,
    wrappingKey: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }),
  };
}

function openSealed(ctx: Context, row: KeyRow, token: Uint8Array): string {
  try {
    return Buffer.from(ctx.seal.open(token, contextOf(row))).toString();
  } catch {
    throw invalidToken();
  }
}

function contextOf({ account, region, keyId }: KeyRow): string {
  return `kms/import-token|${account}|${region}|${keyId}`;
}

function invalidToken(): ServiceError {
  return failure('InvalidImportTokenException', 'The import token is not valid for this key.');
}
