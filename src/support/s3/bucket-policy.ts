import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { bucketArn, bucketOf } from './access.ts';
import type { Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { allUsers, authenticatedUsers } from './engine/acl.ts';
import { invalidRequest, refusal, refused } from './errors.ts';
import { isPublicPolicy, publicAccessOf, shownBlock, storedBlock } from './public-access.ts';
import type { BucketRow } from './records.ts';

/** Largest bucket policy: 20 KB (S3 user guide, "Bucket policies"). */
const maxBytes = 20_480;

export const PutBucketPolicy: Operation<'PutBucketPolicy'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const text = await checkedPolicy(ctx, bucket, input.Policy);
    if (isPublicPolicy(text) && (await publicAccessOf(ctx, bucket)).blockPublicPolicy) {
      throw refused(
        'AccessDenied',
        `User: ${ctx.principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket.name)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
        403,
      );
    }
    return changeBucket(ctx, input, { policy: text });
  },
};

/** @throws ServiceError MalformedPolicy */
async function checkedPolicy(ctx: Context, bucket: BucketRow, text: string): Promise<string> {
  const malformed = (message: string) => refused('MalformedPolicy', message);
  if (Buffer.byteLength(text) > maxBytes) throw refused('PolicyTooLarge', `Policy is larger than ${maxBytes} bytes.`);
  if (!text.startsWith('{') || !isJson(text))
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  const document = JSON.parse(text) as { readonly Statement?: unknown };
  if (document.Statement === undefined) throw malformed('Missing required field Statement');
  const reading = parsePolicy(text, 'resource');
  if (!reading.ok) throw malformed(reading.errors[0]?.message ?? 'Policy has an error');
  const arn = bucketArn(bucket.name);
  for (const statement of listed(document.Statement)) {
    const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement as Record<string, unknown>;
    if (Principal === undefined && NotPrincipal === undefined) throw malformed('Missing required field Principal');
    if (Resource === undefined && NotResource === undefined) throw malformed('Missing required field Resource');
    for (const action of listed(Action ?? NotAction))
      if (typeof action !== 'string' || !/^(?:\*|s3(?:-object-lambda)?:[\w*?]+)$/i.test(action))
        throw malformed('Policy has invalid action');
    for (const resource of listed(Resource ?? NotResource))
      if (typeof resource !== 'string' || !concerns(resource, arn)) throw malformed('Policy has invalid resource');
    for (const principal of listed((Principal as { AWS?: unknown } | undefined)?.AWS))
      if (
        typeof principal === 'string' &&
        principal.startsWith('arn:aws:iam:') &&
        !(await ctx.knowsPrincipal(principal))
      )
        throw malformed('Invalid principal in policy');
  }
  return pinPrincipals(ctx, text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function listed(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A resource of a bucket's policy is the bucket, or lies in it. */
function concerns(resource: string, arn: string): boolean {
  const [bucket = ''] = resource.split('/', 1);
  const pattern = bucket
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return resource.startsWith('arn:') && new RegExp(`^${pattern}$`).test(arn);
}

export const GetBucketPolicy: Operation<'GetBucketPolicy'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { name, policy } = await bucketOf(ctx, input);
    if (policy === undefined) throw refusal('NoSuchBucketPolicy', { BucketName: name });
    return { Policy: await shownPrincipals(ctx, policy) };
  },
};

export const DeleteBucketPolicy: Operation<'DeleteBucketPolicy'> = {
  ...onBucket,
  handle: (input, ctx) => changeBucket(ctx, input, { policy: undefined }),
};

export const GetBucketPolicyStatus: Operation<'GetBucketPolicyStatus'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    if (bucket.policy === undefined) throw refusal('NoSuchBucketPolicy', { BucketName: bucket.name });
    return { PolicyStatus: { IsPublic: isPublicPolicy(bucket.policy) || hasPublicAcl(bucket) } };
  },
};

function hasPublicAcl({ acl, ownership }: BucketRow): boolean {
  if (ownership === 'BucketOwnerEnforced' || acl === undefined) return false;
  return acl.grants.some(({ grantee }) => 'group' in grantee && [allUsers, authenticatedUsers].includes(grantee.group));
}

export const GetPublicAccessBlock: Operation<'GetPublicAccessBlock'> = {
  ...onBucket,
  action: 's3:GetBucketPublicAccessBlock',
  handle: async (input, ctx) => {
    const { name, publicAccess } = await bucketOf(ctx, input);
    if (publicAccess === undefined) throw refusal('NoSuchPublicAccessBlockConfiguration', { BucketName: name });
    return { PublicAccessBlockConfiguration: shownBlock(publicAccess) };
  },
};

export const PutPublicAccessBlock: Operation<'PutPublicAccessBlock'> = {
  ...onBucket,
  action: 's3:PutBucketPublicAccessBlock',
  handle: async (input, ctx) => {
    const block = input.PublicAccessBlockConfiguration;
    if (Object.values(block).every((value) => value === undefined))
      throw invalidRequest('Must specify at least one configuration.');
    return changeBucket(ctx, input, { publicAccess: storedBlock(block) });
  },
};

export const DeletePublicAccessBlock: Operation<'DeletePublicAccessBlock'> = {
  ...onBucket,
  action: 's3:PutBucketPublicAccessBlock',
  handle: (input, ctx) => changeBucket(ctx, input, { publicAccess: undefined }),
};
