import type { CallOptions, Context } from '#runtime/context.ts';
import type { Subscriber } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { bucketArn } from './access.ts';
import { canonicalId } from './engine/canonical-id.ts';
import type { NotificationTarget } from './notification-config.ts';
import type { ObjectEvent } from './notify.ts';
import { type BucketRow, buckets } from './records.ts';

/** Hands what happened to objects over to the targets of their buckets. A target that refuses is left out: the others get theirs. */
export const deliverEvents: Subscriber = async (published, at) => {
  for (const { account, region, body } of published) {
    const event = body as ObjectEvent;
    const bucket = await at(account, region).records.get(buckets, event.bucket);
    if (bucket?.notification === undefined) continue;
    const ctx = at(bucket.account, bucket.region);
    const { targets, eventBridge } = bucket.notification;
    if (eventBridge) emit(ctx, bucket, event);
    for (const target of targets) {
      if (!isWanted(target, event)) continue;
      const message = JSON.stringify({ Records: [recordOf(bucket, target, event)] });
      try {
        await send(ctx, bucket, target, message);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  }
};

function isWanted({ events, prefix, suffix }: NotificationTarget, { name, key }: ObjectEvent): boolean {
  const named = events.some((each) => each === name || (each.endsWith('*') && name.startsWith(each.slice(0, -1))));
  return named && key.startsWith(prefix) && key.endsWith(suffix);
}

/** The record that queues, topics and functions get (S3 user guide, "Event message structure"). */
function recordOf(bucket: BucketRow, target: NotificationTarget, event: ObjectEvent): object {
  const changed = /^s3:Object(?:Tagging|Acl):/.test(event.name);
  return {
    eventVersion: changed ? '2.3' : '2.1',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(event.time).toISOString(),
    eventName: event.name.replace(/^s3:/, ''),
    userIdentity: { principalId: `AWS:${event.principalId}` },
    requestParameters: { sourceIPAddress: event.sourceIp },
    responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': hostId(event.requestId) },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: target.id,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: canonicalId(bucket.account) },
        arn: bucketArn(bucket.name),
      },
      object: {
        key: formEncoded(event.key),
        ...(changed || event.size === undefined ? {} : { size: event.size }),
        ...(event.etag === undefined ? {} : { eTag: event.etag }),
        ...(event.versionId === undefined || event.versionId === 'null' ? {} : { versionId: event.versionId }),
        ...(changed ? {} : { sequencer: event.sequencer }),
      },
    },
  };
}

function formEncoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

function hostId(requestId: string): string {
  return Buffer.from(`ringwall/${requestId}`).toString('base64');
}

const detailTypes: readonly (readonly [RegExp, string, (name: string) => Record<string, unknown>])[] = [
  [/^s3:ObjectCreated:/, 'Object Created', (name) => ({ reason: reasons[name] ?? 'PutObject' })],
  [
    /^s3:ObjectRemoved:DeleteMarkerCreated/,
    'Object Deleted',
    () => ({ reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' }),
  ],
  [/^s3:ObjectRemoved:/, 'Object Deleted', () => ({ reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' })],
  [
    /^s3:LifecycleExpiration:DeleteMarkerCreated/,
    'Object Deleted',
    () => ({ reason: 'Lifecycle Expiration', 'deletion-type': 'Delete Marker Created' }),
  ],
  [
    /^s3:LifecycleExpiration:/,
    'Object Deleted',
    () => ({ reason: 'Lifecycle Expiration', 'deletion-type': 'Permanently Deleted' }),
  ],
  [/^s3:LifecycleTransition/, 'Object Storage Class Changed', () => ({})],
  [/^s3:ObjectTagging:Put/, 'Object Tags Added', () => ({})],
  [/^s3:ObjectTagging:Delete/, 'Object Tags Deleted', () => ({})],
  [/^s3:ObjectAcl:/, 'Object ACL Updated', () => ({})],
  [/^s3:ObjectRestore:Post/, 'Object Restore Initiated', () => ({})],
  [/^s3:ObjectRestore:Completed/, 'Object Restore Completed', () => ({})],
];

const reasons: Readonly<Record<string, string>> = {
  's3:ObjectCreated:Copy': 'CopyObject',
  's3:ObjectCreated:CompleteMultipartUpload': 'CompleteMultipartUpload',
  's3:ObjectCreated:Post': 'POST Object',
};

/** The event of the default bus (S3 user guide, "EventBridge event message structure"). */
function emit(ctx: Context, bucket: BucketRow, event: ObjectEvent): void {
  const [, detailType, more] = detailTypes.find(([pattern]) => pattern.test(event.name)) ?? [];
  if (detailType === undefined || more === undefined) return;
  const sized = detailType === 'Object Created';
  ctx.emit({
    source: 'aws.s3',
    detailType,
    resources: [bucketArn(bucket.name)],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key: event.key,
        ...(sized && event.size !== undefined ? { size: event.size } : {}),
        ...(event.etag === undefined ? {} : { etag: event.etag }),
        ...(event.versionId === undefined || event.versionId === 'null' ? {} : { 'version-id': event.versionId }),
        sequencer: event.sequencer,
      },
      'request-id': event.requestId,
      requester: bucket.account,
      'source-ip-address': event.sourceIp,
      ...more(event.name),
    },
  });
}

async function send(ctx: Context, bucket: BucketRow, target: NotificationTarget, message: string): Promise<void> {
  const options = asService(bucket, target.arn);
  if (target.kind === 'queue') {
    await ctx.call('sqs', 'SendMessage', { QueueUrl: queueUrl(target.arn), MessageBody: message }, options);
  } else if (target.kind === 'topic') {
    const input = { TopicArn: target.arn, Message: message, Subject: 'Amazon S3 Notification' };
    await ctx.call('sns', 'Publish', input, options);
  } else {
    const input = { FunctionName: target.arn, InvocationType: 'Event' as const, Payload: Buffer.from(message) };
    await ctx.call('lambda', 'Invoke', input, options);
  }
}

/** Sends the test event; functions are asked whether they may be invoked. @throws ServiceError */
export async function testTarget(ctx: Context, bucket: BucketRow, target: NotificationTarget): Promise<void> {
  if (target.kind === 'function') {
    await ctx.call(
      'lambda',
      'Invoke',
      { FunctionName: target.arn, InvocationType: 'DryRun' },
      asService(bucket, target.arn),
    );
    return;
  }
  const message = {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(ctx.now).toISOString(),
    Bucket: bucket.name,
    RequestId: ctx.requestId,
    HostId: hostId(ctx.requestId),
  };
  await send(ctx, bucket, target, JSON.stringify(message));
}

/** Why a target cannot be used, in S3's words. */
export function failureOf(error: unknown, { kind, arn }: NotificationTarget): string {
  if (!(error instanceof ServiceError)) throw error;
  const denied = /AccessDenied|Authorization/.test(error.code);
  if (kind === 'function')
    return denied ? `Not authorized to invoke function [${arn}]` : 'The destination Lambda does not exist';
  if (denied) return `Permissions on the destination ${kind} do not allow S3 to publish notifications from this bucket`;
  return `The destination ${kind} does not exist`;
}

function asService(bucket: BucketRow, arn: string): CallOptions {
  const [, , , region = '', account = ''] = arn.split(':');
  return { as: 'service', source: { arn: bucketArn(bucket.name), account: bucket.account }, account, region };
}

function queueUrl(arn: string): string {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
