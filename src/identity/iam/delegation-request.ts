import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type DelegationRequestRow, type DelegationState, delegationRequests } from './records-delegation.ts';

const day = 86_400_000;

/** How long a request stays in a state (IAM user guide, "Understanding the Request Lifecycle"). */
export function lifetime(state: DelegationState): number {
  return state === 'UNASSIGNED' ? day : 7 * day;
}

export function stateOf({ state, expirationTime }: DelegationRequestRow, now: number): DelegationState {
  return expirationTime <= now ? 'EXPIRED' : state;
}

/**
 * A request that the caller may know: of its account, or of none yet.
 *
 * @throws ServiceError NoSuchEntity, also for requests of other accounts
 */
export async function requestOf(ctx: Context, id: string): Promise<DelegationRequestRow> {
  const row = await visible(ctx, id);
  if (row === undefined) throw new ServiceError('NoSuchEntityException', `Delegation request ${id} was not found.`);
  return row;
}

/** Moves a request on. @throws ServiceError InvalidInput when it is in none of the states that lead there */
export function move(
  ctx: Context,
  row: DelegationRequestRow,
  from: readonly DelegationState[],
  change: Partial<DelegationRequestRow> & Pick<DelegationRequestRow, 'state'>,
): void {
  const state = stateOf(row, ctx.now);
  if (!from.includes(state)) {
    throw invalidInput(`The delegation request is in state ${state}, expected ${from.join(' or ')}.`);
  }
  const expirationTime = ctx.now + lifetime(change.state);
  ctx.records.put(delegationRequests, row.id, { ...row, ...change, updatedTime: ctx.now, expirationTime });
}

/** The request as policies see it. Its owner may look at it and update it, unless a policy denies that. */
export async function requestResource(ctx: Context, id: string): Promise<ResourceRef> {
  const row = await visible(ctx, id);
  const account = ctx.account;
  const arn = requestArn(account, id);
  ctx.audit([{ arn, type: 'AWS::IAM::DelegationRequest', account }]);
  if (row?.ownerId === undefined) return { arn, account };
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: row.ownerId },
    Action: ['iam:GetDelegationRequest', 'iam:UpdateDelegationRequest'],
    Resource: arn,
  };
  return {
    arn,
    account,
    policy: {
      kind: 'resource',
      source: `default permissions of the owner of ${arn}`,
      text: JSON.stringify({ Version: '2012-10-17', Statement }),
    },
    conditions: { 'iam:DelegationRequestOwner': row.ownerId },
  };
}

export function requestArn(account: string, id: string): string {
  return `arn:aws:iam::${account}:delegation-request/${id}`;
}

export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

async function visible(ctx: Context, id: string): Promise<DelegationRequestRow | undefined> {
  const row = await ctx.records.get(delegationRequests, id);
  return row?.ownerAccountId === undefined || row.ownerAccountId === ctx.account ? row : undefined;
}
