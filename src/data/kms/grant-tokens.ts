import { timingSafeEqual } from 'node:crypto';
import type { Seal } from '#store/seal.ts';
import { failure } from './api.ts';

/**
 * A grant token names a grant: base64 of a MAC (32 bytes) over the rest, a nonce (16 bytes), and `account|region|grantId`. Grants are
 * effective at once here, so tokens add no rights; they are still checked, as AWS checks them.
 */
export type TokenGrant = { readonly account: string; readonly region: string; readonly grantId: string };

const CONTEXT = 'kms/grant-token';

export function grantToken(seal: Seal, grant: TokenGrant, nonce: Uint8Array): string {
  const body = Buffer.concat([nonce, Buffer.from(`${grant.account}|${grant.region}|${grant.grantId}`)]);
  return Buffer.concat([seal.mac(body, CONTEXT), body]).toString('base64');
}

/** @throws ServiceError InvalidGrantTokenException */
export function grantInToken(seal: Seal, token: string): TokenGrant {
  const bytes = Buffer.from(token, 'base64');
  const body = bytes.subarray(32);
  if (bytes.length > 48 && timingSafeEqual(bytes.subarray(0, 32), seal.mac(body, CONTEXT))) {
    const [account = '', region = '', grantId = ''] = body.subarray(16).toString().split('|');
    return { account, region, grantId };
  }
  throw failure('InvalidGrantTokenException', 'The grant token is not valid.');
}
