import type { Context } from '#runtime/context.ts';
import { bucketOf } from './access.ts';
import { aclFrom, hasAcl, hasGrants } from './acl-input.ts';
import type { Input, Operation } from './api.ts';
import { onBucket } from './bucket-settings.ts';
import {
  type Acl,
  cannedAcl,
  type Grant,
  granteeOf,
  isPublicAcl,
  type Permission,
  permissions,
  shownGrants,
} from './engine/acl.ts';
import { accountOfCanonicalId, canonicalId } from './engine/canonical-id.ts';
import { invalidArgument, refusal, refused } from './errors.ts';
import { versionAction, versionKeys, versionResource } from './object-access.ts';
import { aclKeys } from './object-input.ts';
import { publicAccessOf } from './public-access.ts';
import { type BucketRow, buckets } from './records.ts';
import { rewriteVersion } from './rewrite.ts';
import { versionFor } from './versions.ts';

export const GetBucketAcl: Operation<'GetBucketAcl'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    return shown(bucket.ownership === 'BucketOwnerEnforced' ? undefined : bucket.acl, bucket.account);
  },
};

export const PutBucketAcl: Operation<'PutBucketAcl'> = {
  ...onBucket,
  conditions: (input, ctx) => ({ ...onBucket.conditions(input, ctx), ...aclKeys(input) }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const acl = await acceptedAcl(ctx, bucket, input, bucket.account);
    ctx.records.put(buckets, bucket.name, { ...bucket, acl });
    return {};
  },
};

export const GetObjectAcl: Operation<'GetObjectAcl'> = {
  action: versionAction('s3:GetObjectAcl', 's3:GetObjectVersionAcl'),
  resource: versionResource,
  conditions: versionKeys,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
    return shown(bucket.ownership === 'BucketOwnerEnforced' ? undefined : row.acl, row.owner);
  },
};

export const PutObjectAcl: Operation<'PutObjectAcl'> = {
  action: versionAction('s3:PutObjectAcl', 's3:PutObjectVersionAcl'),
  resource: versionResource,
  conditions: (input, ctx) => ({ ...versionKeys(input, ctx), ...aclKeys(input) }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'PUT');
    const acl = await acceptedAcl(ctx, bucket, input, row.owner);
    await rewriteVersion(ctx, bucket, input.Key, { ...row, ...(acl === undefined ? {} : { acl }) });
    return {};
  },
};

function shown(acl: Acl | undefined, owner: string) {
  const standing = acl ?? cannedAcl('private', owner, owner);
  return { Owner: { ID: canonicalId(standing.owner) }, Grants: [...shownGrants(standing)] };
}

type AclInput = Input<'PutBucketAcl'> | Input<'PutObjectAcl'>;

/** @throws ServiceError AccessControlListNotSupported, AccessDenied by Block Public Access, … */
async function acceptedAcl(ctx: Context, bucket: BucketRow, input: AclInput, owner: string): Promise<Acl | undefined> {
  const acl = requestedAcl(input, owner, bucket.account);
  if (bucket.ownership === 'BucketOwnerEnforced') {
    const private_ = acl.grants.every(({ grantee }) => 'account' in grantee && grantee.account === bucket.account);
    if (!private_ && input.ACL !== 'bucket-owner-full-control') throw refusal('AccessControlListNotSupported');
    return undefined;
  }
  if (isPublicAcl(acl) && (await publicAccessOf(ctx, bucket)).blockPublicAcls) throw refusal('AccessDenied');
  return acl;
}

function requestedAcl(input: AclInput, owner: string, bucketOwner: string): Acl {
  const document = input.AccessControlPolicy;
  if (!hasAcl(input) && document === undefined)
    throw refused('MissingSecurityHeader', 'Your request was missing a required header', 400, {
      MissingHeaderName: 'x-amz-acl',
    });
  if (document === undefined) return aclFrom(input, owner, bucketOwner);
  if (input.ACL !== undefined || hasGrants(input))
    throw refused('UnexpectedContent', 'This request does not support content');
  const { Owner: given, Grants: grants } = document;
  if (given?.ID === undefined || grants === undefined) throw refusal('MalformedACLError');
  if (accountOfCanonicalId(given.ID) !== owner) throw invalidArgument('Invalid id', 'CanonicalUser/ID', given.ID);
  return { owner, grants: grants.map(grantOf) };
}

function grantOf({
  Grantee: grantee,
  Permission: permission,
}: {
  readonly Grantee?:
    | { readonly Type?: string | undefined; readonly ID?: string | undefined; readonly URI?: string | undefined }
    | undefined;
  readonly Permission?: string | undefined;
}): Grant {
  if (grantee === undefined || !permissions.includes(permission as Permission)) throw refusal('MalformedACLError');
  const group = grantee.Type === 'Group';
  if (!group && grantee.Type !== 'CanonicalUser') throw refusal('MalformedACLError');
  const found = group ? granteeOf('uri', grantee.URI ?? '') : granteeOf('id', grantee.ID ?? '');
  if ('message' in found) throw invalidArgument(found.message, group ? 'Group/URI' : 'CanonicalUser/ID', found.value);
  return { grantee: found, permission: permission as Permission };
}
