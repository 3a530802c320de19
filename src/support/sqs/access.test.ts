import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { SQS } from '@aws-sdk/client-sqs';
import { serviceRuntime } from '#runtime/service-runtime.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { bodies, createQueue, refused } from './client-for-tests.ts';
import { sqs as service } from './service.ts';

const [owner, guest] = ['111122223333', '444455556666'];

let ringwall: Ringwall;
let ours: SQS;
let theirs: SQS;

/** In open mode a 12-digit access key id is the root of that account. */
const rootOf = (account: string) => new SQS(ringwall.as({ accessKeyId: account, secretAccessKey: 'any' }));

before(async () => {
  ringwall = await startRingwall({ auth: 'open' });
  ours = rootOf(owner);
  theirs = rootOf(guest);
});
after(() => ringwall.stop());

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${owner}:${name}`;

async function shared(name: string, ...Statement: readonly object[]): Promise<string> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: Statement.map((statement) => ({ Effect: 'Allow', Resource: arnOf(name), ...statement })),
  });
  return createQueue(ours, name, { Policy });
}

/** A call without a signature. */
async function unsigned(operation: string, input: object): Promise<Response> {
  return fetch(ringwall.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
    body: JSON.stringify(input),
  });
}

test('another account uses a queue as far as its policy goes', async () => {
  const Principal = { AWS: `arn:aws:iam::${guest}:root` };
  const QueueUrl = await shared('theirs', {
    Principal,
    Action: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:GetQueueUrl'],
  });
  const found = await theirs.getQueueUrl({ QueueName: 'theirs', QueueOwnerAWSAccountId: owner });
  assert.equal(found.QueueUrl, QueueUrl);
  await theirs.sendMessage({ QueueUrl, MessageBody: 'from afar' });
  assert.deepEqual(await bodies(theirs, QueueUrl), ['from afar']);
  const waiting = bodies(theirs, QueueUrl, { WaitTimeSeconds: 20 });
  await ours.sendMessage({ QueueUrl, MessageBody: 'waited for' });
  assert.deepEqual(await waiting, ['waited for'], 'a long poll hears of another account\u2019s queue');
  await refused(theirs.getQueueAttributes({ QueueUrl }), 'AccessDenied');
});

test('what is for the owner alone no policy gives to another account', async () => {
  const QueueUrl = await shared('mine', { Principal: '*', Action: 'sqs:*' });
  await theirs.sendMessage({ QueueUrl, MessageBody: 'x' });
  for (const call of [
    theirs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: '1' } }),
    theirs.tagQueue({ QueueUrl, Tags: { a: 'b' } }),
    theirs.addPermission({ QueueUrl, Label: 'l', AWSAccountIds: [guest], Actions: ['*'] }),
    theirs.deleteQueue({ QueueUrl }),
  ])
    await refused(call, 'AccessDenied');
});

test('anybody uses a queue that is open to all, and none other', async () => {
  const QueueUrl = await shared('open', { Principal: '*', Action: 'sqs:SendMessage' });
  assert.equal((await unsigned('SendMessage', { QueueUrl, MessageBody: 'hi' })).status, 200);
  assert.equal((await unsigned('ReceiveMessage', { QueueUrl })).status, 400);
  const { Messages = [] } = await ours.receiveMessage({ QueueUrl });
  assert.equal(Messages[0]?.Body, 'hi');
  const closed = await createQueue(ours, 'closed');
  assert.match(await (await unsigned('SendMessage', { QueueUrl: closed, MessageBody: 'hi' })).text(), /AccessDenied/);
});

for (const host of ['sns', 'events', 's3', 'lambda'])
  test(`${host}.amazonaws.com sends for a source that the policy names`, async () => {
    const source = `arn:aws:${host}:us-east-1:${owner}:source`;
    const name = `from-${host}`;
    const QueueUrl = await shared(name, {
      Principal: { Service: `${host}.amazonaws.com` },
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': source } },
    });
    const { house } = ringwall.installation;
    const runtime = serviceRuntime(house, { ...service, host: `${host}.amazonaws.com` });
    const send = (arn: string) =>
      runtime.run({ account: owner, region: 'us-east-1' }, 'Deliver', (ctx) =>
        ctx.call(
          'sqs',
          'SendMessage',
          { QueueUrl, MessageBody: host },
          { as: 'service', source: { arn, account: owner } },
        ),
      );
    await send(source);
    await assert.rejects(send(`${source}-other`), { code: /^AccessDenied/ });
    assert.deepEqual(await bodies(ours, QueueUrl), [host]);
  });

test('permissions are statements of the policy', async () => {
  const QueueUrl = await createQueue(ours, 'permitted');
  await refused(theirs.sendMessage({ QueueUrl, MessageBody: 'x' }), 'AccessDenied');
  await ours.addPermission({ QueueUrl, Label: 'guest', AWSAccountIds: [guest], Actions: ['SendMessage'] });
  await theirs.sendMessage({ QueueUrl, MessageBody: 'x' });
  const { Attributes } = await ours.getQueueAttributes({ QueueUrl, AttributeNames: ['Policy'] });
  assert.deepEqual(JSON.parse(Attributes?.Policy ?? '').Statement, [
    {
      Sid: 'guest',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${guest}:root` },
      Action: 'SQS:SendMessage',
      Resource: arnOf('permitted'),
    },
  ]);
  await ours.removePermission({ QueueUrl, Label: 'guest' });
  await refused(theirs.sendMessage({ QueueUrl, MessageBody: 'x' }), 'AccessDenied');
  const after_ = await ours.getQueueAttributes({ QueueUrl, AttributeNames: ['Policy'] });
  assert.equal(after_.Attributes, undefined);
  const eight = Array.from({ length: 8 }, () => 'SendMessage');
  const permission = { QueueUrl, Label: 'l', AWSAccountIds: [guest] };
  await refused(ours.addPermission({ ...permission, Actions: eight }), 'OverLimit');
  await refused(ours.addPermission({ ...permission, Actions: ['CreateQueue'] }), 'InvalidParameterValue');
});

test('principals in a policy are shown as they were given', async () => {
  const iam = new IAM(ringwall.as({ accessKeyId: owner, secretAccessKey: 'any' }));
  const { User } = await iam.createUser({ UserName: 'ann' });
  const { Role } = await iam.createRole({
    RoleName: 'worker',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: User?.Arn }, Action: 'sts:AssumeRole' }],
    }),
  });
  const QueueUrl = await shared('named', { Principal: { AWS: Role?.Arn }, Action: 'sqs:*' });
  const { Attributes } = await ours.getQueueAttributes({ QueueUrl, AttributeNames: ['Policy'] });
  assert.equal(JSON.parse(Attributes?.Policy ?? '').Statement[0].Principal.AWS, Role?.Arn);
});

test('addresses that are none', async () => {
  for (const QueueUrl of ['http://x/1/2/3', 'ftp://a/b', '///', 'http://x/111122223333/', `http://x/${owner}/a b`])
    await refused(ours.sendMessage({ QueueUrl, MessageBody: 'x' }), 'InvalidAddress');
  await refused(ours.sendMessage({ QueueUrl: `http://any.host/${owner}/none`, MessageBody: 'x' }), 'QueueDoesNotExist');
});
