import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import {
  chains,
  deletedId,
  filePositions,
  files,
  logPositions,
  receipts,
  statuses,
  type TrailRow,
  trails,
} from './records.ts';

/** Forgets a deleted trail whose last file was delivered. Files in its bucket stay. */
export async function forget(ctx: Context, { uid }: Pick<TrailRow, 'uid'>): Promise<void> {
  if ((await ctx.records.get(trails, deletedId(uid))) !== undefined) ctx.records.delete(trails, deletedId(uid));
  for (const each of [chains, statuses] as readonly Collection<unknown>[]) {
    if ((await ctx.records.get(each, uid)) !== undefined) ctx.records.delete(each, uid);
  }
  for (const each of [filePositions, logPositions, files] as readonly Collection<unknown>[]) {
    for (const { id } of await ctx.records.list(each, { prefix: uid })) ctx.records.delete(each, id);
  }
  for (const { name } of [filePositions, logPositions]) {
    for (const { id } of await ctx.records.list(receipts, { prefix: `${name}/${uid}/` }))
      ctx.records.delete(receipts, id);
  }
}
