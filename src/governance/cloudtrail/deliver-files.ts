import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import type { JobHandler } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { advance } from './advance.ts';
import { bucketError, forTrail, objectSettings, placeOf, refusalOf } from './destinations.ts';
import { logFileKey } from './engine/file-names.ts';
import { forget } from './forget.ts';
import { filePositions, files, note, type TrailRow } from './records.ts';
import { deliveryMs, scheduleTask } from './schedule.ts';
import { type Recorded, sliceEvents, trailOfTask } from './trail-events.ts';
import { inUnit } from './units.ts';

const compress = promisify(gzip);

/** A trail with this much to deliver is looked after every minute. */
const busyEvents = sliceEvents / 4;
const busyMs = 60_000;

/** Delivers a trail's next log files: one for each Region that has events. */
export const deliverFiles: JobHandler = async (what, _payload, ctx) => {
  const trail = await trailOfTask(ctx, what);
  if (trail === undefined) return;
  const { state, events } = await advance(ctx, trail, filePositions, (region, ofRegion, through) =>
    deliverFile(ctx, trail, region, ofRegion, through),
  );
  if (state === 'finished') {
    if (trail.validation) scheduleTask(ctx, trail, 'digest', ctx.now);
    else if (trail.deleted === true) await forget(ctx, trail);
    return;
  }
  const ms = state === 'waiting' && events > busyEvents ? busyMs : deliveryMs;
  scheduleTask(ctx, trail, 'deliver', state === 'more' ? ctx.now : ctx.now + ms);
};

/** One file, its place in the next digest and the position behind it, in one unit. @returns whether it was delivered */
async function deliverFile(
  ctx: Context,
  trail: TrailRow,
  region: string,
  events: readonly Recorded[],
  through: number,
): Promise<boolean> {
  const positionId = `${trail.uid}/${region}`;
  const done = await inUnit(ctx, 'DeliverLogFile', async (step) => {
    return (await step.records.get(filePositions, positionId))?.through ?? 0;
  });
  // An attempt before this one may have come as far as this Region; what came late has an earlier place.
  const fresh = through > done ? events.filter(({ time }) => time > done) : events;
  const [oldest] = fresh;
  const newest = fresh.at(-1);
  if (oldest === undefined || newest === undefined) return true;
  const text = `{"Records":[${fresh.map((each) => each.text).join(',')}]}`;
  const body = await compress(text);
  const key = logFileKey({ prefix: trail.prefix, account: ctx.account, region }, ctx.now, uniqueText());
  const file = {
    bucket: trail.bucket,
    key,
    hash: createHash('sha256').update(text).digest('hex'),
    oldest: oldest.time,
    newest: newest.time,
  };
  try {
    await inUnit(ctx, 'DeliverLogFile', async (step) => {
      await step.records.get(filePositions, positionId);
      const content = { Body: body, ContentType: 'application/json', ContentEncoding: 'gzip' };
      const object = { Bucket: trail.bucket, Key: key, ...content, ...objectSettings(trail) };
      await step.call('s3', 'PutObject', object, forTrail(trail));
      if (trail.validation)
        step.records.create(files, `${trail.uid}/${region}/${key}`, { ...file, region, at: step.now });
      step.records.put(filePositions, positionId, { through: Math.max(through, done) });
      const notified = await notify(step, trail, key);
      await note(step, trail.uid, { tried: step.now, delivered: step.now, error: undefined, ...notified });
    });
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const code = bucketError(error);
    await inUnit(ctx, 'DeliverLogFile', (step) => note(step, trail.uid, { tried: step.now, error: code }));
    return false;
  }
}

/** Tells the topic. One that refuses loses the notice, not the file. */
async function notify(step: Context, trail: TrailRow, key: string): Promise<object> {
  if (trail.topic === undefined) return {};
  const { arn: TopicArn } = trail.topic;
  const Message = JSON.stringify({ s3Bucket: trail.bucket, s3ObjectKey: [key] });
  const refusal = await refusalOf(() =>
    step.call('sns', 'Publish', { TopicArn, Message }, { ...forTrail(trail), ...placeOf(TopicArn) }),
  );
  return refusal === undefined
    ? { notifyTried: step.now, notified: step.now, notifyError: undefined }
    : { notifyTried: step.now, notifyError: refusal.code };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab';

/** 16 letters and digits. */
function uniqueText(): string {
  return Array.from(randomBytes(16), (byte) => letters[byte & 63]).join('');
}
