import { readPinned } from '#identity/iam/engine/matching/pinned-principal.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import type { Principal } from '#runtime/principal.ts';

/** Users and roles in grants: pinned to their unique ids as in policies, so that a grant is for who had the name and not for the name. */

/** The principal as a grant keeps it. */
export function pinPrincipal(ctx: Context, principal: string): Promise<string> {
  return asInPolicy(principal, (text) => pinPrincipals(ctx, text));
}

/** A kept principal as answers show it: the ARN of today, or the bare id of who is gone. */
export function shownPrincipal(ctx: Context, principal: string): Promise<string> {
  return asInPolicy(principal, (text) => shownPrincipals(ctx, text));
}

/** A document of one principal there and back: grants and policies cannot come to differ in what they pin. */
async function asInPolicy(principal: string, rewrite: (text: string) => Promise<string>): Promise<string> {
  const text = await rewrite(JSON.stringify({ Statement: { Principal: { AWS: principal } } }));
  return (JSON.parse(text) as { readonly Statement: { readonly Principal: { readonly AWS: string } } }).Statement
    .Principal.AWS;
}

/** What a kept principal is found by: the unique id, or the name where it has none. */
export function lookupName(principal: string): string {
  return readPinned(principal)?.id ?? principal;
}

/** The names by which grants that are for a caller are found: its ARN, the role's for a session, their unique id, the account. */
export function namesOf(principal: Principal): readonly string[] {
  const root = `arn:aws:iam::${principal.account}:root`;
  const own = ownName(principal);
  return [
    principal.arn,
    ...(own === undefined || own.arn === principal.arn ? [] : [own.arn]),
    ...(own === undefined ? [] : [own.id]),
    ...(principal.arn === root || principal.account === '' ? [] : [root]),
  ];
}

/** A kept principal for the policy engine, which compares ARNs: the caller's of today where its id is meant, else nobody's. */
export function comparable(principal: string | undefined, caller: Principal): string | undefined {
  const pin = principal === undefined ? undefined : readPinned(principal);
  const own = ownName(caller);
  return pin !== undefined && pin.id === own?.id ? own.arn : principal;
}

/** The user, or the role behind the session. */
function ownName({ kind, arn, userId, session }: Principal): { readonly arn: string; readonly id: string } | undefined {
  if (kind === 'user') return { arn, id: userId };
  if (kind === 'assumed-role' && session !== undefined) return { arn: session.issuerArn, id: session.issuerId };
  return undefined;
}
