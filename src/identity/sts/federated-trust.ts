import { globalKeys, resourceKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { compile, decide, NO_POLICIES, readPolicy } from '../iam/engine/engine.ts';
import { notAuthorised, type WantedRole } from './role-session.ts';

/**
 * Asks a role's trust policy about somebody whom an identity provider vouches for. Such callers have no policies of their own:
 * the trust policy alone decides.
 *
 * @param provider ARN of the identity provider
 * @param actions each must be allowed: `sts:AssumeRoleWithWebIdentity`, `sts:TagSession`, …
 * @throws ServiceError AccessDenied
 */
export function checkTrust(
  ctx: Context,
  { row, ref, account }: WantedRole,
  provider: string,
  actions: readonly string[],
  keys: Conditions,
): void {
  const [asked = ''] = actions;
  const reading = row === undefined ? undefined : readPolicy(row.trustPolicy);
  if (reading === undefined || !reading.ok) throw notAuthorised(ctx, asked, ref.arn);
  const trust = compile(reading.policy, { kind: 'trust', name: `trust policy of ${ref.arn}` });
  const context = {
    ...globalKeys(ctx.principal, ctx.request, ctx.region, ctx.now, ctx.calledVia),
    'aws:PrincipalType': undefined,
    ...resourceKeys(ref, account),
    'aws:FederatedProvider': provider,
    ...keys,
  };
  for (const action of actions) {
    const { decision } = decide(
      { principal: provider, action, resource: ref.arn, resourceAccount: account, context },
      { ...NO_POLICIES, resource: trust },
    );
    if (decision !== 'Allowed') throw notAuthorised(ctx, asked, ref.arn);
  }
}
