import type { Context } from '#runtime/context.ts';
import { findTrail, homeTrail, trailResource } from './access.ts';
import type { Operation, Output } from './api.ts';
import {
  filePositions,
  type Interval,
  isLogging,
  logPositions,
  statuses,
  type TrailRow,
  trailId,
  trails,
} from './records.ts';
import { beginDelivery, finishSoon, lateMs } from './schedule.ts';

export const StartLogging: Operation<'StartLogging'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async ({ Name }, ctx) => {
    const before = await homeTrail(Name, ctx);
    if (isLogging(before)) return {};
    const intervals = [...(await undelivered(before, ctx)), { from: ctx.now }];
    const row = { ...before, intervals, started: ctx.now };
    ctx.records.put(trails, trailId(row), row);
    await beginDelivery(ctx, row);
    return {};
  },
};

export const StopLogging: Operation<'StopLogging'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async ({ Name }, ctx) => {
    const before = await homeTrail(Name, ctx);
    const last = before.intervals.at(-1);
    if (last === undefined || last.to !== undefined) return {};
    const row = {
      ...before,
      intervals: [...before.intervals.slice(0, -1), { ...last, to: ctx.now }],
      stopped: ctx.now,
    };
    ctx.records.put(trails, trailId(row), row);
    finishSoon(ctx, row);
    return {};
  },
};

export const GetTrailStatus: Operation<'GetTrailStatus'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async ({ Name }, ctx): Promise<Output<'GetTrailStatus'>> => {
    const trail = await findTrail(Name, ctx);
    const row = (await ctx.records.get(statuses, trail.uid)) ?? {};
    const { started, stopped } = trail;
    return {
      IsLogging: isLogging(trail),
      ...dated('LatestDeliveryTime', row.delivered),
      ...dated('LatestNotificationTime', row.notified),
      ...dated('StartLoggingTime', started),
      ...dated('StopLoggingTime', stopped),
      ...dated('LatestCloudWatchLogsDeliveryTime', row.logged),
      ...dated('LatestDigestDeliveryTime', row.digested),
      ...(row.error === undefined ? {} : { LatestDeliveryError: row.error }),
      ...(row.notifyError === undefined ? {} : { LatestNotificationError: row.notifyError }),
      ...(row.logError === undefined ? {} : { LatestCloudWatchLogsDeliveryError: row.logError }),
      ...(row.digestError === undefined ? {} : { LatestDigestDeliveryError: row.digestError }),
      LatestDeliveryAttemptTime: iso(row.tried),
      LatestNotificationAttemptTime: iso(row.notifyTried),
      LatestNotificationAttemptSucceeded: iso(row.notified),
      LatestDeliveryAttemptSucceeded: iso(row.delivered),
      TimeLoggingStarted: iso(started),
      TimeLoggingStopped: iso(stopped),
    };
  },
};

/** Intervals that may still have events to deliver, late ones included. */
async function undelivered({ uid, logs, intervals }: TrailRow, ctx: Context): Promise<readonly Interval[]> {
  const kinds = logs === undefined ? [filePositions] : [filePositions, logPositions];
  const positions = await Promise.all(kinds.map((kind) => ctx.records.get(kind, uid)));
  const through = Math.min(...positions.map((position) => position?.through ?? 0));
  return intervals.filter(({ to = Number.POSITIVE_INFINITY }) => to > through - 2 * lateMs);
}

function dated<K extends string>(member: K, ms: number | undefined): { readonly [P in K]?: Date } {
  return ms === undefined ? {} : ({ [member]: new Date(ms) } as { readonly [P in K]?: Date });
}

/** Older members have times as text, and an empty one where there is none. */
function iso(ms: number | undefined): string {
  return ms === undefined ? '' : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
