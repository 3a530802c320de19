import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { bucketRef, requestKeys } from './access.ts';
import { objectBlob } from './contents.ts';
import { objectId, versionPrefix, versionRecordId } from './engine/object-id.ts';
import { nullVersion, sequenceOf, versionIdOf } from './engine/version-id.ts';
import { invalidArgument, refusal } from './errors.ts';
import { type BucketRow, type ObjectRow, objects, placeOf, versions } from './records.ts';

/** A version where it is kept: current ones apart from earlier ones. */
export type Found = { readonly row: ObjectRow; readonly current: boolean };

/** The newest version of a key, where it is no delete marker. */
export function currentOf(ctx: Context, bucket: BucketRow, key: string): Promise<ObjectRow | undefined> {
  return placeOf(ctx, bucket).get(objects, objectId(bucket.id, key));
}

/** The newest of the earlier versions and delete markers. */
export async function latestBehind(ctx: Context, bucket: BucketRow, key: string): Promise<ObjectRow | undefined> {
  if (bucket.versioning === undefined) return undefined;
  const [entry] = await placeOf(ctx, bucket).list(versions, { prefix: versionPrefix(bucket.id, key), limit: 1 });
  return entry?.value;
}

/** A version by its id. @throws ServiceError InvalidArgument for what is no id */
export async function findVersion(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  versionId: string,
): Promise<Found | undefined> {
  const place = placeOf(ctx, bucket);
  const current = await currentOf(ctx, bucket, key);
  if (current?.versionId === versionId) return { row: current, current: true };
  if (versionId === nullVersion) {
    const [row] = await place.listIndex(versions, 'null', { equals: objectId(bucket.id, key), limit: 1 });
    return row === undefined ? undefined : { row: row.value, current: false };
  }
  const sequence = sequenceOf(versionId);
  if (sequence === undefined || bucket.versioning === undefined)
    throw invalidArgument('Invalid version id specified', 'versionId', versionId);
  const row = await place.get(versions, versionRecordId(bucket.id, key, sequence));
  return row?.versionId === versionId ? { row, current: false } : undefined;
}

/**
 * The version that a request means: by id, or the newest.
 *
 * @param method the request's, which the refusal of a delete marker names
 * @throws ServiceError NoSuchKey (or AccessDenied to who may not list), NoSuchVersion, MethodNotAllowed
 */
export async function versionFor(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  versionId: string | undefined,
  method = ctx.http?.method ?? 'GET',
): Promise<ObjectRow> {
  if (versionId !== undefined) {
    const found = await findVersion(ctx, bucket, key, versionId);
    if (found === undefined) {
      await mayKnow(ctx, bucket, method);
      throw refusal('NoSuchVersion', { Key: key, VersionId: versionId });
    }
    if (found.row.marker === true) throw markerRefusal(ctx, found.row, method);
    return found.row;
  }
  const current = await currentOf(ctx, bucket, key);
  if (current !== undefined) return current;
  const behind = await latestBehind(ctx, bucket, key);
  if (behind?.marker === true) sayMarker(ctx, behind);
  await mayKnow(ctx, bucket, method);
  throw refusal('NoSuchKey', { Key: key });
}

/** That something is absent is told to those who may list the bucket. @throws ServiceError AccessDenied */
async function mayKnow(ctx: Context, bucket: BucketRow, method: string): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return;
  await ctx.authorise('s3:ListBucket', await bucketRef(ctx, bucket), requestKeys(ctx));
}

function markerRefusal(ctx: Context, row: ObjectRow, method: string): Error {
  sayMarker(ctx, row);
  if (ctx.http !== undefined) ctx.http.answer['last-modified'] = new Date(row.modified).toUTCString();
  return refusal('MethodNotAllowed', { Method: method, ResourceType: 'DeleteMarker' });
}

function sayMarker({ http }: Context, row: ObjectRow): void {
  if (http === undefined) return;
  http.answer['x-amz-delete-marker'] = 'true';
  http.answer['x-amz-version-id'] = row.versionId;
}

export type Draft = Omit<ObjectRow, 'sequence' | 'versionId' | 'modified'>;

/** Writes a new version on top, as the bucket's versioning says. @returns the row written */
export async function putVersion(ctx: Context, bucket: BucketRow, key: string, draft: Draft): Promise<ObjectRow> {
  const place = placeOf(ctx, bucket);
  const id = objectId(bucket.id, key);
  const current = await place.get(objects, id);
  const row: ObjectRow = { ...draft, ...(await newVersion(ctx, bucket, key, current)), modified: ctx.now };
  await giveWay(ctx, bucket, key, current);
  if (row.marker === true) {
    if (current !== undefined) place.delete(objects, id);
    place.create(versions, versionRecordId(bucket.id, key, row.sequence), row);
  } else place.put(objects, id, row);
  return row;
}

/** The number and id of a version on top of what is there. */
async function newVersion(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  current: ObjectRow | undefined,
): Promise<Pick<ObjectRow, 'sequence' | 'versionId'>> {
  const top = current ?? (await latestBehind(ctx, bucket, key));
  const sequence = Math.max(ctx.now, (top?.sequence ?? 0) + 1);
  return { sequence, versionId: bucket.versioning === 'Enabled' ? versionIdOf(sequence, ctx.random(18)) : nullVersion };
}

/** What was current becomes an earlier version, or goes, where the bucket keeps one version only. */
async function giveWay(ctx: Context, bucket: BucketRow, key: string, current: ObjectRow | undefined): Promise<void> {
  const place = placeOf(ctx, bucket);
  const replaced = bucket.versioning === 'Enabled' ? undefined : nullVersion;
  if (current !== undefined) {
    if (current.versionId === replaced) discard(ctx, bucket, key, current);
    else place.create(versions, versionRecordId(bucket.id, key, current.sequence), current);
  }
  if (bucket.versioning !== 'Suspended' || current?.versionId === nullVersion) return;
  for (const { id, value } of await place.listIndex(versions, 'null', { equals: objectId(bucket.id, key) })) {
    place.delete(versions, id);
    discard(ctx, bucket, key, value);
  }
}

/** Removes one version for good; the next one becomes current. */
export async function removeVersion(ctx: Context, bucket: BucketRow, key: string, found: Found): Promise<void> {
  const place = placeOf(ctx, bucket);
  const id = objectId(bucket.id, key);
  const { row } = found;
  if (found.current) {
    place.delete(objects, id);
    await promote(ctx, bucket, key);
  } else {
    place.delete(versions, versionRecordId(bucket.id, key, row.sequence));
    // Behind a delete marker on top there may be an object, which is seen again.
    if (row.marker === true && (await place.get(objects, id)) === undefined) await promote(ctx, bucket, key);
  }
  discard(ctx, bucket, key, row);
}

async function promote(ctx: Context, bucket: BucketRow, key: string): Promise<void> {
  const place = placeOf(ctx, bucket);
  const next = await latestBehind(ctx, bucket, key);
  if (next === undefined || next.marker === true) return;
  place.delete(versions, versionRecordId(bucket.id, key, next.sequence));
  place.put(objects, objectId(bucket.id, key), next);
}

/** How long the parts of a replaced object stay for those who are reading it. */
const readersMs = 3_600_000;

/** Deletes what a version consists of, when its record is gone. */
export function discard(ctx: Context, bucket: BucketRow, key: string, row: ObjectRow): void {
  if (row.blob !== undefined) ctx.publish('s3/discard', { blobs: [objectBlob(bucket, key, row.blob)] });
  if (row.upload !== undefined) {
    ctx.schedule({
      kind: 's3/discard-parts',
      id: jobId(bucket.account, bucket.region, row.upload),
      runAt: ctx.now + readersMs,
      payload: { partCount: row.partCount ?? 0 },
    });
  }
}
