import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { allow, openTestS3, refused, type TestS3 } from './client-for-tests.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

const dayMs = 86_400_000;
const bodyOf = async (answer: { Body?: { transformToString(): Promise<string> } | undefined }) =>
  answer.Body?.transformToString();

for (const BucketKeyEnabled of [false, true]) {
  test(`objects under a KMS key${BucketKeyEnabled ? ', by a bucket key' : ''}: who may not use the key may not read`, async () => {
    const Bucket = await at.bucket();
    const kms = new KMS(at.ringwall.client);
    const { KeyMetadata } = await kms.createKey({});
    const KeyId = KeyMetadata?.KeyId ?? '';
    const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyId, BucketKeyEnabled } as const;
    const put = await at.s3.putObject({ Bucket, Key: 'k', Body: 'secret', ...encryption });
    assert.deepEqual(
      [put.ServerSideEncryption, put.SSEKMSKeyId, put.BucketKeyEnabled],
      ['aws:kms', KeyMetadata?.Arn, BucketKeyEnabled || undefined],
    );
    assert.notEqual(put.ETag, `"${createHash('md5').update('secret').digest('hex')}"`);
    assert.equal(await bodyOf(await at.s3.getObject({ Bucket, Key: 'k' })), 'secret');
    const objects = allow('s3:GetObject', `arn:aws:s3:::${Bucket}/*`);
    const without = await at.user(objects);
    await refused(without.getObject({ Bucket, Key: 'k' }), 'AccessDenied', /kms:Decrypt/);
    const context = `arn:aws:s3:::${Bucket}${BucketKeyEnabled ? '' : '/k'}`;
    const bound = {
      StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': context },
    };
    const withKey = await at.user(objects, allow('kms:Decrypt', KeyMetadata?.Arn ?? '', bound));
    assert.equal(await bodyOf(await withKey.getObject({ Bucket, Key: 'k' })), 'secret');
    await kms.disableKey({ KeyId });
    await refused(
      at.s3.putObject({ Bucket: await at.bucket(), Key: 'k', Body: 'x', ...encryption }),
      'KMS.DisabledException',
    );
  });
}

test('an object is put under a KMS key where it lies', async () => {
  const Bucket = await at.bucket();
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'secret' });
  const { KeyMetadata } = await new KMS(at.ringwall.client).createKey({});
  const SSEKMS = { KMSKeyArn: KeyMetadata?.Arn ?? '' };
  await at.s3.updateObjectEncryption({ Bucket, Key: 'k', ObjectEncryption: { SSEKMS } });
  const got = await at.s3.getObject({ Bucket, Key: 'k' });
  assert.deepEqual([await bodyOf(got), got.SSEKMSKeyId], ['secret', KeyMetadata?.Arn]);
  const without = await at.user(allow('s3:GetObject', `arn:aws:s3:::${Bucket}/*`));
  await refused(without.getObject({ Bucket, Key: 'k' }), 'AccessDenied', /kms:Decrypt/);
});

test('a bucket’s default key is the AWS managed one where none is named', async () => {
  const Bucket = await at.bucket();
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const }, BucketKeyEnabled: true }];
  await at.s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
  const { SSEKMSKeyId } = await at.s3.putObject({ Bucket, Key: 'k', Body: 'secret' });
  assert.match(SSEKMSKeyId ?? '', /^arn:aws:kms:us-east-1:/);
  assert.equal(await bodyOf(await at.s3.getObject({ Bucket, Key: 'k' })), 'secret');
});

test('objects under a key of the client', async () => {
  const Bucket = await at.bucket();
  const keyOf = (key: Buffer) => ({
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  });
  const mine = keyOf(randomBytes(32));
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'secret', ...mine });
  assert.equal(await bodyOf(await at.s3.getObject({ Bucket, Key: 'k', ...mine })), 'secret');
  await refused(at.s3.getObject({ Bucket, Key: 'k' }), 'InvalidRequest');
  await refused(at.s3.getObject({ Bucket, Key: 'k', ...keyOf(randomBytes(32)) }), 'AccessDenied', /correct secret key/);
});

test('a copy is encrypted anew and keeps what it should', async () => {
  const Bucket = await at.bucket();
  await at.s3.putObject({
    Bucket,
    Key: 'a',
    Body: 'x',
    Metadata: { m: '1' },
    ContentType: 'text/plain',
    Tagging: 't=1',
  });
  await at.s3.copyObject({ Bucket, Key: 'b', CopySource: `${Bucket}/a` });
  const copied = await at.s3.getObject({ Bucket, Key: 'b' });
  assert.deepEqual(
    [await bodyOf(copied), copied.Metadata, copied.ContentType, copied.TagCount],
    ['x', { m: '1' }, 'text/plain', 1],
  );
  await refused(at.s3.copyObject({ Bucket, Key: 'a', CopySource: `${Bucket}/a` }), 'InvalidRequest', /itself/);
  await at.s3.copyObject({
    Bucket,
    Key: 'a',
    CopySource: `${Bucket}/a`,
    MetadataDirective: 'REPLACE',
    Metadata: { m: '2' },
  });
  assert.deepEqual((await at.s3.headObject({ Bucket, Key: 'a' })).Metadata, { m: '2' });
});

test('governance may be bypassed by who may, compliance by nobody, until it ends', async () => {
  const Bucket = await at.bucket({ ObjectLockEnabledForBucket: true });
  const until = new Date(at.ringwall.installation.clock.now() + dayMs);
  const lock = async (Key: string, ObjectLockMode: 'GOVERNANCE' | 'COMPLIANCE') => {
    const put = await at.s3.putObject({ Bucket, Key, Body: 'x', ObjectLockMode, ObjectLockRetainUntilDate: until });
    return { Bucket, Key, VersionId: put.VersionId };
  };
  const governed = await lock('g', 'GOVERNANCE');
  const strict = await lock('c', 'COMPLIANCE');
  await refused(at.s3.deleteObject(governed), 'AccessDenied', /object lock/);
  const user = await at.user(allow(['s3:DeleteObject*'], `arn:aws:s3:::${Bucket}/*`));
  await refused(
    user.deleteObject({ ...governed, BypassGovernanceRetention: true }),
    'AccessDenied',
    /BypassGovernanceRetention/,
  );
  await at.s3.deleteObject({ ...governed, BypassGovernanceRetention: true });
  await refused(at.s3.deleteObject({ ...strict, BypassGovernanceRetention: true }), 'AccessDenied');
  const shorter = { Mode: 'COMPLIANCE' as const, RetainUntilDate: new Date(until.getTime() - 1_000) };
  await refused(
    at.s3.putObjectRetention({ ...strict, Retention: shorter, BypassGovernanceRetention: true }),
    'AccessDenied',
  );
  await at.ringwall.advance(dayMs + 1_000);
  await at.s3.deleteObject(strict);
});

test('lifecycle: what is old expires, delete markers that hide nothing go, uploads end', async () => {
  const Bucket = await at.bucket();
  await at.s3.putObject({ Bucket, Key: 'old/a', Body: 'x' });
  await at.s3.putObject({ Bucket, Key: 'kept', Body: 'x' });
  await at.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  await at.s3.createMultipartUpload({ Bucket, Key: 'upload' });
  const Status = 'Enabled' as const;
  await at.s3.putBucketLifecycleConfiguration({
    Bucket,
    LifecycleConfiguration: {
      Rules: [
        {
          ID: 'expire',
          Status,
          Filter: { Prefix: 'old/' },
          Expiration: { Days: 1 },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          ID: 'tidy',
          Status,
          Filter: { Prefix: '' },
          Expiration: { ExpiredObjectDeleteMarker: true },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
        },
      ],
    },
  });
  const { Expiration } = await at.s3.headObject({ Bucket, Key: 'old/a' });
  assert.match(Expiration ?? '', /^expiry-date=".* 00:00:00 GMT", rule-id="expire"$/);
  for (let days = 0; days < 3; days += 1) await at.ringwall.advance(dayMs);
  await refused(at.s3.getObject({ Bucket, Key: 'old/a' }), 'NoSuchKey');
  for (let days = 0; days < 3; days += 1) await at.ringwall.advance(dayMs);
  const { Versions, DeleteMarkers } = await at.s3.listObjectVersions({ Bucket });
  assert.deepEqual([Versions?.map(({ Key }) => Key), DeleteMarkers], [['kept'], undefined]);
  assert.equal((await at.s3.listMultipartUploads({ Bucket })).Uploads, undefined);
});

test('a bucket with something in it stays; one made again has nothing of the old one', async () => {
  const Bucket = await at.bucket();
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'x' });
  await refused(at.s3.deleteBucket({ Bucket }), 'BucketNotEmpty');
  await at.s3.deleteObject({ Bucket, Key: 'k' });
  await at.s3.deleteBucket({ Bucket });
  await refused(at.s3.headBucket({ Bucket }), 'NotFound');
  await at.s3.createBucket({ Bucket });
  assert.equal((await at.s3.listObjectsV2({ Bucket })).KeyCount, 0);
});
