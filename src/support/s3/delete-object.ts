import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { bucketOf, objectRef, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { objectId } from './engine/object-id.ts';
import { deletability } from './engine/object-lock.ts';
import { refusal, refused } from './errors.ts';
import { tellNotified } from './notify.ts';
import { versionAction } from './object-access.ts';
import { checkKey } from './object-input.ts';
import { headerRefused } from './put-object.ts';
import { type BucketRow, objects, placeOf } from './records.ts';
import { currentOf, type Found, findVersion, latestBehind, putVersion, removeVersion } from './versions.ts';

export const DeleteObject: Operation<'DeleteObject'> = {
  action: versionAction('s3:DeleteObject', 's3:DeleteObjectVersion'),
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({
    ...requestKeys(ctx),
    's3:versionid': input.VersionId,
    's3:if-match': input.IfMatch,
  }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    if (input.IfMatchLastModifiedTime !== undefined) throw headerRefused('x-amz-if-match-last-modified-time');
    if (input.IfMatchSize !== undefined) throw headerRefused('x-amz-if-match-size');
    const done = await deleteOne(
      ctx,
      bucket,
      input.Key,
      input.VersionId,
      input.BypassGovernanceRetention,
      input.IfMatch,
    );
    return {
      ...(done.markerId === undefined && done.removedMarker !== true ? {} : { DeleteMarker: true }),
      ...(done.markerId === undefined
        ? done.versionId === undefined
          ? {}
          : { VersionId: done.versionId }
        : { VersionId: done.markerId }),
    };
  },
};

type Done = {
  /** The version that was removed. */
  readonly versionId?: string | undefined;
  readonly removedMarker?: boolean;
  /** The delete marker that was put on top. */
  readonly markerId?: string;
};

/** Deletes a version, or puts a delete marker on top, as the bucket's versioning says. @throws ServiceError */
async function deleteOne(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  versionId: string | undefined,
  bypass: boolean | undefined,
  ifMatch?: string,
): Promise<Done> {
  checkKey(key);
  if (ifMatch !== undefined) await checkIfMatch(ctx, bucket, key, ifMatch);
  if (versionId !== undefined) {
    const found = await findVersion(ctx, bucket, key, versionId);
    if (found === undefined) return { versionId };
    await checkLock(ctx, bucket, key, found, bypass);
    await removeVersion(ctx, bucket, key, found);
    tellNotified(ctx, bucket, key, found.row, 's3:ObjectRemoved:Delete');
    return { versionId, removedMarker: found.row.marker === true };
  }
  const current = await currentOf(ctx, bucket, key);
  if (bucket.versioning === undefined) {
    if (current === undefined) return {};
    await removeVersion(ctx, bucket, key, { row: current, current: true });
    tellNotified(ctx, bucket, key, current, 's3:ObjectRemoved:Delete');
    return {};
  }
  const marker = await putVersion(ctx, bucket, key, { marker: true, size: 0, etag: '', owner: bucket.account });
  tellNotified(ctx, bucket, key, marker, 's3:ObjectRemoved:DeleteMarkerCreated');
  return { markerId: marker.versionId };
}

async function checkIfMatch(ctx: Context, bucket: BucketRow, key: string, ifMatch: string): Promise<void> {
  const current = await placeOf(ctx, bucket).get(objects, objectId(bucket.id, key));
  if (current === undefined) {
    if ((await latestBehind(ctx, bucket, key)) === undefined) throw refusal('NoSuchKey', { Key: key });
    throw refusal('PreconditionFailed', { Condition: 'If-Match' });
  }
  if (ifMatch !== '*' && current.etag !== ifMatch.replace(/^"|"$/g, ''))
    throw refusal('PreconditionFailed', { Condition: 'If-Match' });
}

/** @throws ServiceError AccessDenied for a version that is locked */
async function checkLock(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  { row }: Found,
  bypass: boolean | undefined,
): Promise<void> {
  const may = deletability(row, ctx.now);
  if (may === 'free') return;
  if (may === 'bypass' && bypass === true) {
    await ctx.authorise('s3:BypassGovernanceRetention', await objectRef(ctx, bucket, key, row), requestKeys(ctx));
    return;
  }
  throw refused('AccessDenied', 'Access Denied because object protected by object lock.', 403);
}

const maxKeys = 1_000;

export const DeleteObjects: Operation<'DeleteObjects'> = {
  // Each object is asked for on its own, as S3 does: what may not be deleted is told in the answer.
  action: 's3:DeleteObject',
  resource: 'none',
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Objects: wanted = [], Quiet: quiet } = input.Delete;
    if (wanted.length === 0 || wanted.length > maxKeys) throw refusal('MalformedXML');
    const Deleted: object[] = [];
    const Errors: object[] = [];
    for (const { Key: key = '', VersionId: versionId, ETag: etag } of wanted) {
      try {
        await mayDelete(ctx, bucket, key, versionId);
        const done = await deleteListed(ctx, bucket, key, versionId, input.BypassGovernanceRetention, etag);
        if (quiet !== true) Deleted.push(done);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
        Errors.push({
          Code: code,
          Key: key,
          Message: error.message,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
        });
      }
    }
    return {
      ...(Deleted.length === 0 ? {} : { Deleted }),
      ...(Errors.length === 0 ? {} : { Errors }),
    };
  },
};

async function mayDelete(ctx: Context, bucket: BucketRow, key: string, versionId: string | undefined): Promise<void> {
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  await ctx.authorise(action, await objectRef(ctx, bucket, key), { ...requestKeys(ctx), 's3:versionid': versionId });
}

async function deleteListed(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  versionId: string | undefined,
  bypass: boolean | undefined,
  etag: string | undefined,
): Promise<object> {
  if (versionId !== undefined && bucket.versioning !== undefined) {
    const found = await findVersion(ctx, bucket, key, versionId).catch(() => undefined);
    if (found === undefined) throw refusal('NoSuchVersion');
  }
  const done = await deleteOne(ctx, bucket, key, versionId, bypass, etag);
  if (done.markerId !== undefined) return { Key: key, DeleteMarker: true, DeleteMarkerVersionId: done.markerId };
  return {
    Key: key,
    ...(done.versionId === undefined ? {} : { VersionId: done.versionId }),
    ...(done.removedMarker === true ? { DeleteMarker: true, DeleteMarkerVersionId: done.versionId } : {}),
  };
}
