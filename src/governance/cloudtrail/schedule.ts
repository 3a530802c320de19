import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { chains, logPositions, type TrailRow } from './records.ts';

/** How often files are delivered; AWS: about every five minutes. */
export const deliveryMs = 5 * 60_000;
export const digestMs = 3_600_000;
/** How often the account's events are told to EventBridge. */
export const tellMs = 5_000;
/** An event is delivered when it is this old. */
export const settleMs = 60_000;
/** Calls that take longer are looked for after this time: functions run for a quarter of an hour, uploads for longer. */
export const lateMs = 60 * 60_000;

export type Task = 'deliver' | 'deliver-logs' | 'digest';

/** A trail's job: it finds the trail by its name, or by its uid once it is deleted. */
export function scheduleTask(ctx: Context, trail: TrailRow, task: Task, runAt: number): void {
  const id = jobId(trail.account, trail.region, `${trail.name}|${trail.uid}`);
  ctx.schedule({ kind: `cloudtrail/${task}`, id, runAt });
}

/** The account's job that tells EventBridge. */
export function scheduleTelling(ctx: Context, runAt: number): void {
  ctx.schedule({ kind: 'cloudtrail/tell', id: jobId(ctx.account, 'us-east-1', 'all'), runAt });
}

/**
 * Begins what a trail delivers from now on.
 *
 * @param before the trail as it was, when it was logging already: what went on goes on
 */
export async function beginDelivery(ctx: Context, trail: TrailRow, before?: TrailRow): Promise<void> {
  if (before === undefined) {
    scheduleTask(ctx, trail, 'deliver', ctx.now + deliveryMs);
    scheduleTelling(ctx, ctx.now + tellMs);
  }
  if (trail.logs !== undefined && before?.logs === undefined) {
    // Events from before a trail had a log group are not for it.
    const position = await ctx.records.get(logPositions, trail.uid);
    if (position === undefined || before !== undefined)
      ctx.records.put(logPositions, trail.uid, { through: ctx.now - 1 });
    scheduleTask(ctx, trail, 'deliver-logs', ctx.now + deliveryMs);
  }
  if (trail.validation && before?.validation !== true) {
    if ((await ctx.records.get(chains, trail.uid)) === undefined)
      ctx.records.put(chains, trail.uid, { start: wholeSecond(ctx.now), regions: {} });
    scheduleTask(ctx, trail, 'digest', ctx.now + digestMs);
  }
}

/** A trail that records no more: its last events are delivered as soon as they have settled. */
export function finishSoon(ctx: Context, trail: TrailRow): void {
  scheduleTask(ctx, trail, 'deliver', ctx.now + settleMs + 1);
  if (trail.logs !== undefined) scheduleTask(ctx, trail, 'deliver-logs', ctx.now + settleMs + 1);
}

/** Digests name their times in seconds. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
