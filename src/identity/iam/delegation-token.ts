import type { Context } from '#runtime/context.ts';
import type { Seal } from '#store/seal.ts';
import { type DelegationRequestRow, delegationRequests } from './records-delegation.ts';

type TradeInToken = { readonly requestId: string; readonly tokenId: string };

const context = 'iam/delegation-token';

/** @returns the token, base64url */
export function sealTradeInToken(seal: Seal, token: TradeInToken): string {
  return Buffer.from(seal.seal(Buffer.from(JSON.stringify(token)), context)).toString('base64url');
}

/**
 * Takes a token that the caller's account was sent, and uses it up.
 *
 * @returns the request; undefined when the token is altered, used, too old, or another account's
 */
export async function takeTradeInToken(ctx: Context, text: string): Promise<DelegationRequestRow | undefined> {
  let token: TradeInToken;
  try {
    token = JSON.parse(Buffer.from(ctx.seal.open(Buffer.from(text, 'base64url'), context)).toString()) as TradeInToken;
  } catch {
    return undefined;
  }
  const row = await ctx.records.get(delegationRequests, token.requestId);
  if (row?.token === undefined || row.requestorId !== ctx.account || row.token.id !== token.tokenId) return undefined;
  if (row.token.used || row.token.endsAt <= ctx.now) return undefined;
  ctx.records.put(delegationRequests, row.id, { ...row, token: { ...row.token, used: true } });
  return row;
}
