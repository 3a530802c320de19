import type { Principal } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { invalidInput, move, requestOf, requestResource } from './delegation-request.ts';
import { sealTradeInToken } from './delegation-token.ts';
import type { Approver } from './records-delegation.ts';

export const AcceptDelegationRequest: Operation<'AcceptDelegationRequest'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    const approver = approverOf(ctx.principal);
    if (approver === undefined) {
      throw invalidInput('A delegation request is accepted by a user or a role, without session policies.');
    }
    move(ctx, row, ['ASSIGNED', 'PENDING_APPROVAL'], { state: 'ACCEPTED', approver });
    return {};
  },
};

export const RejectDelegationRequest: Operation<'RejectDelegationRequest'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId, Notes }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    move(ctx, row, ['ASSIGNED', 'PENDING_APPROVAL', 'ACCEPTED'], { state: 'REJECTED', rejectionReason: Notes });
    return {};
  },
};

export const SendDelegationToken: Operation<'SendDelegationToken'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    if (row.onlySendByOwner && row.ownerId !== ctx.principal.arn) {
      throw new ServiceError(
        'AccessDeniedException',
        'The token of this delegation request is sent by its owner alone.',
        {
          status: 403,
        },
      );
    }
    const id = ctx.uuid();
    const endsAt = ctx.now + row.sessionDuration * 1_000;
    move(ctx, row, ['ACCEPTED'], { state: 'FINALIZED', token: { id, endsAt, used: false } });
    // Only the account that asked can exchange the token, so that it may pass through the channel in the open.
    ctx.emit({
      source: 'aws.iam',
      detailType: 'IAM Delegation Token',
      resources: [row.notificationChannel],
      detail: {
        delegationRequestId: row.id,
        requestorId: row.requestorId,
        notificationChannel: row.notificationChannel,
        tradeInToken: sealTradeInToken(ctx.seal, { requestId: row.id, tokenId: id }),
        expirationTime: new Date(endsAt).toISOString(),
      },
    });
    return {};
  },
};

/**
 * The identity that is lent. Undefined for those whom a session policy could not limit (root), or who are limited already: the policy
 * of the request would stand beside theirs and not below it.
 */
function approverOf({ kind, account, arn, userId, name, session }: Principal): Approver | undefined {
  if (kind !== 'user' && kind !== 'assumed-role') return undefined;
  if (session !== undefined && session.policies.length + session.policyArns.length > 0) return undefined;
  const {
    issuedAt: _issued,
    expiresAt: _expires,
    policies: _texts,
    policyArns: _arns,
    ...facts
  } = session ?? {
    ...directFacts,
    issuerArn: arn,
    issuerId: userId,
    issuerName: name ?? '',
  };
  return { kind, account, arn, userId, name, facts, keys: {} };
}

/** What a session of a user says who has signed with a long-term key. */
const directFacts = {
  issuedAt: 0,
  expiresAt: 0,
  sessionName: undefined,
  mfa: false,
  policies: [],
  policyArns: [],
  tags: {},
  transitiveTagKeys: [],
  sourceIdentity: undefined,
  federatedProvider: undefined,
};
