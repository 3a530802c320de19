import { strict as assert } from 'node:assert';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A server with S3 clients. */
export type TestS3 = {
  readonly ringwall: Ringwall;
  /** The root user's. */
  readonly s3: S3;
  /** Makes a bucket with a name of its own. */
  bucket(input?: Partial<Parameters<S3['createBucket']>[0]>): Promise<string>;
  /** A new IAM user whose only permissions these are. */
  user(...statements: readonly object[]): Promise<S3>;
  /** Asks without credentials. */
  anonymous(path: string, init?: RequestInit): Promise<Response>;
};

export async function openTestS3(flags: Parameters<typeof startRingwall>[0] = {}): Promise<TestS3> {
  const ringwall = await startRingwall({ region: 'us-east-1', ...flags });
  const s3 = new S3({ ...ringwall.client, forcePathStyle: true });
  let count = 0;
  return {
    ringwall,
    s3,
    bucket: async (input = {}) => {
      count += 1;
      const Bucket = `bucket-${count}`;
      await s3.createBucket({ ...input, Bucket });
      return Bucket;
    },
    user: async (...Statement) => {
      count += 1;
      const UserName = `user-${count}`;
      const iam = new IAM(ringwall.client);
      await iam.createUser({ UserName });
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument });
      const { AccessKey: key } = await iam.createAccessKey({ UserName });
      const credentials = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
      return new S3({ ...ringwall.as(credentials), forcePathStyle: true });
    },
    anonymous: (path, init) => fetch(`${ringwall.endpoint}${path}`, init),
  };
}

export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition?: object,
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/** Asserts that a call is refused with this code and, where given, text. */
export async function refused(call: Promise<unknown>, code: string, text?: RegExp): Promise<void> {
  await assert.rejects(call, (error: Error) => {
    assert.equal(error.name, code, error.message);
    if (text !== undefined) assert.match(error.message, text);
    return true;
  });
}

/** Opens a bucket to public policies and ACLs. */
export async function openToPublic(s3: S3, Bucket: string): Promise<void> {
  await s3.deletePublicAccessBlock({ Bucket });
}

export const bucketPolicy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
