import type { Context } from '#runtime/context.ts';
import { bucketOf, objectRef } from './access.ts';
import type { Operation, Output } from './api.ts';
import { type Body, type Expected, type Taken, takeBody } from './bodies.ts';
import { expectedChecksum, shownChecksum } from './checksums.ts';
import { objectBlob } from './contents.ts';
import { type Choice, chooseEncryption, newDataKey, shownEncryption } from './encryption.ts';
import { refused } from './errors.ts';
import { expiration } from './expiration.ts';
import { tellNotified } from './notify.ts';
import { checkKey, type ObjectProperties, propertiesOf, writeActions, writeKeys } from './object-input.ts';
import type { BucketRow, Encryption, ObjectRow } from './records.ts';
import { putVersion } from './versions.ts';
import { checkWriteConditions } from './write-conditions.ts';

export const PutObject: Operation<'PutObject'> = {
  action: (input) => writeActions(input),
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({ ...writeKeys(input, ctx), 's3:ObjectCreationOperation': 'PutObject' }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Key: key } = input;
    checkKey(key);
    checkLength(ctx);
    if (input.WriteOffsetBytes !== undefined) throw headerRefused('x-amz-write-offset-bytes');
    const properties = await propertiesOf(ctx, bucket, input);
    const choice = chooseEncryption(bucket, input);
    const expected: Expected = {
      contentMd5: input.ContentMD5,
      checksum: expectedChecksum(ctx, input, input.ChecksumAlgorithm),
      wantsMd5: choice.kind === 's3',
    };
    await checkWriteConditions(ctx, bucket, key, input);
    const row = await storeObject(ctx, bucket, key, choice, properties, input.Body as Body, expected);
    tellNotified(ctx, bucket, key, row, 's3:ObjectCreated:Put');
    return written(row, bucket, input, key);
  },
};

/** Takes a body in and puts it on top as a new version. What fails leaves nothing. */
export async function storeObject(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  choice: Choice,
  properties: ObjectProperties,
  body: Body,
  expected: Expected,
  onceName = 'body',
): Promise<ObjectRow> {
  const made = await newDataKey(ctx, bucket, key, choice);
  const stored = await ctx.once(onceName, async (): Promise<{ taken: Taken; encryption: Encryption }> => {
    const name = (suffix: string) => objectBlob(bucket, key, suffix);
    return { taken: await takeBody(ctx, body, made.dataKey, name, expected), encryption: made.encryption };
  });
  const { taken, encryption } = stored;
  return putVersion(ctx, bucket, key, {
    ...properties,
    size: taken.size,
    etag: taken.etag,
    ...(taken.suffix === undefined ? {} : { blob: taken.suffix }),
    encryption,
    checksum: { ...taken.checksum, type: 'FULL_OBJECT' },
  });
}

/** The answer to a new object. */
function written(
  row: ObjectRow,
  bucket: BucketRow,
  input: Parameters<typeof shownEncryption>[1],
  key: string,
): Output<'PutObject'> {
  return {
    ETag: `"${row.etag}"`,
    ...shownChecksum(row.checksum),
    ...shownEncryption(row.encryption, input),
    ...(bucket.versioning === undefined || row.versionId === 'null' ? {} : { VersionId: row.versionId }),
    ...expiration(bucket, key, row),
  };
}

/** Bodies without a length are not taken. @throws ServiceError MissingContentLength */
export function checkLength({ http }: Context): void {
  if (http === undefined || http.headers['transfer-encoding'] === undefined) return;
  if (http.headers['x-amz-decoded-content-length'] !== undefined) return;
  throw refused('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
}

export function headerRefused(header: string, additionalMessage?: string): Error {
  return refused('NotImplemented', 'A header you provided implies functionality that is not implemented', 501, {
    Header: header,
    ...(additionalMessage === undefined ? {} : { additionalMessage }),
  });
}
