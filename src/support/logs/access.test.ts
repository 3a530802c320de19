import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import type { Service } from '#runtime/service.ts';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

let it: TestLogs;
before(async () => {
  it = await openTestLogs();
});
after(() => it.ringwall.stop());

const policyOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

test('an encrypted group needs its key, in every call and for what it stored', async () => {
  const { logs, ringwall } = it;
  const kms = new KMS(ringwall.client);
  const { KeyMetadata } = await kms.createKey({
    Policy: policyOf(
      { Effect: 'Allow', Principal: { AWS: ringwall.account }, Action: 'kms:*', Resource: '*' },
      {
        Effect: 'Allow',
        Principal: { Service: 'logs.amazonaws.com' },
        Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
        Resource: '*',
        Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': it.arn('sealed') } },
      },
    ),
  });
  const kmsKeyId = KeyMetadata?.Arn ?? '';
  await assert.rejects(logs.createLogGroup({ logGroupName: 'other', kmsKeyId }), {
    name: 'AccessDeniedException',
    message: `The specified KMS key does not exist or is not allowed to be used with Arn '${it.arn('other')}'`,
  });
  await logs.createLogGroup({ logGroupName: 'sealed', kmsKeyId });
  await logs.createLogStream({ logGroupName: 'sealed', logStreamName: 's' });
  await it.put('sealed', ['secret one']);
  const { events } = await logs.filterLogEvents({ logGroupName: 'sealed', filterPattern: 'secret' });
  assert.equal(events?.length, 1);
  const found = await ringwall.installation.house.store.scan<{ data: string }>({
    collection: 'logs/block',
    account: ringwall.account,
    region: 'us-east-1',
  });
  assert.notEqual(
    Buffer.from(found.at(-1)?.value.data ?? '', 'base64').readUInt32LE(0),
    0xfd2fb528,
    'no compressed block in the clear',
  );
  await kms.disableKey({ KeyId: kmsKeyId });
  await ringwall.advance(301_000);
  await assert.rejects(it.put('sealed', ['two']), { name: 'AccessDeniedException' });
  await assert.rejects(logs.getLogEvents({ logGroupName: 'sealed', logStreamName: 's' }), {
    name: 'AccessDeniedException',
  });
  await kms.enableKey({ KeyId: kmsKeyId });
  await logs.disassociateKmsKey({ logGroupName: 'sealed' });
  await it.put('sealed', ['three']);
  const after = await logs.getLogEvents({ logGroupName: 'sealed', logStreamName: 's' });
  assert.deepEqual(
    after.events?.map(({ message }) => message),
    ['secret one', 'three'],
  );
});

test('callers see and write what their policies say', async () => {
  await it.stream('mine', 'allowed');
  await it.logs.createLogStream({ logGroupName: 'mine', logStreamName: 'denied' });
  const writer = await it.user('writer', {
    Effect: 'Allow',
    Action: 'logs:PutLogEvents',
    Resource: `${it.arn('mine')}:log-stream:allowed`,
  });
  const put = (logStreamName: string) =>
    writer.putLogEvents({ logGroupName: 'mine', logStreamName, logEvents: [{ timestamp: it.now(), message: 'x' }] });
  await put('allowed');
  await assert.rejects(put('denied'), { name: 'AccessDeniedException' });
  await assert.rejects(writer.getLogEvents({ logGroupName: 'mine', logStreamName: 'allowed' }), {
    name: 'AccessDeniedException',
  });
});

test('a resource policy opens a group to a service, and to nobody of the account', async () => {
  const { logs, ringwall } = it;
  await it.stream('open');
  const { house } = ringwall.installation;
  const services = house.services as Map<string, Service>;
  // A service that writes into the group, as EventBridge does.
  services.set('secretsmanager', {
    name: 'secretsmanager',
    prefix: 'secretsmanager',
    host: 'events.amazonaws.com',
    collections: [],
    operations: {
      ListSecrets: {
        resource: 'none',
        handle: async (_input: never, ctx) => {
          await ctx.call(
            'logs',
            'PutLogEvents',
            { logGroupName: 'open', logStreamName: 's', logEvents: [{ timestamp: ctx.now, message: 'event' }] },
            { as: 'service', source: { arn: `arn:aws:events:us-east-1:${ctx.account}:rule/r`, account: ctx.account } },
          );
          return {};
        },
      },
    },
  });
  const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
  const other = new SecretsManager(ringwall.client);
  await assert.rejects(other.listSecrets({}), /not authorized/);
  const document = policyOf({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com', AWS: '*' },
    Action: 'logs:PutLogEvents',
    Resource: `${it.arn('open')}:*`,
    Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:us-east-1:${ringwall.account}:rule/*` } },
  });
  await logs.putResourcePolicy({ policyName: 'events', policyDocument: document });
  await other.listSecrets({});
  const { events } = await logs.getLogEvents({ logGroupName: 'open', logStreamName: 's' });
  assert.deepEqual(
    events?.map(({ message }) => message),
    ['event'],
  );
  const nobody = await it.user('nobody');
  await assert.rejects(
    nobody.putLogEvents({
      logGroupName: 'open',
      logStreamName: 's',
      logEvents: [{ timestamp: it.now(), message: 'x' }],
    }),
    { name: 'AccessDeniedException' },
  );
  await logs.deleteResourcePolicy({ policyName: 'events' });
  await assert.rejects(other.listSecrets({}), /not authorized/);
  const ofGroup = await logs.putResourcePolicy({ resourceArn: it.arn('open'), policyDocument: document });
  await other.listSecrets({});
  await assert.rejects(logs.putResourcePolicy({ resourceArn: it.arn('open'), policyDocument: document }), {
    name: 'OperationAbortedException',
  });
  await logs.deleteResourcePolicy({ resourceArn: it.arn('open'), expectedRevisionId: ofGroup.revisionId ?? '' });
  await assert.rejects(logs.putResourcePolicy({ policyName: 'bad', policyDocument: '{' }), {
    name: 'InvalidParameterException',
  });
});

test('an export writes each stream below the task, once the bucket lets the service in', async () => {
  const { logs, ringwall } = it;
  const s3 = new S3({ ...ringwall.client, forcePathStyle: true });
  await it.stream('exported', 'a/b');
  await logs.createLogStream({ logGroupName: 'exported', logStreamName: 'empty' });
  const at = Math.floor(it.now() / 1000) * 1000;
  await it.put('exported', ['one', 'two'], at, 'a/b');
  const task = { logGroupName: 'exported', from: at, to: at + 60_000, destination: 'exports' };
  await assert.rejects(logs.createExportTask(task), {
    message: 'The given bucket does not exist. Please make sure the bucket is valid.',
  });
  await s3.createBucket({ Bucket: 'exports' });
  await assert.rejects(logs.createExportTask(task), /GetBucketAcl call on the given bucket failed/);
  const Service = 'logs.amazonaws.com';
  const Condition = { StringEquals: { 'aws:SourceAccount': ringwall.account } };
  await s3.putBucketPolicy({
    Bucket: 'exports',
    Policy: policyOf(
      {
        Effect: 'Allow',
        Principal: { Service },
        Action: 's3:GetBucketAcl',
        Resource: 'arn:aws:s3:::exports',
        Condition,
      },
      {
        Effect: 'Allow',
        Principal: { Service },
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::exports/*',
        Condition,
      },
    ),
  });
  const { taskId = '' } = await logs.createExportTask(task);
  await ringwall.settled();
  const { exportTasks } = await logs.describeExportTasks({ taskId });
  assert.deepEqual(exportTasks?.[0]?.status, { code: 'COMPLETED', message: 'Completed successfully' });
  const { Body } = await s3.getObject({ Bucket: 'exports', Key: `exportedlogs/${taskId}/a-b/000000.gz` });
  const text = gunzipSync(Buffer.from((await Body?.transformToByteArray()) ?? [])).toString();
  const time = (ms: number) => new Date(ms).toISOString();
  assert.equal(text, `${time(at)} one\n${time(at + 1)} two\n`);
  await assert.rejects(logs.cancelExportTask({ taskId }), { name: 'InvalidOperationException' });
});

test('protected groups are not deleted; classes say what they do not have', async () => {
  const { logs } = it;
  await logs.createLogGroup({
    logGroupName: 'kept',
    deletionProtectionEnabled: true,
    logGroupClass: 'INFREQUENT_ACCESS',
  });
  await assert.rejects(logs.deleteLogGroup({ logGroupName: 'kept' }), { name: 'ValidationException' });
  const metricTransformations = [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }];
  await assert.rejects(
    logs.putMetricFilter({ logGroupName: 'kept', filterName: 'f', filterPattern: '', metricTransformations }),
    { name: 'InvalidOperationException' },
  );
  await logs.putLogGroupDeletionProtection({ logGroupIdentifier: 'kept', deletionProtectionEnabled: false });
  await logs.deleteLogGroup({ logGroupName: 'kept' });
});
