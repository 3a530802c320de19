import type { Readable } from 'node:stream';
import type { Context } from '#runtime/context.ts';
import { bucketOf, objectRef, requestKeys } from './access.ts';
import { readContent, segmentsOf } from './contents.ts';
import { customerKey, openDataKey } from './encryption.ts';
import type { ByteRange } from './engine/byte-range.ts';
import { failedPrecondition } from './engine/preconditions.ts';
import { invalidArgument, invalidRequest, refusal } from './errors.ts';
import { checkReadable } from './get-object.ts';
import type { BucketRow, ObjectRow } from './records.ts';
import { findVersion, versionFor } from './versions.ts';

/** An object that is copied from. */
export type CopySource = {
  readonly bucket: BucketRow;
  readonly key: string;
  readonly row: ObjectRow;
  readonly named: boolean;
};

export type CopyInput = {
  readonly CopySource: string;
  readonly ExpectedSourceBucketOwner?: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
};

/** Finds what a request copies from, and asks whether the caller may read it. @throws ServiceError */
export async function copySource(ctx: Context, input: CopyInput): Promise<CopySource> {
  const { bucketName, key, versionId } = parseSource(input.CopySource);
  const bucket = await bucketOf(ctx, { Bucket: bucketName, ExpectedBucketOwner: input.ExpectedSourceBucketOwner });
  const found = versionId === undefined ? undefined : await findVersion(ctx, bucket, key, versionId);
  if (found?.row.marker === true)
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const row = found?.row ?? (await versionFor(ctx, bucket, key, versionId, 'GET'));
  await ctx.authorise(action, await objectRef(ctx, bucket, key, row), {
    ...requestKeys(ctx),
    's3:versionid': versionId,
  });
  checkReadable(ctx, row);
  checkConditions(ctx, input, row);
  return { bucket, key, row, named: versionId !== undefined };
}

function parseSource(text: string): {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId: string | undefined;
} {
  const [path = '', ...queries] = text.split('?');
  // A question mark may stand in the key itself; the version is asked for at the end.
  const last = queries.at(-1);
  const versionId = last?.startsWith('versionId=') === true ? last.slice('versionId='.length) : undefined;
  const whole = versionId === undefined ? text : [path, ...queries.slice(0, -1)].join('?');
  const decoded = decoding(whole).replace(/^\//, '');
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1)
    throw invalidArgument(
      'Invalid copy source object key',
      'x-amz-copy-source',
      slash < 1 ? 'x-amz-copy-source' : text,
    );
  return {
    bucketName: decoded.slice(0, slash),
    key: decoded.slice(slash + 1),
    versionId: versionId === undefined || versionId === '' ? undefined : decoding(versionId),
  };
}

function decoding(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument('Invalid copy source encoding', 'x-amz-copy-source', text);
  }
}

const names = {
  'If-Match': 'x-amz-copy-source-If-Match',
  'If-None-Match': 'x-amz-copy-source-If-None-Match',
  'If-Modified-Since': 'x-amz-copy-source-If-Modified-Since',
  'If-Unmodified-Since': 'x-amz-copy-source-If-Unmodified-Since',
} as const;

function checkConditions(ctx: Context, input: CopyInput, row: ObjectRow): void {
  const failed = failedPrecondition(
    {
      ifMatch: input.CopySourceIfMatch,
      ifNoneMatch: input.CopySourceIfNoneMatch,
      ifModifiedSince: input.CopySourceIfModifiedSince?.getTime(),
      ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince?.getTime(),
    },
    row.etag,
    row.modified,
    ctx.now,
  );
  if (failed !== undefined) throw refusal('PreconditionFailed', { Condition: names[failed] });
}

/** The source's bytes, decrypted. @throws ServiceError */
export async function sourceContent(
  ctx: Context,
  input: CopyInput,
  { bucket, key, row }: CopySource,
  range: ByteRange = { start: 0, end: row.size },
): Promise<Uint8Array | Readable> {
  const given = customerKey({
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  });
  if (row.encryption === undefined) return new Uint8Array();
  const dataKey = await openDataKey(ctx, bucket, row.encryption, given);
  return readContent(ctx, await segmentsOf(ctx, bucket, key, row), dataKey, range);
}
