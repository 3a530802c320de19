import type { Context } from '#runtime/context.ts';
import type { JobHandler } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { advance } from './advance.ts';
import { asRole, groupName, refusalOf, streamName } from './destinations.ts';
import { logPositions, note, type TrailRow } from './records.ts';
import { deliveryMs, scheduleTask } from './schedule.ts';
import { type Recorded, trailOfTask } from './trail-events.ts';
import { inUnit } from './units.ts';

/** Limits of PutLogEvents: bytes and events of a call, and what an event costs beside its text. */
const maxBatchBytes = 1_048_576;
const maxBatchEvents = 10_000;
const eventBytes = 26;
/** CloudTrail sends no larger events to CloudWatch Logs (CloudTrail user guide, "Monitoring CloudTrail log files with CloudWatch Logs"). */
const maxEventBytes = 256 * 1024;

/** Delivers a trail's next events to its log group, a stream for each Region. */
export const deliverLogs: JobHandler = async (what, _payload, ctx) => {
  const trail = await trailOfTask(ctx, what);
  const logs = trail?.logs;
  if (trail === undefined || logs === undefined) return;
  const { state } = await advance(ctx, trail, logPositions, (region, events, through) =>
    deliverRegion(ctx, trail, logs, region, events, through),
  );
  if (state !== 'finished') scheduleTask(ctx, trail, 'deliver-logs', state === 'more' ? ctx.now : ctx.now + deliveryMs);
};

async function deliverRegion(
  ctx: Context,
  trail: TrailRow,
  logs: NonNullable<TrailRow['logs']>,
  region: string,
  events: readonly Recorded[],
  through: number,
): Promise<boolean> {
  const positionId = `${trail.uid}/${region}`;
  const done = await inUnit(ctx, 'DeliverLogEvents', async (step) => {
    return (await step.records.get(logPositions, positionId))?.through ?? 0;
  });
  // An attempt before this one may have come as far as this Region; what came late has an earlier place.
  const batches = batchesOf(through > done ? events.filter(({ time }) => time > done) : events);
  try {
    for (const [at, batch] of batches.entries()) {
      await inUnit(ctx, 'DeliverLogEvents', async (step) => {
        await put(step, trail, logs, streamName(ctx.account, region), batch);
        if (at < batches.length - 1) return;
        await step.records.get(logPositions, positionId);
        step.records.put(logPositions, positionId, { through: Math.max(through, done) });
        await note(step, trail.uid, { logged: step.now, logError: undefined });
      });
    }
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code } = error;
    await inUnit(ctx, 'DeliverLogEvents', (step) => note(step, trail.uid, { logError: code }));
    return false;
  }
}

/** Puts events into a stream, which is made when it is not there. */
async function put(
  step: Context,
  trail: TrailRow,
  { group, role }: NonNullable<TrailRow['logs']>,
  logStreamName: string,
  batch: readonly Recorded[],
): Promise<void> {
  const stream = { logGroupName: groupName(group), logStreamName };
  const logEvents = batch.map(({ time, text }) => ({ timestamp: time, message: text }));
  const send = () => step.call('logs', 'PutLogEvents', { ...stream, logEvents }, asRole(trail, role));
  const refusal = await refusalOf(send);
  if (refusal === undefined) return;
  if (refusal.code !== 'ResourceNotFoundException') throw refusal;
  await step.call('logs', 'CreateLogStream', stream, asRole(trail, role));
  await send();
}

function batchesOf(events: readonly Recorded[]): readonly (readonly Recorded[])[] {
  const batches: Recorded[][] = [];
  let bytes = maxBatchBytes;
  for (const event of events) {
    const size = Buffer.byteLength(event.text) + eventBytes;
    if (size > maxEventBytes) continue;
    const batch = batches.at(-1);
    if (batch === undefined || bytes + size > maxBatchBytes || batch.length >= maxBatchEvents) {
      batches.push([event]);
      bytes = size;
    } else {
      batch.push(event);
      bytes += size;
    }
  }
  return batches;
}
