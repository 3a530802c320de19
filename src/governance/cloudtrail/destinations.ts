import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { markerKey } from './engine/file-names.ts';
import type { TrailRow } from './records.ts';

/** Where a trail delivers to, and with which key. */
export type Destinations = Pick<
  TrailRow,
  'account' | 'region' | 'arn' | 'bucket' | 'prefix' | 'topic' | 'logs' | 'kmsKey'
>;

/** How CloudTrail calls for a trail: as itself, and the trail is the cause. */
export function forTrail({ arn, account }: Pick<TrailRow, 'arn' | 'account'>) {
  return { as: 'service', source: { arn, account } } as const;
}

/** How CloudTrail calls CloudWatch Logs: as the role that it was given. */
export function asRole({ arn, account, region }: Pick<TrailRow, 'arn' | 'account' | 'region'>, role: string) {
  return { as: { role, session: 'CLOUDTRAIL' }, source: { arn, account }, account, region } as const;
}

/** Members of PutObject that every file of a trail has: what the customary bucket policy asks for, and the trail's key. */
export function objectSettings(trail: Pick<Destinations, 'arn' | 'kmsKey'>) {
  const { arn, kmsKey } = trail;
  const context = Buffer.from(JSON.stringify({ 'aws:cloudtrail:arn': arn })).toString('base64');
  return {
    ACL: 'bucket-owner-full-control',
    ...(kmsKey === undefined
      ? { ServerSideEncryption: 'AES256' as const }
      : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey, SSEKMSEncryptionContext: context }),
  } as const;
}

/**
 * Tries what the trail will do: the bucket, the key, the topic and the log group must let CloudTrail in.
 *
 * @param changed only what is new is tried
 * @throws ServiceError
 */
export async function checkDestinations(
  ctx: Context,
  trail: Destinations,
  changed: { readonly bucket: boolean; readonly topic: boolean; readonly logs: boolean },
): Promise<void> {
  if (changed.bucket) await checkBucket(ctx, trail);
  if (changed.topic && trail.topic !== undefined) await checkTopic(ctx, trail, trail.topic.arn);
  if (changed.logs && trail.logs !== undefined) await checkLogs(ctx, trail, trail.logs);
}

async function checkBucket(ctx: Context, trail: Destinations): Promise<void> {
  const { bucket, prefix, account } = trail;
  const wrongPolicy = () =>
    new ServiceError(
      'InsufficientS3BucketPolicyException',
      `Incorrect S3 bucket policy is detected for bucket: ${bucket}`,
    );
  const acl = await refusalOf(() => ctx.call('s3', 'GetBucketAcl', { Bucket: bucket }, forTrail(trail)));
  if (acl?.code === 'NoSuchBucket')
    throw new ServiceError('S3BucketDoesNotExistException', `S3 bucket ${bucket} does not exist!`);
  if (acl !== undefined) throw wrongPolicy();
  const marker = { Bucket: bucket, Key: markerKey(prefix, account), Body: '', ...objectSettings(trail) };
  const put = await refusalOf(() => ctx.call('s3', 'PutObject', marker, forTrail(trail)));
  if (put === undefined) return;
  if (put.code.startsWith('KMS.') || put.message.includes('kms:')) {
    throw new ServiceError(
      'InsufficientEncryptionPolicyException',
      `Insufficient permissions to access S3 bucket ${bucket} or KMS key ${trail.kmsKey}.`,
    );
  }
  throw wrongPolicy();
}

/** AWS sends the topic a first message, too. */
async function checkTopic(ctx: Context, trail: Destinations, TopicArn: string): Promise<void> {
  const place = placeOf(TopicArn);
  const message = { TopicArn, Message: 'CloudTrail validation message.' };
  if ((await refusalOf(() => ctx.call('sns', 'Publish', message, { ...forTrail(trail), ...place }))) === undefined)
    return;
  throw new ServiceError(
    'InsufficientSnsTopicPolicyException',
    'SNS Topic does not exist or the topic policy is incorrect!',
  );
}

async function checkLogs(ctx: Context, trail: Destinations, logs: NonNullable<Destinations['logs']>): Promise<void> {
  const stream = { logGroupName: groupName(logs.group), logStreamName: streamName(trail.account, trail.region) };
  const refusal = await refusalOf(() => ctx.call('logs', 'CreateLogStream', stream, asRole(trail, logs.role)));
  if (refusal === undefined || refusal.code === 'ResourceAlreadyExistsException') return;
  if (refusal.code === 'ResourceNotFoundException') {
    throw new ServiceError(
      'InvalidCloudWatchLogsLogGroupArnException',
      `CloudTrail cannot validate the specified log group ARN: \`${logs.group}\``,
    );
  }
  throw new ServiceError(
    'InvalidCloudWatchLogsRoleArnException',
    'Access denied. Verify in IAM that the role has adequate permissions.',
  );
}

/** @example streamName('111122223333', 'us-east-1') // '111122223333_CloudTrail_us-east-1' */
export function streamName(account: string, region: string): string {
  return `${account}_CloudTrail_${region}`;
}

/** The name in `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`. */
export function groupName(arn: string): string {
  return arn.split(':')[6] ?? '';
}

/** Where an ARN says that its resource is. */
export function placeOf(arn: string): { readonly region: string; readonly account: string } {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

/** What a bucket refused with, as S3 calls it. */
export function bucketError({ code }: ServiceError): string {
  return code === 'AccessDeniedException' ? 'AccessDenied' : code;
}

/** What a call is refused with; undefined when it succeeds. */
export async function refusalOf(call: () => Promise<unknown>): Promise<ServiceError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}
