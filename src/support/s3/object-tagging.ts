import type { Context } from '#runtime/context.ts';
import { bucketOf, prefixed } from './access.ts';
import type { Input, Operation } from './api.ts';
import { type TagRecord, tagFault, tagRecord, tagSet } from './engine/tags.ts';
import { refused } from './errors.ts';
import { tellNotified } from './notify.ts';
import { versionAction, versionKeys, versionResource } from './object-access.ts';
import type { BucketRow, ObjectRow } from './records.ts';
import { rewriteVersion } from './rewrite.ts';
import { versionFor } from './versions.ts';

export const GetObjectTagging: Operation<'GetObjectTagging'> = {
  action: versionAction('s3:GetObjectTagging', 's3:GetObjectVersionTagging'),
  resource: versionResource,
  conditions: versionKeys,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
    return { TagSet: tagSet(row.tags), ...versionOf(bucket, row) };
  },
};

export const PutObjectTagging: Operation<'PutObjectTagging'> = {
  action: versionAction('s3:PutObjectTagging', 's3:PutObjectVersionTagging'),
  resource: versionResource,
  conditions: (input, ctx) => ({ ...versionKeys(input, ctx), ...requestedTagKeys(input) }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'PUT');
    const tags = input.Tagging.TagSet ?? [];
    const fault = tagFault(tags, 10);
    if (fault !== undefined) throw refused(fault.code, fault.message, 400, { ...fault.members });
    await retag(ctx, bucket, input.Key, row, tagRecord(tags));
    tellNotified(ctx, bucket, input.Key, row, 's3:ObjectTagging:Put');
    return versionOf(bucket, row);
  },
};

export const DeleteObjectTagging: Operation<'DeleteObjectTagging'> = {
  action: versionAction('s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'),
  resource: versionResource,
  conditions: versionKeys,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'DELETE');
    await retag(ctx, bucket, input.Key, row, undefined);
    tellNotified(ctx, bucket, input.Key, row, 's3:ObjectTagging:Delete');
    return versionOf(bucket, row);
  },
};

async function retag(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  row: ObjectRow,
  tags: TagRecord | undefined,
): Promise<void> {
  const { tags: _, ...rest } = row;
  await rewriteVersion(ctx, bucket, key, tags === undefined ? rest : { ...rest, tags });
}

function requestedTagKeys(input: Input<'PutObjectTagging'>) {
  const tags = tagRecord(input.Tagging.TagSet ?? []);
  return {
    ...prefixed('s3:RequestObjectTag/', tags),
    ...(tags === undefined ? {} : { 's3:RequestObjectTagKeys': Object.keys(tags) }),
  };
}

function versionOf(bucket: BucketRow, row: ObjectRow): { readonly VersionId?: string } {
  return bucket.versioning === undefined ? {} : { VersionId: row.versionId };
}
