import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import { type BucketInput, bucketOf, objectRef, requestKeys } from './access.ts';
import { currentOf, findVersion } from './versions.ts';

type VersionInput = BucketInput & { readonly Key?: string | undefined; readonly VersionId?: string | undefined };

/** The version that a request names, as policies see it: with its tags, where it is there. */
export async function versionResource(input: VersionInput, ctx: Context): Promise<ResourceRef> {
  const bucket = await bucketOf(ctx, input);
  const key = input.Key ?? '';
  const row =
    input.VersionId === undefined
      ? await currentOf(ctx, bucket, key)
      : (await findVersion(ctx, bucket, key, input.VersionId))?.row;
  return objectRef(ctx, bucket, key, row);
}

/** Requests that name a version need another permission. @example versionAction('s3:GetObject', 's3:GetObjectVersion') */
export function versionAction(current: string, version: string): (input: VersionInput) => string {
  return ({ VersionId }) => (VersionId === undefined ? current : version);
}

export function versionKeys(input: VersionInput, ctx: Context): Conditions {
  return { ...requestKeys(ctx), 's3:versionid': input.VersionId };
}
