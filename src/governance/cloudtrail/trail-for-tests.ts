import { gunzipSync } from 'node:zlib';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { S3 } from '@aws-sdk/client-s3';
import type { Ringwall } from '../../../test/harness/start.ts';

/** The bucket policy that CloudTrail's user guide gives: the files of an account, handed to the bucket's owner. */
export function bucketPolicy(bucket: string, more: object = {}): string {
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  const owner = { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...more } };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal, Action: 's3:GetBucketAcl', Resource: `arn:aws:s3:::${bucket}` },
      { Effect: 'Allow', Principal, Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/*`, Condition: owner },
    ],
  });
}

export function clients(ringwall: Ringwall, region = 'us-east-1') {
  const settings = ringwall.as(ringwall.root, region);
  return { trail: new CloudTrail(settings), s3: new S3({ ...settings, forcePathStyle: true }) };
}

/** A bucket that takes CloudTrail's files. */
export async function makeBucket(s3: S3, Bucket: string): Promise<void> {
  await s3.createBucket({ Bucket });
  await s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(Bucket) });
}

// biome-ignore lint/suspicious/noExplicitAny: CloudTrail's record is a free document
export type Event = any;

/** Keys of a bucket below a prefix, files only. */
export async function keysIn(s3: S3, Bucket: string, Prefix = ''): Promise<readonly string[]> {
  const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix });
  return Contents.map(({ Key = '' }) => Key).filter((key) => !key.endsWith('/'));
}

export async function textOf(s3: S3, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.getObject({ Bucket, Key });
  return gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString();
}

/** Events of every log file below a prefix. */
export async function deliveredEvents(s3: S3, bucket: string, prefix = ''): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (const key of await keysIn(s3, bucket, prefix)) {
    if (!key.includes('/CloudTrail/')) continue;
    events.push(...(JSON.parse(await textOf(s3, bucket, key)) as { Records: Event[] }).Records);
  }
  return events;
}
