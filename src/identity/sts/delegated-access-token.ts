import { ServiceError } from '#wire/service-error.ts';
import { takeTradeInToken } from '../iam/directory.ts';
import type { Operation } from './api.ts';
import { issue } from './credentials.ts';
import { packedSize } from './session-policies.ts';

/** Trades a token once for credentials of whoever accepted the request, limited to what was requested, until the agreed time is over. */
export const GetDelegatedAccessToken: Operation<'GetDelegatedAccessToken'> = {
  resource: () => '*',
  readOnly: true,
  handle: async ({ TradeInToken }, ctx) => {
    const request = await takeTradeInToken(ctx, TradeInToken);
    const { approver, token } = request ?? {};
    if (request === undefined || approver === undefined || token === undefined) {
      // One answer for all: who holds a token of somebody else learns nothing about it.
      throw new ServiceError('ExpiredTradeInTokenException', 'The trade-in token is not valid any more.');
    }
    const limits = { policies: [request.permissionPolicy], policyArns: [] };
    const seconds = Math.floor((token.endsAt - ctx.now) / 1_000);
    return {
      Credentials: issue(ctx, { ...approver, facts: { ...approver.facts, ...limits } }, seconds),
      PackedPolicySize: packedSize(limits, approver.facts.tags),
      AssumedPrincipal: approver.facts.issuerArn,
    };
  },
};
