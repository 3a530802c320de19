import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { S3Control } from '@aws-sdk/client-s3-control';
import { allow, bucketPolicy, openTestS3, openToPublic, refused, type TestS3 } from './client-for-tests.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

const read = (bucket: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
  ...more,
});

test('new buckets are closed to the public, by policy and by ACL', async () => {
  const Bucket = await at.bucket();
  await refused(
    at.s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(read(Bucket)) }),
    'AccessDenied',
    /BlockPublicPolicy/,
  );
  await refused(at.s3.putBucketAcl({ Bucket, ACL: 'public-read' }), 'AccessControlListNotSupported');
  assert.equal((await at.anonymous(`/${Bucket}`)).status, 403);
});

test('a public policy lets everybody read, until it is restricted', async () => {
  const Bucket = await at.bucket();
  await openToPublic(at.s3, Bucket);
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'open' });
  await at.s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(read(Bucket)) });
  assert.equal((await at.s3.getBucketPolicyStatus({ Bucket })).PolicyStatus?.IsPublic, true);
  assert.equal(await (await at.anonymous(`/${Bucket}/k`)).text(), 'open');
  assert.equal((await at.anonymous(`/${Bucket}/k`, { method: 'PUT', body: 'x' })).status, 403);
  // What is absent is not told to who may not list.
  assert.equal((await at.anonymous(`/${Bucket}/absent`)).status, 403);
  await at.s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } });
  assert.equal((await at.anonymous(`/${Bucket}/k`)).status, 403);
  assert.equal((await at.s3.getObject({ Bucket, Key: 'k' })).ContentLength, 4);
});

test('the account closes its buckets whatever they say', async () => {
  const Bucket = await at.bucket();
  await openToPublic(at.s3, Bucket);
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'open' });
  await at.s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(read(Bucket)) });
  const control = new S3Control({
    ...at.ringwall.client,
    // The client puts the account before the host, which an address cannot have.
    endpointProvider: () => ({ url: new URL(at.ringwall.endpoint) }),
  });
  const AccountId = at.ringwall.account;
  await refused(control.getPublicAccessBlock({ AccountId }), 'NoSuchPublicAccessBlockConfiguration');
  await control.putPublicAccessBlock({ AccountId, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } });
  assert.equal((await at.anonymous(`/${Bucket}/k`)).status, 403);
  await control.deletePublicAccessBlock({ AccountId });
  assert.equal((await at.anonymous(`/${Bucket}/k`)).status, 200);
});

test('ACLs open buckets and objects where they are in use', async () => {
  const Bucket = await at.bucket({ ObjectOwnership: 'ObjectWriter' });
  await openToPublic(at.s3, Bucket);
  await at.s3.putObject({ Bucket, Key: 'open', Body: 'open', ACL: 'public-read' });
  await at.s3.putObject({ Bucket, Key: 'closed', Body: 'closed' });
  assert.equal((await at.anonymous(`/${Bucket}/open`)).status, 200);
  assert.equal((await at.anonymous(`/${Bucket}/closed`)).status, 403);
  assert.equal((await at.anonymous(`/${Bucket}`)).status, 403);
  await at.s3.putBucketAcl({ Bucket, ACL: 'public-read' });
  assert.equal((await at.anonymous(`/${Bucket}`)).status, 200);
  const { Grants } = await at.s3.getObjectAcl({ Bucket, Key: 'open' });
  assert.deepEqual(
    Grants?.map(({ Permission }) => Permission),
    ['FULL_CONTROL', 'READ'],
  );
  await at.s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: { IgnorePublicAcls: true } });
  assert.equal((await at.anonymous(`/${Bucket}/open`)).status, 403);
});

test('users may what their policies and the bucket say', async () => {
  const Bucket = await at.bucket();
  await at.s3.putObject({ Bucket, Key: 'a/1', Body: 'x', Tagging: 'team=blue' });
  await at.s3.putObject({ Bucket, Key: 'b/1', Body: 'x' });
  const objects = `arn:aws:s3:::${Bucket}/*`;
  const tagged = await at.user(
    allow('s3:GetObject', objects, { StringEquals: { 's3:ExistingObjectTag/team': 'blue' } }),
  );
  assert.equal((await tagged.getObject({ Bucket, Key: 'a/1' })).ContentLength, 1);
  await refused(tagged.getObject({ Bucket, Key: 'b/1' }), 'AccessDenied');
  await refused(tagged.getObject({ Bucket, Key: 'absent' }), 'AccessDenied');
  const lister = await at.user(
    allow('s3:ListBucket', `arn:aws:s3:::${Bucket}`, { StringLike: { 's3:prefix': 'a/*' } }),
  );
  assert.equal((await lister.listObjectsV2({ Bucket, Prefix: 'a/' })).KeyCount, 1);
  await refused(lister.listObjectsV2({ Bucket }), 'AccessDenied');
  const writer = await at.user(
    allow('s3:PutObject', objects, { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } }),
  );
  await refused(writer.putObject({ Bucket, Key: 'c', Body: '' }), 'AccessDenied');
  await writer.putObject({ Bucket, Key: 'c', Body: '', ServerSideEncryption: 'AES256' });
  await refused(
    writer.putObject({ Bucket, Key: 'c', Body: '', ServerSideEncryption: 'AES256', Tagging: 'a=b' }),
    'AccessDenied',
    /PutObjectTagging/,
  );
  const deleter = await at.user(allow('s3:DeleteObject', `arn:aws:s3:::${Bucket}/a/*`));
  const { Deleted, Errors } = await deleter.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'a/1' }, { Key: 'b/1' }] },
  });
  assert.deepEqual(
    [Deleted?.map(({ Key }) => Key), Errors?.map(({ Key, Code }) => `${Key} ${Code}`)],
    [['a/1'], ['b/1 AccessDenied']],
  );
});

test('a bucket policy denies its own account, and the root user can take it back', async () => {
  const Bucket = await at.bucket();
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  };
  await at.s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(deny) });
  await refused(at.s3.listObjectsV2({ Bucket }), 'AccessDenied', /explicit deny/);
  await at.s3.deleteBucketPolicy({ Bucket });
  assert.equal((await at.s3.listObjectsV2({ Bucket })).KeyCount, 0);
});

test('policies that S3 would not take', async () => {
  const Bucket = await at.bucket();
  const cases: readonly (readonly [object, RegExp])[] = [
    [read('other-bucket'), /invalid resource/],
    [{ ...read(Bucket), Action: 'sqs:SendMessage' }, /invalid action/],
    [{ ...read(Bucket), Principal: { AWS: `arn:aws:iam::${at.ringwall.account}:user/nobody` } }, /Invalid principal/],
    [{ ...read(Bucket), Principal: undefined }, /Principal/],
  ];
  for (const [statement, text] of cases)
    await refused(at.s3.putBucketPolicy({ Bucket, Policy: bucketPolicy(statement) }), 'MalformedPolicy', text);
});

test('a bucket that is expected to be another account’s', async () => {
  const Bucket = await at.bucket();
  await refused(at.s3.listObjectsV2({ Bucket, ExpectedBucketOwner: '999999999999' }), 'AccessDenied');
});

test('errors have all of S3’s members', async () => {
  const answer = await at.anonymous('/no-such-bucket-here/k');
  assert.equal(answer.status, 404);
  assert.match(
    await answer.text(),
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchBucket<\/Code><Message>The specified bucket does not exist<\/Message><BucketName>no-such-bucket-here<\/BucketName><RequestId>.+<\/RequestId><HostId>.+<\/HostId><\/Error>$/,
  );
});
