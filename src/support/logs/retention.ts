import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { groupResource, ownGroup } from './access.ts';
import type { Operation } from './api.ts';
import { expiryOf } from './engine/batch.ts';
import { invalid } from './errors.ts';
import { shrink } from './purge.ts';
import { blocks, type GroupRow, groups, sortable } from './records.ts';
import { newSpan, spans } from './spans.ts';

const kind = 'logs/retention';

/** Days that a group may keep its events (API reference, "PutRetentionPolicy"). */
const allowed = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What has expired is not shown any more at once; it is taken away this often, ms. */
const every = 3_600_000;
/** Blocks that one run takes away. */
const batch = 200;

export const PutRetentionPolicy: Operation<'PutRetentionPolicy'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName, retentionInDays: days }, ctx) => {
    const row = await ownGroup(ctx, logGroupName);
    if (!allowed.includes(days)) {
      throw invalid(
        `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
      );
    }
    if (row.logClass === 'DELIVERY')
      throw invalid('The retention of log groups of the DELIVERY class cannot be changed.');
    ctx.records.put(groups, row.name, { ...row, retentionDays: days });
    scheduleExpiry(ctx, { ...row, retentionDays: days });
    return {};
  },
};

export const DeleteRetentionPolicy: Operation<'DeleteRetentionPolicy'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName }, ctx) => {
    const row = await ownGroup(ctx, logGroupName);
    ctx.records.put(groups, row.name, { ...row, retentionDays: undefined });
    ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, row.id), runAt: undefined });
    return {};
  },
};

export function scheduleExpiry(ctx: Context, { id, name, retentionDays }: GroupRow): void {
  if (retentionDays === undefined) return;
  ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, id), runAt: ctx.now + every, payload: name });
}

/** Takes away what has expired; comes again sooner where there is more. */
export async function expire(id: string, payload: unknown, ctx: Context): Promise<void> {
  const name = String(payload);
  const row = await ctx.records.get(groups, name);
  if (row?.id !== id || row.retentionDays === undefined) return;
  const expiry = expiryOf(ctx.now, row.retentionDays);
  let taken = 0;
  let bytes = 0;
  for (const span of [newSpan, ...spans.map((each) => each.name)]) {
    const listed = await ctx.records.listIndex(blocks, 'by-group', { prefix: `${id}/${span}/`, limit: batch - taken });
    for (const { id: block, value, indexKey } of listed) {
      // In order of their beginning: those behind begin later still.
      if (indexKey >= `${id}/${span}/${sortable(expiry)}`) break;
      if (value.last >= expiry) continue;
      ctx.records.delete(blocks, block);
      taken += 1;
      bytes += value.size;
    }
    if (taken >= batch) break;
  }
  await shrink(ctx, id, bytes);
  const runAt = ctx.now + (taken >= batch ? 0 : every);
  ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, id), runAt, payload: name });
}
