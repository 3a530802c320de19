import type { Context } from '#runtime/context.ts';
import type { JobHandler } from '#runtime/service.ts';
import type { TrailEvent } from './record.ts';
import { isLogging, told, toldPosition, trails } from './records.ts';
import { scheduleTelling, tellMs } from './schedule.ts';
import { byRegion, endOf, type Recorded, readSlices, recordedBy } from './trail-events.ts';
import { inUnit } from './units.ts';

/** What was on record this long before is looked at again: calls are on record at their end, with the time of their beginning. */
const overlapMs = 10_000;
/** Largest event that EventBridge takes. */
const maxBytes = 256 * 1024;

/**
 * Tells EventBridge of the account's management calls that change something, as long as a trail records them (EventBridge user guide,
 * "AWS service events delivered via AWS CloudTrail").
 */
export const tellEvents: JobHandler = async (_what, _payload, ctx) => {
  // Deleted ones, too: their deletion is told.
  const rows = (await ctx.records.list(trails))
    .map(({ value }) => value)
    .filter(({ intervals }) => intervals.length > 0);
  const position = await ctx.records.get(toldPosition, 'all');
  const through =
    position?.through ?? Math.min(ctx.now, ...rows.filter(isLogging).map(({ started = ctx.now }) => started - 1));
  const recorded = rows.map(recordedBy);
  const takes = (event: TrailEvent, time: number) =>
    event.managementEvent && !event.readOnly && recorded.some((records) => records(event, time));
  const span = { from: through - overlapMs, to: ctx.now };
  for await (const { events } of readSlices(ctx, span, takes, '"readOnly":false')) {
    for (const [region, ofRegion] of byRegion(events)) await tell(ctx, region, ofRegion);
  }
  ctx.records.put(toldPosition, 'all', { through: ctx.now });
  if (rows.some(({ intervals }) => endOf(intervals) > ctx.now - overlapMs))
    return scheduleTelling(ctx, ctx.now + tellMs);
  // The next trail that is started begins with its start.
  ctx.records.delete(toldPosition, 'all');
};

/** Those of a Region that were not told yet, and the memory of it, in one unit. */
async function tell(ctx: Context, region: string, events: readonly Recorded[]): Promise<void> {
  await inUnit(
    ctx,
    'TellEvents',
    async (step) => {
      const row = await step.records.get(told, region);
      const known = new Set(row?.recent.map(([id]) => id));
      const fresh = events.filter(({ id }) => !known.has(id));
      if (fresh.length === 0) return;
      for (const { event, text } of fresh) {
        if (Buffer.byteLength(text) > maxBytes) continue;
        const source = `aws.${event.eventSource.split('.', 1)[0]}`;
        step.emit({ source, detailType: 'AWS API Call via CloudTrail', resources: [], detail: event });
      }
      const since = (fresh.at(-1)?.time ?? 0) - 2 * overlapMs - tellMs;
      const recent = [...(row?.recent ?? []), ...fresh.map(({ id, time }) => [id, time] as const)];
      step.records.put(told, region, { recent: recent.filter(([, time]) => time >= since) });
    },
    region,
  );
}
