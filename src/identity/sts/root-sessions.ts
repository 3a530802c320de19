import type { Context } from '#runtime/context.ts';

/** Why privileged root sessions in an account cannot be had by the caller. */
export type RootSessionRefusal = 'no organization';

/**
 * Whether the caller's account may open root sessions in a member account. That takes an organization with centralized root access, of
 * which the caller's account is the management account or IAM's delegated administrator (IAM user guide, "Centralize root access for
 * member accounts"). There are no organizations: whoever builds them answers here, and teaches the policy engine that a root session is
 * limited by its task policy.
 */
export function rootSessionsFor(_ctx: Context, _account: string): RootSessionRefusal {
  return 'no organization';
}
