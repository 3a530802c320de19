import type { Context } from '#runtime/context.ts';
import { type GrantRow, grants, type KeyRow, keys, retirables } from './records.ts';

/** Deletes a grant, and the entry by which its retiring principal finds it. The caller corrects the key's count. */
export async function removeGrant(ctx: Context, key: KeyRow, grant: GrantRow): Promise<void> {
  const records = ctx.records.at({ account: key.account, region: key.region });
  records.delete(grants, grant.grantId);
  const retirer = retiringAccount(grant);
  if (retirer === undefined) return;
  const theirs = ctx.records.at({ account: retirer, region: key.region });
  if ((await theirs.get(retirables, grant.grantId)) !== undefined) theirs.delete(retirables, grant.grantId);
}

/** Deletes one grant of a key that stays. */
export async function dropGrant(ctx: Context, key: KeyRow, grant: GrantRow): Promise<void> {
  await removeGrant(ctx, key, grant);
  const records = ctx.records.at({ account: key.account, region: key.region });
  records.put(keys, key.keyId, { ...key, grants: Math.max(0, key.grants - 1) });
}

/** Account of the retiring principal; undefined for none and for services. */
export function retiringAccount({ retiringPrincipal }: Pick<GrantRow, 'retiringPrincipal'>): string | undefined {
  const account = retiringPrincipal?.split(':')[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}
