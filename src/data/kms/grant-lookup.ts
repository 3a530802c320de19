import type { Context } from '#runtime/context.ts';
import type { Principal } from '#runtime/principal.ts';
import { comparable, namesOf } from './grant-principals.ts';
import { type GrantRow, granteeKey, grants, type KeyRow, retirerOf } from './records.ts';

/** A grant in the terms of the policy engine. */
export type GrantForDecision = Pick<
  GrantRow,
  'grantId' | 'granteePrincipal' | 'granteeServicePrincipal' | 'retiringPrincipal' | 'operations' | 'constraints'
>;

/** Grants on the key that name the caller and the operation. */
export async function grantsOf(ctx: Context, row: KeyRow, operation: string): Promise<readonly GrantForDecision[]> {
  const found = await grantRowsOf(ctx, row);
  return found.filter((grant) => grant.operations.includes(operation)).map((grant) => decidable(grant, ctx.principal));
}

/** @param caller whose request it is: the engine compares ARNs, grants keep unique ids */
export function decidable(grant: GrantRow, caller: Principal): GrantForDecision {
  const { grantId, granteeServicePrincipal, operations, constraints } = grant;
  const granteePrincipal = comparable(grant.granteePrincipal, caller);
  const retiringPrincipal = comparable(retirerOf(grant), caller);
  return { grantId, granteePrincipal, granteeServicePrincipal, retiringPrincipal, operations, constraints };
}

/** Grants on the key whose grantee the caller is. */
export async function grantRowsOf(ctx: Context, row: KeyRow): Promise<readonly GrantRow[]> {
  if (row.grants === 0) return [];
  const records = ctx.records.at({ account: row.account });
  const lists = await Promise.all(
    namesOf(ctx.principal).map((name) =>
      records.listIndex(grants, 'by-grantee', { equals: granteeKey(row.keyId, name) }),
    ),
  );
  return lists.flat().map(({ value }) => value);
}
