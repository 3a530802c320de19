import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourcePolicy, ResourceRef } from '#runtime/operation.ts';
import { noteLogged } from './access-log.ts';
import { aclStatements, isPrivate } from './engine/acl.ts';
import { corsHeaders, corsRuleFor } from './engine/cors.ts';
import type { TagRecord } from './engine/tags.ts';
import { refusal, refused } from './errors.ts';
import { isOutsider, isPublicPolicy, publicAccessOf } from './public-access.ts';
import { type BucketRow, buckets, type ObjectRow } from './records.ts';

/** What every request about a bucket says. */
export type BucketInput = {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly RequestPayer?: string | undefined;
};

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

/** The bucket that a request names, before anybody is asked. @throws ServiceError NoSuchBucket, AccessDenied */
export async function bucketOf(ctx: Context, input: BucketInput): Promise<BucketRow> {
  const { Bucket: name = '', ExpectedBucketOwner: expected } = input;
  if (expected !== undefined && !/^\d{12}$/.test(expected)) {
    const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`;
    throw refused('InvalidBucketOwnerAWSAccountID', message);
  }
  const bucket = await ctx.records.get(buckets, name);
  if (bucket === undefined) throw refusal('NoSuchBucket', { BucketName: name });
  allowOrigin(ctx, bucket);
  noteLogged(ctx, bucket);
  if (expected !== undefined && expected !== bucket.account) throw refusal('AccessDenied');
  if (bucket.requesterPays === true && input.RequestPayer === undefined && ctx.principal.account !== bucket.account)
    throw refusal('AccessDenied');
  return bucket;
}

/** A cross-origin request that the bucket's rules allow is told so, whatever becomes of it. */
function allowOrigin({ http }: Context, { cors }: BucketRow): void {
  const origin = http?.headers['origin'];
  if (http === undefined || origin === undefined || cors === undefined) return;
  const rule = corsRuleFor(cors, origin, http.method);
  if (rule !== undefined) Object.assign(http.answer, corsHeaders(rule, origin));
}

/** The bucket as policies see it. */
export async function bucketResource(ctx: Context, input: BucketInput): Promise<ResourceRef> {
  return bucketRef(ctx, await bucketOf(ctx, input));
}

export async function bucketRef(ctx: Context, bucket: BucketRow): Promise<ResourceRef> {
  const arn = bucketArn(bucket.name);
  ctx.audit([{ arn, type: 'AWS::S3::Bucket', account: bucket.account }]);
  return {
    arn,
    account: bucket.account,
    policy: await policyFor(ctx, bucket, undefined, arn),
    tags: bucket.abac === true ? bucket.tags : undefined,
    conditions: bucketKeys(bucket),
  };
}

/** An object as policies see it. `row` undefined: not there, or not asked for. */
export async function objectRef(ctx: Context, bucket: BucketRow, key: string, row?: ObjectRow): Promise<ResourceRef> {
  const arn = objectArn(bucket.name, key);
  ctx.audit([
    { arn, type: 'AWS::S3::Object', account: bucket.account },
    { arn: bucketArn(bucket.name), type: 'AWS::S3::Bucket', account: bucket.account },
  ]);
  const account = ownerOf(bucket, row);
  return {
    arn,
    account,
    policy: await policyFor(ctx, bucket, row, arn),
    tags: bucket.abac === true ? bucket.tags : undefined,
    conditions: { ...bucketKeys(bucket), ...prefixed('s3:ExistingObjectTag/', row?.tags) },
  };
}

/** Whose an object is: the bucket owner's, except where ACLs are in use and somebody else wrote it. */
function ownerOf(bucket: BucketRow, row: ObjectRow | undefined): string {
  return row === undefined || bucket.ownership === 'BucketOwnerEnforced' ? bucket.account : row.owner;
}

function bucketKeys(bucket: BucketRow): Conditions {
  const tags = bucket.abac === true ? prefixed('s3:BucketTag/', bucket.tags) : {};
  return { 's3:ResourceAccount': bucket.account, ...tags };
}

export function prefixed(prefix: string, tags: TagRecord | undefined): Record<string, string> {
  if (tags === undefined) return {};
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [prefix + name, value]));
}

/**
 * The policies that stand on a bucket or object, ACLs included, as one. A policy that is public counts for nothing to outsiders where
 * public policies are restricted.
 */
async function policyFor(
  ctx: Context,
  bucket: BucketRow,
  row: ObjectRow | undefined,
  arn: string,
): Promise<ResourcePolicy | undefined> {
  const withAcls = bucket.ownership !== 'BucketOwnerEnforced';
  if (bucket.policy === undefined && !withAcls) return undefined;
  const blocked = await publicAccessOf(ctx, bucket);
  const foreign = withAcls && row !== undefined && row.owner !== bucket.account;
  const standing =
    bucket.policy !== undefined &&
    blocked.restrictPublicBuckets &&
    isOutsider(ctx.principal, bucket.account) &&
    isPublicPolicy(bucket.policy)
      ? undefined
      : bucket.policy;
  const statements: object[] = [];
  if (withAcls && bucket.acl !== undefined && !isPrivate(bucket.acl) && !foreign)
    statements.push(...aclStatements(bucket.acl, 'bucket', bucketArn(bucket.name), blocked.ignorePublicAcls));
  if (withAcls && row?.acl !== undefined && (foreign || !isPrivate(row.acl)))
    statements.push(...aclStatements(row.acl, 'object', arn, blocked.ignorePublicAcls));
  if (statements.length === 0 && (standing === undefined || foreign)) return undefined;
  const source = `bucket policy of ${bucketArn(bucket.name)}`;
  if (statements.length === 0) return { kind: 'resource', source, text: standing ?? '' };
  return { kind: 'resource', source: `${source} and ACLs`, text: joined(foreign ? undefined : standing, statements) };
}

function joined(policy: string | undefined, statements: readonly object[]): string {
  const document = policy === undefined ? {} : (JSON.parse(policy) as { readonly Statement?: object | object[] });
  const { Statement: standing = [] } = document as { readonly Statement?: object | object[] };
  const own = Array.isArray(standing) ? standing : [standing];
  return JSON.stringify({ Version: '2012-10-17', ...document, Statement: [...own, ...statements] });
}

/** Condition keys that every request to S3 has. */
export function requestKeys({ http, request, now }: Context): Conditions {
  const keys: Record<string, string> = {};
  if (request.tls !== undefined) keys['s3:TlsVersion'] = request.tls.version.replace('TLSv', '');
  const signature = http?.signature;
  if (signature === undefined) return keys;
  keys['s3:authType'] = authTypes[signature.kind];
  keys['s3:signatureversion'] = 'AWS4-HMAC-SHA256';
  keys['s3:signatureAge'] = String(Math.max(0, now - signature.signedAt));
  if (signature.payloadHash !== undefined) keys['s3:x-amz-content-sha256'] = signature.payloadHash;
  return keys;
}

const authTypes = { header: 'REST-HEADER', presigned: 'REST-QUERY-STRING', form: 'POST' } as const;
