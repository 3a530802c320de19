import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import type { JobHandler } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { isDelivered } from './advance.ts';
import { bucketError, forTrail, objectSettings } from './destinations.ts';
import { type Digest, digestText, textToSign } from './engine/digest.ts';
import { digestKey } from './engine/file-names.ts';
import { forget } from './forget.ts';
import { type ChainsRow, chains, filePositions, files, note, type TrailRow } from './records.ts';
import { digestMs, scheduleTask, wholeSecond } from './schedule.ts';
import { ensureSigningKey, signText } from './signing-key.ts';
import { trailOfTask } from './trail-events.ts';
import { inUnit } from './units.ts';

const compress = promisify(gzip);

/** Hours that one job makes up for when the server was down. */
const hoursAtOnce = 24;
const retryMs = 5 * 60_000;
const filesAtOnce = 10_000;

/** Writes the digests that are due, one for each Region and hour; after the last file of a trail that was stopped, the last ones. */
export const writeDigests: JobHandler = async (what, _payload, ctx) => {
  const trail = await trailOfTask(ctx, what);
  if (trail === undefined) return;
  if (!trail.validation) return endChains(ctx, trail);
  let row = await chainsOf(ctx, trail);
  if (row === undefined) return;
  for (let hour = 0; hour < hoursAtOnce && lastEnd(row, trail) + digestMs <= ctx.now; hour += 1) {
    if (!(await writeAll(ctx, trail, lastEnd(row, trail) + digestMs)))
      return scheduleTask(ctx, trail, 'digest', ctx.now + retryMs);
    row = (await chainsOf(ctx, trail)) ?? row;
  }
  if (lastEnd(row, trail) + digestMs <= ctx.now) return scheduleTask(ctx, trail, 'digest', ctx.now);
  const delivered = await inUnit(ctx, 'DeliverDigestFile', (step) => isDelivered(step, trail, filePositions));
  if (!delivered) return scheduleTask(ctx, trail, 'digest', lastEnd(row, trail) + digestMs);
  if (!(await writeAll(ctx, trail, wholeSecond(ctx.now), true)))
    return scheduleTask(ctx, trail, 'digest', ctx.now + retryMs);
  await endChains(ctx, trail);
};

function chainsOf(ctx: Context, { uid }: TrailRow): Promise<ChainsRow | undefined> {
  return inUnit(ctx, 'DeliverDigestFile', (step) => step.records.get(chains, uid));
}

/** Every chain has a digest up to here. The home Region always has one. */
function lastEnd({ start, regions }: ChainsRow, trail: TrailRow): number {
  return regions[trail.region]?.end ?? start;
}

/** The next digest begins a chain. */
async function endChains(ctx: Context, trail: TrailRow): Promise<void> {
  if (trail.deleted === true) return forget(ctx, trail);
  if ((await ctx.records.get(chains, trail.uid)) !== undefined) ctx.records.delete(chains, trail.uid);
  for (const { id } of await ctx.records.list(files, { prefix: `${trail.uid}/` })) ctx.records.delete(files, id);
}

/**
 * The digests of all Regions up to a time. The home Region's comes last: it says that all are there.
 *
 * @param last names every file that is left
 */
async function writeAll(ctx: Context, trail: TrailRow, end: number, last = false): Promise<boolean> {
  const regions = await inUnit(ctx, 'DeliverDigestFile', async (step) => {
    const row = await step.records.get(chains, trail.uid);
    const waiting = await step.records.list(files, { prefix: `${trail.uid}/`, limit: filesAtOnce });
    return new Set([...Object.keys(row?.regions ?? {}), ...waiting.map(({ value }) => value.region)]);
  });
  regions.delete(trail.region);
  try {
    for (const region of [...regions, trail.region]) await writeDigest(ctx, trail, region, end, last);
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const code = bucketError(error);
    await inUnit(ctx, 'DeliverDigestFile', (step) => note(step, trail.uid, { digestError: code }));
    return false;
  }
}

type Prepared = {
  readonly digest: Digest;
  readonly text: string;
  readonly hash: string;
  readonly signature: string;
  readonly named: readonly string[];
};

async function writeDigest(ctx: Context, trail: TrailRow, region: string, end: number, last: boolean): Promise<void> {
  const prepared = await inUnit(ctx, 'DeliverDigestFile', (step) => prepare(step, trail, region, end, last));
  if (prepared === undefined) return;
  const { digest, text, hash, signature, named } = prepared;
  const { bucket, key } = digest;
  const Body = await compress(text);
  await inUnit(ctx, 'DeliverDigestFile', async (step) => {
    const row = await step.records.get(chains, trail.uid);
    if (row === undefined) return;
    const content = { Body, ContentType: 'application/json', ContentEncoding: 'gzip' };
    const Metadata = { signature, 'signature-algorithm': 'SHA256withRSA' };
    const settings = objectSettings({ arn: trail.arn, kmsKey: undefined });
    await step.call(
      's3',
      'PutObject',
      { Bucket: bucket, Key: key, ...content, Metadata, ...settings },
      forTrail(trail),
    );
    for (const id of named) {
      if ((await step.records.get(files, id)) !== undefined) step.records.delete(files, id);
    }
    const link = { end, previous: { bucket, key, hash, signature } };
    step.records.put(chains, trail.uid, { ...row, regions: { ...row.regions, [region]: link } });
    await note(step, trail.uid, { digested: step.now, digestError: undefined });
  });
}

/** @returns undefined when the Region has its digest already */
async function prepare(
  step: Context,
  trail: TrailRow,
  region: string,
  end: number,
  last: boolean,
): Promise<Prepared | undefined> {
  const row = await step.records.get(chains, trail.uid);
  if (row === undefined) return undefined;
  const link = row.regions[region];
  const start = link?.end ?? Math.max(row.start, end - digestMs);
  if (start >= end) return undefined;
  const waiting = await step.records.list(files, { prefix: `${trail.uid}/${region}/`, limit: filesAtOnce });
  // A file that was on its way at that time is named by the next digest.
  const due = waiting.filter(({ value }) => last || value.at <= end);
  const signingKey = await ensureSigningKey(step, region);
  const digest: Digest = {
    account: trail.account,
    bucket: trail.bucket,
    key: digestKey({ prefix: trail.prefix, account: trail.account, region }, trail, end),
    start,
    end,
    fingerprint: signingKey.fingerprint,
    previous: link?.previous,
    files: due.map(({ value }) => value),
  };
  const text = digestText(digest);
  const hash = createHash('sha256').update(text).digest('hex');
  const signature = signText(signingKey, textToSign(digest, hash));
  return { digest, text, hash, signature, named: due.map(({ id }) => id) };
}
