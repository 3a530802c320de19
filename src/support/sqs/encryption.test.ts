import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { SQS } from '@aws-sdk/client-sqs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { bodies, createQueue, refused } from './client-for-tests.ts';
import { messages } from './records.ts';

let ringwall: Ringwall;
let sqs: SQS;
let kms: KMS;

before(async () => {
  ringwall = await startRingwall();
  sqs = new SQS(ringwall.client);
  kms = new KMS(ringwall.client);
});
after(() => ringwall.stop());

async function user(name: string, ...Action: readonly string[]): Promise<SQS> {
  const iam = new IAM(ringwall.client);
  await iam.createUser({ UserName: name });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  await iam.putUserPolicy({ UserName: name, PolicyName: 'may', PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName: name });
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return new SQS(ringwall.as({ accessKeyId, secretAccessKey }));
}

test('messages are encrypted under the queue\u2019s key, and open for who may decrypt', async () => {
  const { KeyMetadata } = await kms.createKey({});
  const KmsMasterKeyId = KeyMetadata?.KeyId ?? '';
  const QueueUrl = await createQueue(sqs, 'kms', { KmsMasterKeyId });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'secret words' });
  const { store } = ringwall.installation.house;
  const place = { collection: messages.name, account: ringwall.account, region: 'us-east-1' };
  const stored = JSON.stringify(await store.scan({ ...place }));
  assert.doesNotMatch(stored, /secret words/);
  assert.match(stored, /"sealed":/);

  const sender = await user('sender', 'sqs:*', 'kms:GenerateDataKey');
  await sender.sendMessage({ QueueUrl, MessageBody: 'by a sender' });
  await refused(bodies(sender, QueueUrl), 'KmsAccessDenied', /kms:Decrypt/);
  assert.deepEqual(
    (await bodies(sqs, QueueUrl)).toSorted(),
    ['by a sender', 'secret words'],
    'the refused receive took nothing',
  );
  const receiver = await user('receiver', 'sqs:*', 'kms:Decrypt');
  await refused(receiver.sendMessage({ QueueUrl, MessageBody: 'x' }), 'KmsAccessDenied', /kms:GenerateDataKey/);

  await kms.disableKey({ KeyId: KmsMasterKeyId });
  await ringwall.advance(301_000);
  await refused(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }), 'KmsDisabled');
  await refused(bodies(sqs, QueueUrl), 'KmsDisabled');
});

test('the AWS managed key comes into being with its first use', async () => {
  const QueueUrl = await createQueue(sqs, 'managed', { KmsMasterKeyId: 'alias/aws/sqs' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  assert.deepEqual(await bodies(sqs, QueueUrl), ['x']);
  const { Aliases = [] } = await kms.listAliases({});
  assert.ok(Aliases.some(({ AliasName }) => AliasName === 'alias/aws/sqs'));
});

test('a data key serves for its reuse period', async () => {
  const { KeyMetadata } = await kms.createKey({});
  const KmsMasterKeyId = KeyMetadata?.KeyId ?? '';
  const attributes = { KmsMasterKeyId, KmsDataKeyReusePeriodSeconds: '60' };
  const QueueUrl = await createQueue(sqs, 'reuse', attributes);
  await sqs.sendMessage({ QueueUrl, MessageBody: '1' });
  await kms.disableKey({ KeyId: KmsMasterKeyId });
  await sqs.sendMessage({ QueueUrl, MessageBody: '2' });
  await ringwall.advance(60_000);
  await refused(sqs.sendMessage({ QueueUrl, MessageBody: '3' }), 'KmsDisabled');
});

test('a key that is none', async () => {
  const QueueUrl = await createQueue(sqs, 'nokey', { KmsMasterKeyId: 'alias/none' });
  await refused(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }), 'KmsNotFound');
});
