import type { Context } from '#runtime/context.ts';
import { type KeyRow, keys } from './records.ts';

/** Regions that hold a key: its own, or all of a multi-Region key. */
export function regionsOf(row: KeyRow): readonly string[] {
  if (row.multiRegion === undefined) return [row.region];
  return [row.multiRegion.primaryRegion, ...row.multiRegion.replicaRegions];
}

/** The key itself and, for a multi-Region key, its relatives. */
export async function relatives(ctx: Context, row: KeyRow): Promise<readonly KeyRow[]> {
  const found = await Promise.all(
    regionsOf(row).map((region) => ctx.records.at({ account: row.account, region }).get(keys, row.keyId)),
  );
  return found.filter((each) => each !== undefined);
}

/** Changes a shared property in every relative, in one commit. */
export async function saveRelatives(ctx: Context, row: KeyRow, change: (each: KeyRow) => KeyRow): Promise<void> {
  for (const each of await relatives(ctx, row)) {
    ctx.records.at({ account: row.account, region: each.region }).put(keys, row.keyId, change(each));
  }
}
