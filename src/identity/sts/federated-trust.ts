import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { Principal } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { WantedRole } from './role-session.ts';

/**
 * Asks a role's trust policy about somebody whom an identity provider vouches for. Such callers have no policies of their own:
 * the trust policy alone decides. From here on the call is theirs, also in the audit record.
 *
 * @param actions each must be allowed: `sts:AssumeRoleWithWebIdentity`, `sts:TagSession`, …
 * @throws ServiceError AccessDenied
 */
export async function checkTrust(
  ctx: Context,
  { row, ref }: WantedRole,
  caller: Principal,
  actions: readonly string[],
  keys: Conditions,
): Promise<void> {
  ctx.identify(caller);
  const [asked = ''] = actions;
  if (row === undefined) throw notEntitled(asked);
  for (const action of actions) {
    try {
      await ctx.authorise(action, ref, keys);
    } catch (error) {
      throw error instanceof ServiceError ? notEntitled(asked) : error;
    }
  }
}

/** STS's refusal of callers whom an identity provider vouches for: it tells neither who they are nor what refused them. */
export function notEntitled(action: string): ServiceError {
  return new ServiceError('AccessDeniedException', `Not authorized to perform ${action}`, { status: 403 });
}
