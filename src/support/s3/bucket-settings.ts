import type { Context } from '#runtime/context.ts';
import { type BucketInput, bucketOf, bucketResource, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { isPublicAcl } from './engine/acl.ts';
import { tagFault, tagRecord, tagSet } from './engine/tags.ts';
import { invalidRequest, refusal, refused } from './errors.ts';
import { type BucketRow, buckets, type Ownership } from './records.ts';

/** How operations on a bucket's configuration are authorised. */
export const onBucket = {
  resource: (input: BucketInput, ctx: Context) => bucketResource(ctx, input),
  conditions: (_input: unknown, ctx: Context) => requestKeys(ctx),
};

/** Changes a bucket's configuration. */
export async function changeBucket(
  ctx: Context,
  input: BucketInput,
  change: Partial<BucketRow>,
): Promise<Record<never, never>> {
  const bucket = await bucketOf(ctx, input);
  ctx.records.put(buckets, bucket.name, { ...bucket, ...change });
  return {};
}

export const PutBucketVersioning: Operation<'PutBucketVersioning'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { Status: status } = input.VersioningConfiguration;
    const bucket = await bucketOf(ctx, input);
    if (status === undefined)
      throw refused('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
    if (status !== 'Enabled' && status !== 'Suspended') throw refusal('MalformedXML');
    if (bucket.lock !== undefined && status === 'Suspended')
      throw refused(
        'InvalidBucketState',
        'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
        409,
      );
    if (input.VersioningConfiguration.MFADelete === 'Enabled')
      throw refused(
        'NotImplemented',
        'MFA delete is not served: deny s3:DeleteObjectVersion without aws:MultiFactorAuthPresent instead',
        501,
      );
    // A bucket that never had versioning stays without when it is suspended.
    return changeBucket(ctx, input, { versioning: status });
  },
};

export const GetBucketVersioning: Operation<'GetBucketVersioning'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { versioning } = await bucketOf(ctx, input);
    return versioning === undefined ? {} : { Status: versioning };
  },
};

export const PutBucketTagging: Operation<'PutBucketTagging'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const tags = input.Tagging.TagSet ?? [];
    const fault = tagFault(tags, 50);
    if (fault !== undefined) throw refused(fault.code, fault.message, 400, { ...fault.members });
    ctx.records.put(buckets, bucket.name, { ...bucket, tags: tagRecord(tags) });
    return {};
  },
};

export const GetBucketTagging: Operation<'GetBucketTagging'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { name, tags } = await bucketOf(ctx, input);
    if (tags === undefined) throw refusal('NoSuchTagSet', { BucketName: name });
    return { TagSet: tagSet(tags) };
  },
};

export const DeleteBucketTagging: Operation<'DeleteBucketTagging'> = {
  ...onBucket,
  action: 's3:PutBucketTagging',
  handle: (input, ctx) => changeBucket(ctx, input, { tags: undefined }),
};

export const GetBucketOwnershipControls: Operation<'GetBucketOwnershipControls'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { name, ownership } = await bucketOf(ctx, input);
    if (ownership === undefined) throw refusal('OwnershipControlsNotFoundError', { BucketName: name });
    return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
  },
};

export const PutBucketOwnershipControls: Operation<'PutBucketOwnershipControls'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { Rules: rules } = input.OwnershipControls;
    const [rule, ...more] = rules;
    const known = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];
    if (rule === undefined || more.length > 0 || !known.includes(rule.ObjectOwnership)) throw refusal('MalformedXML');
    const bucket = await bucketOf(ctx, input);
    if (rule.ObjectOwnership === 'BucketOwnerEnforced' && bucket.acl !== undefined && isPublicAcl(bucket.acl))
      throw refused(
        'InvalidBucketAclWithObjectOwnership',
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
      );
    return changeBucket(ctx, input, { ownership: rule.ObjectOwnership as Ownership });
  },
};

export const DeleteBucketOwnershipControls: Operation<'DeleteBucketOwnershipControls'> = {
  ...onBucket,
  action: 's3:PutBucketOwnershipControls',
  handle: (input, ctx) => changeBucket(ctx, input, { ownership: undefined }),
};

export const GetBucketAccelerateConfiguration: Operation<'GetBucketAccelerateConfiguration'> = {
  ...onBucket,
  action: 's3:GetAccelerateConfiguration',
  handle: async (input, ctx) => {
    const { acceleration } = await bucketOf(ctx, input);
    return acceleration === undefined ? {} : { Status: acceleration };
  },
};

/** There is one endpoint, which is the nearest: what is kept is only whether the bucket may be reached by the accelerated name. */
export const PutBucketAccelerateConfiguration: Operation<'PutBucketAccelerateConfiguration'> = {
  ...onBucket,
  action: 's3:PutAccelerateConfiguration',
  handle: async (input, ctx) => {
    const { Status: status } = input.AccelerateConfiguration;
    if (input.Bucket.includes('.'))
      throw invalidRequest('S3 Transfer Acceleration is not supported for buckets with periods (.) in their names');
    if (status !== 'Enabled' && status !== 'Suspended') throw refusal('MalformedXML');
    return changeBucket(ctx, input, { acceleration: status });
  },
};

export const GetBucketRequestPayment: Operation<'GetBucketRequestPayment'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { requesterPays } = await bucketOf(ctx, input);
    return { Payer: requesterPays === true ? 'Requester' : 'BucketOwner' };
  },
};

/** Nobody is billed: requests of other accounts have to say that they would pay. */
export const PutBucketRequestPayment: Operation<'PutBucketRequestPayment'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { Payer: payer } = input.RequestPaymentConfiguration;
    if (payer !== 'Requester' && payer !== 'BucketOwner') throw refusal('MalformedXML');
    return changeBucket(ctx, input, { requesterPays: payer === 'Requester' });
  },
};

export const GetBucketAbac: Operation<'GetBucketAbac'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { abac } = await bucketOf(ctx, input);
    return { AbacStatus: { Status: abac === true ? 'Enabled' : 'Disabled' } };
  },
};

export const PutBucketAbac: Operation<'PutBucketAbac'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { Status: status } = input.AbacStatus;
    if (status !== 'Enabled' && status !== 'Disabled') throw refusal('MalformedXML');
    return changeBucket(ctx, input, { abac: status === 'Enabled' });
  },
};
