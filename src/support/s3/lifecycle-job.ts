import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { JobHandler } from '#runtime/service.ts';
import { appliesTo, expiryOf, noncurrentExpiry, transitionedClass } from './engine/lifecycle.ts';
import { keyOf, objectId, pastVersions, versionPrefix } from './engine/object-id.ts';
import { deletability } from './engine/object-lock.ts';
import { nextMidnight } from './lifecycle.ts';
import { tellNotified } from './notify.ts';
import { type BucketRow, buckets, type ObjectRow, objects, placeOf, uploads, versions } from './records.ts';
import { endUpload } from './uploads.ts';
import { putVersion, removeVersion } from './versions.ts';

/** Where the walk through a bucket stands; one unit of work takes a page. */
type Progress = {
  readonly bucket: string;
  readonly phase?: 'objects' | 'versions' | 'uploads';
  readonly after?: string | undefined;
};

const page = 250;
/** Smaller objects don't move to another class unless a rule says so (S3 user guide, "Lifecycle transition considerations"). */
const smallestMoved = 128 * 1024;

/** Does what the rules of a bucket say, page by page, then waits for the next midnight. */
export const runLifecycle: JobHandler = async (_id, payload, ctx) => {
  const progress = payload as Progress;
  const bucket = await ctx.records.get(buckets, progress.bucket);
  if (bucket?.lifecycle === undefined) return;
  const { phase = 'objects' } = progress;
  const after = await { objects: currents, versions: earlier, uploads: unfinished }[phase](ctx, bucket, progress.after);
  const next =
    after !== undefined ? phase : phase === 'objects' ? 'versions' : phase === 'versions' ? 'uploads' : undefined;
  ctx.schedule({
    kind: 's3/lifecycle',
    id: jobId(bucket.account, bucket.region, bucket.id),
    runAt: next === undefined ? nextMidnight(ctx.now) : ctx.now,
    payload: { bucket: bucket.name, ...(next === undefined ? {} : { phase: next, after }) } satisfies Progress,
  });
};

const from = (after: string | undefined) => (after === undefined ? {} : { after });

async function currents(ctx: Context, bucket: BucketRow, after: string | undefined): Promise<string | undefined> {
  const rules = bucket.lifecycle?.rules ?? [];
  const place = placeOf(ctx, bucket);
  const found = await place.list(objects, { prefix: `${bucket.id}/`, limit: page, ...from(after) });
  for (const { id, value: row } of found) {
    const key = keyOf(id);
    const subject = { key, ...row };
    const expiry = expiryOf(rules, subject);
    if (expiry !== undefined && expiry.at <= ctx.now) {
      await expire(ctx, bucket, key, row);
      continue;
    }
    const storageClass = transitionedClass(rules, subject, ctx.now);
    const named = rules.some((rule) => rule.sizeAbove !== undefined && appliesTo(rule, subject));
    if (storageClass === undefined || storageClass === (row.storageClass ?? 'STANDARD')) continue;
    if (row.size < smallestMoved && !named) continue;
    place.put(objects, objectId(bucket.id, key), { ...row, storageClass });
    tellNotified(ctx, bucket, key, row, 's3:LifecycleTransition');
  }
  return found.length < page ? undefined : found.at(-1)?.id;
}

async function expire(ctx: Context, bucket: BucketRow, key: string, row: ObjectRow): Promise<void> {
  if (bucket.versioning === undefined) {
    await removeVersion(ctx, bucket, key, { row, current: true });
    tellNotified(ctx, bucket, key, row, 's3:LifecycleExpiration:Delete');
    return;
  }
  const marker = await putVersion(ctx, bucket, key, { marker: true, size: 0, etag: '', owner: bucket.account });
  tellNotified(ctx, bucket, key, marker, 's3:LifecycleExpiration:DeleteMarkerCreated');
}

/** Earlier versions, key by key: when one was overtaken is told by the one above it. */
async function earlier(ctx: Context, bucket: BucketRow, after: string | undefined): Promise<string | undefined> {
  const rules = bucket.lifecycle?.rules ?? [];
  const place = placeOf(ctx, bucket);
  const [first] = await place.list(versions, { prefix: `${bucket.id}/`, limit: 1, ...from(after) });
  if (first === undefined) return undefined;
  const key = keyOf(first.id);
  const all = await place.list(versions, { prefix: versionPrefix(bucket.id, key), limit: 1_000 });
  const current = await place.get(objects, objectId(bucket.id, key));
  let above = current?.modified;
  let newer = 0;
  let left = all.length;
  for (const { value: row } of all) {
    if (above !== undefined) {
      const at = noncurrentExpiry(rules, { key, ...row }, above, newer);
      newer += 1;
      if (at !== undefined && at <= ctx.now && deletability(row, ctx.now) === 'free') {
        await removeVersion(ctx, bucket, key, { row, current: false });
        tellNotified(ctx, bucket, key, row, 's3:LifecycleExpiration:Delete');
        left -= 1;
      }
    }
    above = row.modified;
  }
  const [top] = all;
  const lone = current === undefined && left === 1 && top?.value.marker === true;
  const tidied = rules.some((rule) => rule.expiredMarkers === true && appliesTo(rule, { key, size: 0 }));
  if (lone && tidied && top !== undefined) await removeVersion(ctx, bucket, key, { row: top.value, current: false });
  return pastVersions(bucket.id, key);
}

async function unfinished(ctx: Context, bucket: BucketRow, after: string | undefined): Promise<string | undefined> {
  const rules = bucket.lifecycle?.rules ?? [];
  const found = await placeOf(ctx, bucket).list(uploads, { prefix: `${bucket.id}/`, limit: page, ...from(after) });
  for (const { value: upload } of found) {
    const due = rules.some(
      (rule) =>
        rule.abortAfterDays !== undefined &&
        rule.enabled &&
        upload.key.startsWith(rule.prefix) &&
        upload.initiated + rule.abortAfterDays * 86_400_000 <= ctx.now,
    );
    if (due) endUpload(ctx, bucket, upload);
  }
  return found.length < page ? undefined : found.at(-1)?.id;
}

/** Empties what is left of a bucket that is gone: unfinished uploads, and objects that came while it went. */
export const emptyBucket: JobHandler = async (id, payload, ctx) => {
  const { bucket } = payload as { readonly bucket: BucketRow };
  const place = placeOf(ctx, bucket);
  const pending = await place.list(uploads, { prefix: `${bucket.id}/`, limit: page });
  for (const { value } of pending) endUpload(ctx, bucket, value);
  const left = await place.list(objects, { prefix: `${bucket.id}/`, limit: page });
  for (const entry of left) await removeVersion(ctx, bucket, keyOf(entry.id), { row: entry.value, current: true });
  const behind = await place.list(versions, { prefix: `${bucket.id}/`, limit: page });
  for (const entry of behind) {
    if (left.length === 0) await removeVersion(ctx, bucket, keyOf(entry.id), { row: entry.value, current: false });
  }
  if (pending.length + left.length + behind.length === 0) return;
  ctx.schedule({ kind: 's3/empty', id: jobId(bucket.account, bucket.region, id), runAt: ctx.now + 60_000, payload });
};
