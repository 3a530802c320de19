import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import {
  blocks,
  type GroupRow,
  groups,
  metricFilters,
  type StreamRow,
  sizes,
  streamKey,
  streams,
  subscriptionFilters,
} from './records.ts';

const kind = 'logs/purge';

/** Records that one run takes away. */
const batch = 200;

/** Deletes a group at once, and what it held by and by. */
export async function forgetGroup(ctx: Context, row: GroupRow): Promise<void> {
  ctx.records.delete(groups, row.name);
  const prefix = `${row.name}:`;
  for (const { id } of await ctx.records.list(metricFilters, { prefix })) ctx.records.delete(metricFilters, id);
  for (const { id } of await ctx.records.list(subscriptionFilters, { prefix }))
    ctx.records.delete(subscriptionFilters, id);
  ctx.schedule({ kind: 'logs/retention', id: jobId(ctx.account, ctx.region, row.id), runAt: undefined });
  schedule(ctx, `group/${row.id}`);
}

export function forgetStream(ctx: Context, row: StreamRow): void {
  ctx.records.delete(streams, streamKey(row.group, row.name));
  schedule(ctx, `stream/${row.id}`);
}

function schedule(ctx: Context, what: string): void {
  ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, what), runAt: ctx.now });
}

/** Takes away a part of what a deleted group or stream held, and comes again for the rest. */
export async function purge(what: string, _payload: unknown, ctx: Context): Promise<void> {
  const [of, id = ''] = what.split('/');
  if (of === 'stream') {
    const left = await ctx.records.list(blocks, { prefix: `${id}/`, limit: batch });
    let bytes = 0;
    for (const block of left) {
      ctx.records.delete(blocks, block.id);
      bytes += block.value.size;
    }
    const group = left[0]?.value.group;
    if (group !== undefined) await shrink(ctx, group, bytes);
    if (left.length === batch) schedule(ctx, what);
    return;
  }
  const left = await ctx.records.listIndex(blocks, 'by-group', { prefix: `${id}/`, limit: batch });
  for (const block of left) ctx.records.delete(blocks, block.id);
  const rows = await ctx.records.list(streams, { prefix: `${id}:`, limit: batch });
  for (const row of rows) ctx.records.delete(streams, row.id);
  if (left.length === batch || rows.length === batch) return schedule(ctx, what);
  if ((await ctx.records.get(sizes, id)) !== undefined) ctx.records.delete(sizes, id);
}

/** What a group stores became less. */
export async function shrink(ctx: Context, group: string, bytes: number): Promise<void> {
  const row = await ctx.records.get(sizes, group);
  if (row !== undefined && bytes > 0) ctx.records.put(sizes, group, { bytes: Math.max(row.bytes - bytes, 0) });
}
