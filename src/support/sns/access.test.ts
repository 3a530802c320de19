import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Service } from '#runtime/service.ts';
import { jobContext } from '../../runtime/job-context.ts';
import { Unit } from '../../runtime/unit.ts';
import { openStage, type Stage } from './stage-for-tests.ts';

const elsewhere = '444455556666';

let stage: Stage;
/** A user of another account who may do everything there. */
let stranger: SNS;
let theirQueues: SQS;
before(async () => {
  stage = await openStage();
  const { house } = stage.ringwall.installation;
  const unit = new Unit();
  const root = { kind: 'root', account: stage.ringwall.account } as never;
  const made = (await house.createAccount(root, elsewhere, unit)) as { accessKeyId: string; secretAccessKey: string };
  await house.store.commit(unit.commit([]));
  theirQueues = new SQS(stage.ringwall.as(made));
  stranger = await userOf(new IAM(stage.ringwall.as(made)), 'stranger', [
    { Effect: 'Allow', Action: '*', Resource: '*' },
  ]);
});
after(() => stage.ringwall.stop());

async function userOf(iam: IAM, UserName: string, Statement: readonly object[]): Promise<SNS> {
  await iam.createUser({ UserName });
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument });
  }
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return new SNS(stage.ringwall.as({ accessKeyId, secretAccessKey }));
}

const denied = (error: Error) => /^(?:AccessDenied|AuthorizationError)/.test(error.name);
const setPolicy = (TopicArn: string, Statement: object) =>
  stage.sns.setTopicAttributes({
    TopicArn,
    AttributeName: 'Policy',
    AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...Statement }] }),
  });

test('the policy that every topic begins with opens it to nobody by itself', async () => {
  const TopicArn = await stage.topic('closed');
  const nobody = await userOf(new IAM(stage.ringwall.client), 'nobody', []);
  await assert.rejects(nobody.publish({ TopicArn, Message: 'x' }), denied);
  await assert.rejects(stranger.publish({ TopicArn, Message: 'x' }), denied);
  await assert.rejects(stranger.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: 'x' }), denied);
});

test('a topic’s policy opens it to another account, by AddPermission too', async () => {
  const TopicArn = await stage.topic('shared');
  await stage.sns.addPermission({ TopicArn, Label: 'l', AWSAccountId: [elsewhere], ActionName: ['Publish'] });
  await stranger.publish({ TopicArn, Message: 'x' });
  await assert.rejects(stranger.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: 'x' }), denied);
  await stage.sns.removePermission({ TopicArn, Label: 'l' });
  await assert.rejects(stranger.publish({ TopicArn, Message: 'x' }), denied);
});

test('policies see the protocol and the endpoint of a subscription', async () => {
  const TopicArn = await stage.topic('picky');
  await setPolicy(TopicArn, {
    Principal: { AWS: elsewhere },
    Action: ['SNS:Subscribe', 'SNS:Receive'],
    Resource: TopicArn,
    Condition: { StringEquals: { 'sns:Protocol': 'https' }, StringLike: { 'sns:Endpoint': 'https://127.0.0.1:1/*' } },
  });
  const subscribe = (Protocol: string, Endpoint: string) => stranger.subscribe({ TopicArn, Protocol, Endpoint });
  assert.deepEqual((await subscribe('https', 'https://127.0.0.1:1/x')).SubscriptionArn, 'pending confirmation');
  await assert.rejects(subscribe('https', 'https://127.0.0.2:1/x'), denied);
  await assert.rejects(subscribe('http', 'http://127.0.0.1:1/x'), denied);
});

test('who subscribed from another account owns the subscription: lists, reads and ends it', async () => {
  const TopicArn = await stage.topic('foreign');
  await setPolicy(TopicArn, { Principal: { AWS: elsewhere }, Action: 'SNS:Subscribe', Resource: TopicArn });
  const { SubscriptionArn } = await stranger.subscribe({
    TopicArn,
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:us-east-1:${elsewhere}:theirs`,
  });
  const { Subscriptions = [] } = await stranger.listSubscriptions({});
  assert.ok(Subscriptions.some((each) => each.SubscriptionArn === SubscriptionArn && each.Owner === elsewhere));
  assert.ok(!(await stage.sns.listSubscriptions({})).Subscriptions?.some((each) => each.TopicArn === TopicArn));
  const { Attributes } = await stranger.getSubscriptionAttributes({ SubscriptionArn });
  assert.equal(Attributes?.['PendingConfirmation'], 'false');
  await stranger.unsubscribe({ SubscriptionArn });
  await assert.rejects(stage.sns.getSubscriptionAttributes({ SubscriptionArn }), { name: 'NotFoundException' });
});

test('a queue of another account has to confirm, with the token that it gets', async () => {
  const TopicArn = await stage.topic('towards');
  const Endpoint = `arn:aws:sqs:us-east-1:${elsewhere}:theirs`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
  };
  const { QueueUrl } = await theirQueues.createQueue({
    QueueName: 'theirs',
    Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
  });
  const taken = async () => {
    await stage.ringwall.settled();
    const { Messages = [] } = await theirQueues.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as Readonly<Record<string, string>>);
  };
  const { SubscriptionArn } = await stage.sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint });
  assert.equal(SubscriptionArn, 'pending confirmation');
  await stage.sns.publish({ TopicArn, Message: 'too early' });
  const [asked, ...more] = await taken();
  assert.deepEqual([asked?.['Type'], more], ['SubscriptionConfirmation', []]);
  await stage.sns.confirmSubscription({ TopicArn, Token: asked?.['Token'] });
  await stage.sns.publish({ TopicArn, Message: 'now' });
  assert.equal((await taken())[0]?.['Message'], 'now');
});

test('services publish as the topic’s policy says, for the source that it names', async () => {
  const TopicArn = await stage.topic('told');
  const bucket = 'arn:aws:s3:::photos';
  await setPolicy(TopicArn, {
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'SNS:Publish',
    Resource: TopicArn,
    Condition: { ArnEquals: { 'aws:SourceArn': bucket } },
  });
  const { house } = stage.ringwall.installation;
  const s3 = house.services.get('s3') as Service;
  const publish = async (arn: string) => {
    const { account } = stage.ringwall;
    const { ctx, commit, close } = jobContext(house, new Unit(), s3, 'test', account, 'us-east-1');
    try {
      await ctx.call('sns', 'Publish', { TopicArn, Message: 'x' }, { as: 'service', source: { arn, account } });
      await commit();
    } finally {
      close();
    }
  };
  await publish(bucket);
  await assert.rejects(publish('arn:aws:s3:::others'), /not authorized/);
});

test('a queue whose policy does not let the topic in gets nothing', async () => {
  const TopicArn = await stage.topic('unwelcome');
  const queue = await stage.queue('unwelcoming', { Policy: '' });
  await stage.subscribe(TopicArn, queue);
  await stage.sns.publish({ TopicArn, Message: 'x' });
  assert.deepEqual(await queue.messages(), []);
});
