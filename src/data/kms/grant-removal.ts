import type { Context } from '#runtime/context.ts';
import { type GrantRow, grants, type KeyRow, keys, retirables, retirerOf } from './records.ts';

/** Deletes a grant, and the entry by which its retiring principal finds it. The caller corrects the key's count. */
export async function removeGrant(ctx: Context, key: KeyRow, grant: GrantRow): Promise<void> {
  const records = ctx.records.at({ account: key.account, region: key.region });
  records.delete(grants, grant.grantId);
  const account = retiringAccount(key, grant);
  if (account === undefined) return;
  const theirs = ctx.records.at({ account, region: key.region });
  if ((await theirs.get(retirables, grant.grantId)) !== undefined) theirs.delete(retirables, grant.grantId);
}

/** Deletes one grant of a key that stays. */
export async function dropGrant(ctx: Context, key: KeyRow, grant: GrantRow): Promise<void> {
  await removeGrant(ctx, key, grant);
  const records = ctx.records.at({ account: key.account, region: key.region });
  records.put(keys, key.keyId, { ...key, grants: Math.max(0, key.grants - 1) });
}

/** Account that keeps the entry of the retiring principal: its own, for a service the key's; undefined where nobody may retire. */
export function retiringAccount(key: Pick<KeyRow, 'account'>, grant: GrantRow): string | undefined {
  const retirer = retirerOf(grant);
  if (retirer === undefined) return undefined;
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(retirer)?.[1] ?? key.account;
}
