import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { bucketArn, bucketOf, bucketResource, requestKeys } from './access.ts';
import { aclFrom, hasAcl } from './acl-input.ts';
import type { Input, Operation } from './api.ts';
import { isPublicAcl } from './engine/acl.ts';
import { isBucketName } from './engine/bucket-name.ts';
import { canonicalId } from './engine/canonical-id.ts';
import { tagFault, tagRecord } from './engine/tags.ts';
import { invalidArgument, refusal, refused } from './errors.ts';
import { aclKeys } from './object-input.ts';
import { closed } from './public-access.ts';
import { type BucketRow, buckets, objects, placeOf, uploads, versions } from './records.ts';
import { isRegion } from './regions.ts';

export const CreateBucket: Operation<'CreateBucket'> = {
  action: (input) => [
    's3:CreateBucket',
    ...(hasAcl(input) ? ['s3:PutBucketAcl'] : []),
    ...(input.ObjectLockEnabledForBucket === true
      ? ['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning']
      : []),
    ...(input.ObjectOwnership === undefined ? [] : ['s3:PutBucketOwnershipControls']),
    ...(input.CreateBucketConfiguration?.Tags?.length ? ['s3:TagResource'] : []),
  ],
  resource: ({ Bucket }, ctx) => ({
    arn: bucketArn(Bucket),
    account: ctx.account,
    conditions: { 's3:ResourceAccount': ctx.account },
  }),
  conditions: (input, ctx) => ({
    ...requestKeys(ctx),
    ...aclKeys(input),
    ...requestTagKeys(input.CreateBucketConfiguration?.Tags as { Key: string; Value: string }[] | undefined),
    's3:locationconstraint': input.CreateBucketConfiguration?.LocationConstraint,
    's3:x-amz-object-ownership': input.ObjectOwnership,
    's3:x-amz-bucket-namespace': input.BucketNamespace,
  }),
  handle: async (input, ctx) => {
    const { Bucket: name } = input;
    if (!isBucketName(name)) throw refusal('InvalidBucketName', { BucketName: name });
    const region = regionOf(input, ctx);
    const existing = await ctx.records.get(buckets, name);
    if (existing !== undefined && existing.account !== ctx.account)
      throw refusal('BucketAlreadyExists', { BucketName: name });
    // Anywhere but in us-east-1, making one's own bucket again is an error.
    if (existing !== undefined && (region !== 'us-east-1' || existing.region !== region))
      throw refusal('BucketAlreadyOwnedByYou', { BucketName: name });
    const tags = bucketTags(input);
    if (existing === undefined) ctx.records.create(buckets, name, newBucket(ctx, input, region, tags));
    return {
      Location: region === 'us-east-1' ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
      BucketArn: bucketArn(name),
    };
  },
};

function newBucket(ctx: Context, input: Input<'CreateBucket'>, region: string, tags: BucketRow['tags']): BucketRow {
  const ownership = input.ObjectOwnership ?? 'BucketOwnerEnforced';
  if (!['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(ownership))
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${ownership}`, 'x-amz-object-ownership');
  const acl = hasAcl(input) ? aclFrom(input, ctx.account, ctx.account) : undefined;
  if (acl !== undefined && ownership === 'BucketOwnerEnforced' && input.ACL !== 'private')
    throw refused(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  if (acl !== undefined && isPublicAcl(acl)) throw refusal('AccessDenied');
  return {
    name: input.Bucket,
    id: Buffer.from(ctx.random(9)).toString('base64url'),
    account: ctx.account,
    region,
    created: ctx.now,
    ownership: ownership as NonNullable<BucketRow['ownership']>,
    acl: input.ACL === 'private' ? undefined : acl,
    publicAccess: closed,
    encryption: { algorithm: 'AES256', bucketKey: false },
    tags,
    ...(input.ObjectLockEnabledForBucket === true ? { versioning: 'Enabled', lock: {} } : {}),
  };
}

/** @throws ServiceError IllegalLocationConstraintException, InvalidLocationConstraint */
function regionOf(input: Input<'CreateBucket'>, ctx: Context): string {
  const constraint = input.CreateBucketConfiguration?.LocationConstraint as string | undefined;
  const illegal = (what: string) =>
    refused(
      'IllegalLocationConstraintException',
      `The ${what} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  if (constraint === undefined || constraint === '') {
    if (ctx.region !== 'us-east-1') throw illegal('unspecified');
    return ctx.region;
  }
  if (constraint === 'EU') {
    if (ctx.region !== 'us-east-1' && ctx.region !== 'eu-west-1') throw illegal(constraint);
    return 'eu-west-1';
  }
  if (ctx.region !== 'us-east-1') {
    if (constraint !== ctx.region) throw illegal(constraint);
    return constraint;
  }
  if (!isRegion(constraint) || constraint === 'us-east-1')
    throw refusal('InvalidLocationConstraint', { LocationConstraint: constraint });
  return constraint;
}

function bucketTags(input: Input<'CreateBucket'>): BucketRow['tags'] {
  const tags = (input.CreateBucketConfiguration?.Tags ?? []) as readonly { Key: string; Value: string }[];
  const fault = tagFault(tags, 50);
  if (fault === undefined) return tagRecord(tags);
  const system = fault.message.startsWith('System tags');
  const message = system
    ? 'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.'
    : fault.message;
  throw refused(fault.code, message, 400, system ? {} : { ...fault.members });
}

export const DeleteBucket: Operation<'DeleteBucket'> = {
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const place = placeOf(ctx, bucket);
    const inside = { prefix: `${bucket.id}/`, limit: 1 };
    const [object] = await place.list(objects, inside);
    const [version] = await place.list(versions, inside);
    if (object !== undefined || version !== undefined) {
      const message = 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.';
      if (bucket.versioning !== undefined) throw refused('BucketNotEmpty', message, 409, { BucketName: bucket.name });
      throw refusal('BucketNotEmpty', { BucketName: bucket.name });
    }
    ctx.records.delete(buckets, bucket.name);
    // Unfinished uploads go with it, and what a request that was under way still put into it.
    const id = jobId(bucket.account, bucket.region, bucket.id);
    const [upload] = await place.list(uploads, inside);
    ctx.schedule({ kind: 's3/empty', id, runAt: ctx.now + (upload === undefined ? 60_000 : 0), payload: { bucket } });
    return {};
  },
};

export const HeadBucket: Operation<'HeadBucket'> = {
  action: 's3:ListBucket',
  readOnly: true,
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    return { BucketArn: bucketArn(bucket.name), BucketRegion: bucket.region, AccessPointAlias: false };
  },
};

export const GetBucketLocation: Operation<'GetBucketLocation'> = {
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const { region } = await bucketOf(ctx, input);
    return region === 'us-east-1' ? {} : { LocationConstraint: region as 'eu-west-1' };
  },
};

const maxBuckets = 10_000;

export const ListBuckets: Operation<'ListBuckets'> = {
  action: 's3:ListAllMyBuckets',
  resource: () => '*',
  conditions: (_input, ctx) => ({ ...requestKeys(ctx), 's3:ResourceAccount': ctx.account }),
  handle: async (input, ctx) => {
    const { MaxBuckets: limit = maxBuckets, Prefix: prefix, BucketRegion: region } = input;
    if (region !== undefined && !isRegion(region))
      throw invalidArgument(`Argument value ${region} is not a valid AWS Region`, 'bucket-region');
    const token = input.ContinuationToken;
    const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString();
    const found: BucketRow[] = [];
    let last = after;
    for (;;) {
      const page = await ctx.records.listIndex(buckets, 'by-account', {
        equals: ctx.account,
        ...(last === undefined ? {} : { after: { key: ctx.account, id: last } }),
      });
      for (const { id, value } of page) {
        if ((prefix !== undefined && !id.startsWith(prefix)) || (region !== undefined && value.region !== region))
          continue;
        found.push(value);
        if (found.length > limit) break;
      }
      last = page.at(-1)?.id;
      if (found.length > limit || page.length < 1_000) break;
    }
    const shown = found.slice(0, limit);
    const paged = input.MaxBuckets !== undefined || region !== undefined || prefix !== undefined;
    return {
      Owner: { ID: canonicalId(ctx.account) },
      Buckets: shown.map(({ name, created, region: of }) => ({
        Name: name,
        CreationDate: new Date(created),
        BucketArn: bucketArn(name),
        ...(paged ? { BucketRegion: of } : {}),
      })),
      ...(prefix === undefined ? {} : { Prefix: prefix }),
      ...(found.length > limit
        ? { ContinuationToken: Buffer.from(shown.at(-1)?.name ?? '').toString('base64url') }
        : {}),
    };
  },
};
