import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { JobHandler } from '#runtime/service.ts';
import { bucketOf, objectRef, requestKeys } from './access.ts';
import type { Input, Operation } from './api.ts';
import { checksumNamed } from './checksums.ts';
import { partBlob, piecesPerRecord } from './contents.ts';
import { chooseEncryption, newDataKey, shownEncryption } from './encryption.ts';
import { objectId } from './engine/object-id.ts';
import { invalidRequest, refusal } from './errors.ts';
import { checkKey, propertiesOf, writeActions, writeKeys } from './object-input.ts';
import { type BucketRow, manifests, parts, placeOf, type UploadRow, uploads } from './records.ts';

/** The id of an upload: its time first, so that those of a key are listed in the order in which they began. */
function newUploadId(ctx: Context): string {
  return ctx.now.toString(36).padStart(9, '0') + Buffer.from(ctx.random(45)).toString('base64url');
}

export function uploadRecordId(bucket: BucketRow, key: string, upload: string): string {
  return `${objectId(bucket.id, key)}\u0001${upload}`;
}

/** @throws ServiceError NoSuchUpload */
export async function uploadOf(ctx: Context, bucket: BucketRow, key: string, upload: string): Promise<UploadRow> {
  const row = upload.isWellFormed()
    ? await placeOf(ctx, bucket).get(uploads, uploadRecordId(bucket, key, upload))
    : undefined;
  if (row === undefined) throw refusal('NoSuchUpload', { UploadId: upload });
  return row;
}

export const CreateMultipartUpload: Operation<'CreateMultipartUpload'> = {
  action: (input) => writeActions(input),
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({ ...writeKeys(input, ctx), 's3:ObjectCreationOperation': 'CreateMultipartUpload' }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Key: key } = input;
    checkKey(key);
    const checksum = checksumOf(input);
    const object = await propertiesOf(ctx, bucket, input);
    const { encryption } = await newDataKey(ctx, bucket, key, chooseEncryption(bucket, input));
    const id = newUploadId(ctx);
    const { arn, account } = ctx.principal;
    const row: UploadRow = {
      id,
      bucket: bucket.name,
      key,
      initiated: ctx.now,
      initiator: { arn, account },
      encryption,
      checksum,
      object,
    };
    placeOf(ctx, bucket).create(uploads, uploadRecordId(bucket, key, id), row);
    const abort = bucket.lifecycle?.rules.find(
      (rule) => rule.enabled && rule.abortAfterDays !== undefined && key.startsWith(rule.prefix),
    );
    return {
      ...(abort === undefined
        ? {}
        : { AbortDate: new Date(ctx.now + (abort.abortAfterDays ?? 0) * 86_400_000), AbortRuleId: abort.id }),
      Bucket: bucket.name,
      Key: key,
      UploadId: id,
      ...shownEncryption(encryption, input),
      ...(checksum.asked
        ? { ChecksumAlgorithm: checksum.algorithm.toUpperCase() as 'CRC32', ChecksumType: checksum.type }
        : {}),
    };
  },
};

/** @throws ServiceError InvalidRequest */
function checksumOf(input: Input<'CreateMultipartUpload'>): NonNullable<UploadRow['checksum']> {
  const { ChecksumAlgorithm: name, ChecksumType: type } = input;
  if (name === undefined) {
    if (type !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return { algorithm: 'crc64nvme', type: 'FULL_OBJECT', asked: false };
  }
  const algorithm = checksumNamed(name);
  if (algorithm === undefined)
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  const chosen = type ?? (algorithm === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE')
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  const impossible = chosen === 'COMPOSITE' ? algorithm === 'crc64nvme' : algorithm.startsWith('sha');
  if (impossible)
    throw invalidRequest(`The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  return { algorithm, type: chosen, asked: true };
}

export const AbortMultipartUpload: Operation<'AbortMultipartUpload'> = {
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (_input, ctx) => requestKeys(ctx),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const upload = await uploadOf(ctx, bucket, input.Key, input.UploadId);
    endUpload(ctx, bucket, upload);
    return {};
  },
};

/** The upload is over: its parts' records go, and what of them no object is made of. */
export function endUpload(ctx: Context, bucket: BucketRow, upload: UploadRow): void {
  placeOf(ctx, bucket).delete(uploads, uploadRecordId(bucket, upload.key, upload.id));
  ctx.schedule({ kind: 's3/clean-upload', id: jobId(bucket.account, bucket.region, upload.id), runAt: ctx.now });
}

const cleanedAtOnce = 500;

/** Removes what an ended upload left. */
export const cleanUpload: JobHandler = async (upload, payload, ctx) => {
  const used = new Set<string>();
  for (let from = 0; ; from += piecesPerRecord) {
    const manifest = await ctx.records.get(manifests, `${upload}/${from}`);
    if (manifest === undefined) break;
    for (const { blob } of manifest.pieces) used.add(blob);
  }
  const left = await ctx.records.list(parts, { prefix: `${upload}/`, limit: cleanedAtOnce });
  for (const { id, value } of left) {
    if (!used.has(value.blob)) await ctx.blobs.delete(partBlob(ctx, upload, value.number, value.blob));
    ctx.records.delete(parts, id);
  }
  if (left.length < cleanedAtOnce) return;
  ctx.schedule({ kind: 's3/clean-upload', id: jobId(ctx.account, ctx.region, upload), runAt: ctx.now, payload });
};
