import type { Readable } from 'node:stream';
import type { Context } from '#runtime/context.ts';
import { bucketOf } from './access.ts';
import type { Input, Operation, Output } from './api.ts';
import { shownChecksum } from './checksums.ts';
import { BlobGone, piecesOf, readContent, segmentsOf } from './contents.ts';
import { checkCustomerKey, customerKey, openDataKey, shownEncryption } from './encryption.ts';
import { type ByteRange, parseRange } from './engine/byte-range.ts';
import { failedPrecondition } from './engine/preconditions.ts';
import { invalidRequest, refusal } from './errors.ts';
import { expiration } from './expiration.ts';
import { versionAction, versionKeys, versionResource } from './object-access.ts';
import type { BucketRow, ObjectRow } from './records.ts';
import { versionFor } from './versions.ts';

type ReadInput = Input<'GetObject'> | Input<'HeadObject'>;

export const GetObject: Operation<'GetObject'> = {
  action: versionAction('s3:GetObject', 's3:GetObjectVersion'),
  resource: versionResource,
  conditions: versionKeys,
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    checkOverrides(ctx, input);
    for (let tries = 0; ; tries += 1) {
      const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
      checkReadable(ctx, row);
      const read = await chosenRange(ctx, bucket, input, row);
      try {
        const Body = await contentOf(ctx, bucket, input, row, read.range);
        return { ...(await shown(ctx, bucket, input, row, read)), Body: Body as never } as Output<'GetObject'>;
      } catch (error) {
        // Replaced between the reading of its record and of its bytes: the new one is there by now.
        if (!(error instanceof BlobGone) || tries >= 3) throw error;
      }
    }
  },
};

export const HeadObject: Operation<'HeadObject'> = {
  action: versionAction('s3:GetObject', 's3:GetObjectVersion'),
  resource: versionResource,
  conditions: versionKeys,
  readOnly: true,
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'HEAD');
    const read = await chosenRange(ctx, bucket, input, row);
    return (await shown(ctx, bucket, input, row, read)) as Output<'HeadObject'>;
  },
};

/** @throws ServiceError InvalidRequest: nobody may make a link to a public object say what its owner did not */
function checkOverrides(ctx: Context, input: Input<'GetObject'>): void {
  if (ctx.principal.kind !== 'anonymous') return;
  if (Object.keys(input).some((name) => name.startsWith('Response')))
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
}

async function contentOf(
  ctx: Context,
  bucket: BucketRow,
  input: Input<'GetObject'>,
  row: ObjectRow,
  range: ByteRange,
): Promise<Uint8Array | Readable> {
  const given = customerKey(input);
  if (row.encryption === undefined || row.size === 0) return new Uint8Array();
  const dataKey = await openDataKey(ctx, bucket, row.encryption, given);
  return readContent(ctx, await segmentsOf(ctx, bucket, input.Key, row), dataKey, range);
}

/** Archived objects are read from a restored copy only. @throws ServiceError InvalidObjectState */
export function checkReadable(ctx: Context, { storageClass, restoredUntil }: ObjectRow): void {
  if (storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE') return;
  if (restoredUntil !== undefined && restoredUntil > ctx.now) return;
  throw refusal('InvalidObjectState', { StorageClass: storageClass });
}

type Chosen = { readonly range: ByteRange; readonly partial: boolean; readonly partCount: number | undefined };

/** What of the object is asked for. @throws ServiceError InvalidRange, PreconditionFailed, NotModified, … */
async function chosenRange(ctx: Context, bucket: BucketRow, input: ReadInput, row: ObjectRow): Promise<Chosen> {
  checkCustomerKey(ctx, row.encryption, customerKey(input));
  checkPreconditions(ctx, input, row);
  const whole = { start: 0, end: row.size };
  if (input.PartNumber !== undefined) {
    if (input.Range !== undefined)
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return partRange(ctx, bucket, input.PartNumber, row);
  }
  const range = parseRange(input.Range, row.size);
  if (range === 'unsatisfiable')
    throw refusal('InvalidRange', { RangeRequested: input.Range, ActualObjectSize: row.size });
  return { range: range ?? whole, partial: range !== undefined, partCount: undefined };
}

async function partRange(ctx: Context, bucket: BucketRow, number: number, row: ObjectRow): Promise<Chosen> {
  const pieces = row.upload === undefined ? undefined : await piecesOf(ctx, bucket, row);
  const count = pieces?.length ?? 1;
  let start = 0;
  for (const [at, { size }] of (pieces ?? [{ size: row.size }]).entries()) {
    if (at + 1 === number) return { range: { start, end: start + size }, partial: true, partCount: pieces && count };
    start += size;
  }
  throw refusal('InvalidPartNumber', { PartNumberRequested: number, ActualPartCount: count });
}

function checkPreconditions(ctx: Context, input: ReadInput, row: ObjectRow): void {
  const failed = failedPrecondition(
    {
      ifMatch: input.IfMatch,
      ifNoneMatch: input.IfNoneMatch,
      ifModifiedSince: input.IfModifiedSince?.getTime(),
      ifUnmodifiedSince: input.IfUnmodifiedSince?.getTime(),
    },
    row.etag,
    row.modified,
    ctx.now,
  );
  if (failed === undefined) return;
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since')
    throw refusal('PreconditionFailed', { Condition: failed });
  if (ctx.http !== undefined) {
    ctx.http.answer['etag'] = `"${row.etag}"`;
    ctx.http.answer['last-modified'] = new Date(row.modified).toUTCString();
  }
  throw refusal('NotModified');
}

async function shown(
  ctx: Context,
  bucket: BucketRow,
  input: ReadInput,
  row: ObjectRow,
  { range, partial, partCount }: Chosen,
): Promise<object> {
  const { headers = {} } = row;
  const length = range.end - range.start;
  const wholeChecksum = input.ChecksumMode === 'ENABLED' && length === row.size;
  const expires = input.ResponseExpires?.toUTCString() ?? headers.expires;
  const encoding = input.ResponseContentEncoding ?? headers.encoding;
  if (ctx.http !== undefined && expires !== undefined) ctx.http.answer['expires'] = expires;
  return {
    AcceptRanges: 'bytes',
    LastModified: new Date(row.modified),
    ContentLength: length,
    ...(partial && row.size > 0 ? { ContentRange: `bytes ${range.start}-${range.end - 1}/${row.size}` } : {}),
    ETag: `"${row.etag}"`,
    ...(wholeChecksum ? shownChecksum(row.checksum) : {}),
    ContentType: input.ResponseContentType ?? headers.contentType ?? 'binary/octet-stream',
    CacheControl: input.ResponseCacheControl ?? headers.cacheControl,
    ContentDisposition: input.ResponseContentDisposition ?? headers.disposition,
    ContentEncoding: encoding,
    ContentLanguage: input.ResponseContentLanguage ?? headers.language,
    WebsiteRedirectLocation: headers.redirect,
    Metadata: row.metadata ?? {},
    ...(bucket.versioning === undefined ? {} : { VersionId: row.versionId }),
    ...shownEncryption(row.encryption, input),
    StorageClass: row.storageClass,
    ...(row.tags === undefined ? {} : { TagCount: Object.keys(row.tags).length }),
    ...(partCount === undefined ? {} : { PartsCount: partCount }),
    ...lockHeaders(row),
    ...restoreHeader(row, ctx.now),
    ...expiration(bucket, input.Key, row),
  };
}

function lockHeaders({ retention, legalHold }: ObjectRow): object {
  return {
    ...(retention === undefined
      ? {}
      : { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: new Date(retention.until) }),
    ...(legalHold === undefined ? {} : { ObjectLockLegalHoldStatus: legalHold ? 'ON' : 'OFF' }),
  };
}

function restoreHeader({ restoredUntil }: ObjectRow, now: number): object {
  if (restoredUntil === undefined || restoredUntil <= now) return {};
  return { Restore: `ongoing-request="false", expiry-date="${new Date(restoredUntil).toUTCString()}"` };
}
