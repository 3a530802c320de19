import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { bucketOf, objectRef } from './access.ts';
import type { Operation } from './api.ts';
import { type Body, type Expected, type Taken, takeBody } from './bodies.ts';
import { type ExpectedChecksum, expectedChecksum, shownChecksum } from './checksums.ts';
import { partBlob } from './contents.ts';
import { copySource, sourceContent } from './copy-source.ts';
import { customerKey, openDataKey, shownEncryption } from './encryption.ts';
import { parseCopyRange } from './engine/byte-range.ts';
import { invalidArgument, invalidRequest } from './errors.ts';
import { writeKeys } from './object-input.ts';
import { checkLength } from './put-object.ts';
import { type BucketRow, type PartRow, partId, parts, placeOf, type UploadRow } from './records.ts';
import { uploadOf } from './uploads.ts';

const maxParts = 10_000;

export const UploadPart: Operation<'UploadPart'> = {
  action: 's3:PutObject',
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({
    ...writeKeys({ SSECustomerAlgorithm: input.SSECustomerAlgorithm }, ctx),
    's3:ObjectCreationOperation': 'UploadPart',
  }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    checkPartNumber(input.PartNumber);
    checkLength(ctx);
    const upload = await uploadOf(ctx, bucket, input.Key, input.UploadId);
    const expected = {
      contentMd5: input.ContentMD5,
      checksum: expectedChecksum(ctx, input, input.ChecksumAlgorithm),
      wantsMd5: upload.encryption.kind === 's3',
    };
    const part = await storePart(
      ctx,
      bucket,
      upload,
      input.PartNumber,
      customerKey(input),
      input.Body as Body,
      expected,
    );
    return {
      ETag: `"${part.etag}"`,
      ...shownChecksum(part.checksum),
      ...shownEncryption(upload.encryption, input),
    };
  },
};

export const UploadPartCopy: Operation<'UploadPartCopy'> = {
  action: 's3:PutObject',
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({
    ...writeKeys({ SSECustomerAlgorithm: input.SSECustomerAlgorithm, CopySource: input.CopySource }, ctx),
    's3:ObjectCreationOperation': 'UploadPartCopy',
  }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    checkPartNumber(input.PartNumber);
    const upload = await uploadOf(ctx, bucket, input.Key, input.UploadId);
    const source = await copySource(ctx, input);
    const { size } = source.row;
    const range =
      input.CopySourceRange === undefined ? { start: 0, end: size } : parseCopyRange(input.CopySourceRange, size);
    if (range === 'malformed') {
      const message =
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';
      throw invalidArgument(message, 'x-amz-copy-source-range', input.CopySourceRange);
    }
    if (range === 'outside') {
      throw input.CopySourceRange === undefined || Number(/^bytes=(\d+)/.exec(input.CopySourceRange)?.[1]) >= size
        ? invalidRequest('The specified copy range is invalid for the source object size')
        : invalidArgument(
            `Range specified is not valid for source object of size: ${size}`,
            'x-amz-copy-source-range',
            input.CopySourceRange,
          );
    }
    const body = await ctx.once('source', () => sourceContent(ctx, input, source, range));
    const part = await storePart(ctx, bucket, upload, input.PartNumber, customerKey(input), body, {
      contentMd5: undefined,
      checksum: undefined,
      wantsMd5: upload.encryption.kind === 's3',
    });
    return {
      CopyPartResult: {
        ETag: `"${part.etag}"`,
        LastModified: new Date(part.modified),
        ...(upload.checksum?.asked === true ? shownChecksum(part.checksum) : {}),
      },
      ...(source.bucket.versioning === undefined ? {} : { CopySourceVersionId: source.row.versionId }),
      ...shownEncryption(upload.encryption, input),
    };
  },
};

/** @throws ServiceError InvalidArgument */
function checkPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= maxParts) return;
  const message = `Part number must be an integer between 1 and ${maxParts}, inclusive`;
  throw invalidArgument(message, 'partNumber', String(number));
}

/** Takes a part in; one of the same number gives way. */
async function storePart(
  ctx: Context,
  bucket: BucketRow,
  upload: UploadRow,
  number: number,
  given: Buffer | undefined,
  body: Body,
  expected: Expected,
): Promise<PartRow> {
  const algorithm = algorithmOf(upload, expected.checksum);
  const dataKey = await partKey(ctx, bucket, upload, given);
  const place = placeOf(ctx, bucket);
  const id = partId(upload.id, number);
  const taken = await ctx.once('body', () =>
    takeBody(ctx, body, dataKey, (suffix) => partBlob(bucket, upload.id, number, suffix), {
      ...expected,
      defaultAlgorithm: algorithm,
      also: upload.checksum?.asked === true || algorithm === 'crc64nvme' ? undefined : 'crc64nvme',
    }),
  );
  const existing = await place.get(parts, id);
  if (existing !== undefined && existing.blob !== '')
    ctx.publish('s3/discard', { blobs: [partBlob(bucket, upload.id, number, existing.blob)] });
  const part = partRow(taken, number, ctx.now);
  place.put(parts, id, part);
  return part;
}

/** The data key of an upload; under a key of the client each part brings it again. @throws ServiceError InvalidRequest */
async function partKey(
  ctx: Context,
  bucket: BucketRow,
  { encryption }: UploadRow,
  given: Buffer | undefined,
): Promise<Buffer> {
  if (encryption.kind !== 'c') return openDataKey(ctx, bucket, encryption, given);
  if (given === undefined) {
    throw invalidRequest(
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
    );
  }
  try {
    return await openDataKey(ctx, bucket, encryption, given);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidRequest('The provided encryption parameters did not match the ones used originally.');
  }
}

function partRow(taken: Taken, number: number, modified: number): PartRow {
  const crc64 = taken.checksum.algorithm === 'crc64nvme' ? taken.checksum.value : taken.also;
  return {
    number,
    size: taken.size,
    etag: taken.etag,
    modified,
    blob: taken.suffix ?? '',
    checksum: taken.checksum,
    ...(crc64 === undefined ? {} : { crc64 }),
  };
}

/** The algorithm of a part's checksum. @throws ServiceError InvalidRequest where it is not the upload's */
function algorithmOf(upload: UploadRow, given: ExpectedChecksum | undefined) {
  const wanted = upload.checksum;
  if (wanted?.asked !== true) return given?.algorithm ?? 'crc64nvme';
  if (given !== undefined && given.algorithm !== wanted.algorithm)
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${wanted.algorithm}, actual checksum Type: ${given.algorithm}`,
    );
  return wanted.algorithm;
}
