import type { Context } from '#runtime/context.ts';
import { bucketOf, objectRef, requestKeys } from './access.ts';
import type { Input, Operation } from './api.ts';
import { maxBodyBytes } from './bodies.ts';
import { checksumNamed, shownChecksum } from './checksums.ts';
import { type CopySource, copySource, sourceContent } from './copy-source.ts';
import { chooseEncryption, shownEncryption } from './encryption.ts';
import { invalidArgument, invalidRequest } from './errors.ts';
import { expiration } from './expiration.ts';
import { tellNotified } from './notify.ts';
import { checkKey, type ObjectProperties, propertiesOf, tagsOf, writeActions, writeKeys } from './object-input.ts';
import { storeObject } from './put-object.ts';
import type { BucketRow } from './records.ts';
import { checkWriteConditions } from './write-conditions.ts';

type CopyInput = Input<'CopyObject'>;

export const CopyObject: Operation<'CopyObject'> = {
  action: (input) => writeActions(input),
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({ ...writeKeys(input, ctx), 's3:ObjectCreationOperation': 'CopyObject' }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Key: key } = input;
    checkKey(key);
    for (const [name, value] of [
      ['x-amz-metadata-directive', input.MetadataDirective],
      ['x-amz-tagging-directive', input.TaggingDirective],
    ] as const)
      if (value !== undefined && value !== 'COPY' && value !== 'REPLACE')
        throw invalidArgument('Unknown directive.', name, value);
    const source = await copySource(ctx, input);
    checkInPlace(input, bucket, source);
    if (source.row.size > maxBodyBytes)
      throw invalidRequest(
        `The specified copy source is larger than the maximum allowable size for a copy source: ${maxBodyBytes}`,
      );
    await checkWriteConditions(ctx, bucket, key, input);
    const choice = chooseEncryption(bucket, input);
    const properties = await copiedProperties(ctx, bucket, input, source);
    const algorithm =
      (input.ChecksumAlgorithm === undefined ? undefined : checksumNamed(input.ChecksumAlgorithm)) ??
      source.row.checksum?.algorithm;
    const body = await ctx.once('source', () => sourceContent(ctx, input, source));
    const row = await storeObject(ctx, bucket, key, choice, properties, body, {
      contentMd5: undefined,
      checksum: algorithm === undefined ? undefined : { algorithm, value: undefined },
      wantsMd5: choice.kind === 's3',
    });
    tellNotified(ctx, bucket, key, row, 's3:ObjectCreated:Copy');
    return {
      CopyObjectResult: {
        ETag: `"${row.etag}"`,
        LastModified: new Date(row.modified),
        ...shownChecksum(row.checksum),
      },
      ...(source.bucket.versioning === undefined ? {} : { CopySourceVersionId: source.row.versionId }),
      ...(bucket.versioning === undefined || row.versionId === 'null' ? {} : { VersionId: row.versionId }),
      ...shownEncryption(row.encryption, input),
      ...expiration(bucket, key, row),
    };
  },
};

/** A copy onto itself has to change something. */
function checkInPlace(input: CopyInput, bucket: BucketRow, source: CopySource): void {
  if (source.bucket.id !== bucket.id || source.key !== input.Key || source.named) return;
  const changes =
    input.MetadataDirective === 'REPLACE' ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.SSECustomerAlgorithm !== undefined ||
    input.ChecksumAlgorithm !== undefined ||
    input.CopySourceSSECustomerAlgorithm !== undefined ||
    // The bucket's default has changed since: the copy is encrypted anew.
    bucket.encryption.algorithm !== 'AES256' ||
    bucket.versioning === 'Suspended';
  if (changes) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

async function copiedProperties(
  ctx: Context,
  bucket: BucketRow,
  input: CopyInput,
  source: CopySource,
): Promise<ObjectProperties> {
  const { row } = source;
  const own = await propertiesOf(ctx, bucket, { ...input, Tagging: undefined });
  const { headers, metadata, tags: _, ...rest } = own;
  const tags = input.TaggingDirective === 'REPLACE' ? tagsOf(input.Tagging) : await copiedTags(ctx, source);
  const tagged = tags === undefined ? rest : { ...rest, tags };
  if (input.MetadataDirective === 'REPLACE')
    return {
      ...tagged,
      ...(headers === undefined ? {} : { headers }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  const { redirect: _redirect, ...copied } = row.headers ?? {};
  const redirect = input.WebsiteRedirectLocation === undefined ? {} : { redirect: input.WebsiteRedirectLocation };
  return {
    ...tagged,
    headers: { ...copied, ...redirect },
    ...(row.metadata === undefined ? {} : { metadata: row.metadata }),
  };
}

async function copiedTags(ctx: Context, { bucket, key, row, named }: CopySource) {
  if (row.tags === undefined) return undefined;
  const action = named ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging';
  await ctx.authorise(action, await objectRef(ctx, bucket, key, row), requestKeys(ctx));
  return row.tags;
}
