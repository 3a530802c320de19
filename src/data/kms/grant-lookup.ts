import type { Context } from '#runtime/context.ts';
import type { Principal } from '#runtime/principal.ts';
import { type GrantRow, granteeKey, grants, type KeyRow } from './records.ts';

/** A grant in the terms of the policy engine. */
export type GrantForDecision = Pick<
  GrantRow,
  'grantId' | 'granteePrincipal' | 'retiringPrincipal' | 'operations' | 'constraints'
>;

/** The names under which grants know a caller: its ARN, for a session the role's, and its account. */
function grantNames(principal: Principal): readonly string[] {
  const root = `arn:aws:iam::${principal.account}:root`;
  const role = principal.kind === 'assumed-role' ? principal.session?.issuerArn : undefined;
  return [
    principal.arn,
    ...(role === undefined ? [] : [role]),
    ...(principal.arn === root || principal.account === '' ? [] : [root]),
  ];
}

/** Grants on the key that name the caller and the operation. */
export async function grantsOf(ctx: Context, row: KeyRow, operation: string): Promise<readonly GrantForDecision[]> {
  const found = await grantRowsOf(ctx, row);
  return found.filter((grant) => grant.operations.includes(operation)).map(decidable);
}

export function decidable(grant: GrantRow): GrantForDecision {
  const { grantId, granteePrincipal, retiringPrincipal, operations, constraints } = grant;
  return { grantId, granteePrincipal, retiringPrincipal, operations, constraints };
}

/** Grants on the key whose grantee the caller is. */
export async function grantRowsOf(ctx: Context, row: KeyRow): Promise<readonly GrantRow[]> {
  if (row.grants === 0) return [];
  const records = ctx.records.at({ account: row.account });
  const lists = await Promise.all(
    grantNames(ctx.principal).map((name) =>
      records.listIndex(grants, 'by-grantee', { equals: granteeKey(row.keyId, name) }),
    ),
  );
  return lists.flat().map(({ value }) => value);
}
