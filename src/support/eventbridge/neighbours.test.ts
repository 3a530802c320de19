import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

describe('the services that events go to', () => {
  let ringwall: Ringwall;
  let events: EventBridge;
  let sqs: SQS;
  const arnOf = (name: string, service = 'sqs') => `arn:aws:${service}:us-east-1:${ringwall.account}:${name}`;
  const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  const allow = (Resource: string, Action: string, Service = 'events.amazonaws.com') => {
    const SourceAccount = { StringEquals: { 'aws:SourceAccount': ringwall.account } };
    return documentOf({
      Sid: 'in',
      Effect: 'Allow',
      Principal: { Service },
      Action,
      Resource,
      Condition: SourceAccount,
    });
  };

  before(async () => {
    ringwall = await startRingwall();
    events = new EventBridge(ringwall.client);
    sqs = new SQS(ringwall.client);
    await events.putRule({ Name: 'all', EventPattern: '{"source":["shop"]}' });
  });
  after(() => ringwall.stop());

  const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const Policy = allow(arnOf(QueueName), 'sqs:SendMessage');
    return (await sqs.createQueue({ QueueName, Attributes: { Policy, ...Attributes } })).QueueUrl ?? '';
  };
  const target = (Id: string, Arn: string, more: object = {}) =>
    events.putTargets({ Rule: 'all', Targets: [{ Id, Arn, ...more }] });
  const put = async (detail: object) => {
    await events.putEvents({ Entries: [{ Source: 'shop', DetailType: 't', Detail: JSON.stringify(detail) }] });
    await ringwall.settled();
  };
  const received = async (QueueUrl: string) => {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    return Messages;
  };

  it('queues, with order and without', async () => {
    const plain = await queue('plain');
    const fifo = await queue('line.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await target('plain', arnOf('plain'));
    await target('fifo', arnOf('line.fifo'), { SqsParameters: { MessageGroupId: 'g' } });
    await put({ id: 1 });
    for (const url of [plain, fifo]) {
      const [message, ...more] = await received(url);
      assert.equal(more.length, 0);
      assert.deepEqual(JSON.parse(message?.Body ?? '').detail, { id: 1 });
    }
  });

  it('a dead-letter queue gets what a missing queue does not', async () => {
    const dead = await queue('dead');
    await target('missing', arnOf('missing'), { DeadLetterConfig: { Arn: arnOf('dead') } });
    await put({ id: 2 });
    const [message] = await received(dead);
    // Who may not ask a queue is not told that there is none.
    assert.equal(message?.MessageAttributes?.['ERROR_CODE']?.StringValue, 'NO_PERMISSIONS');
    assert.equal(message?.MessageAttributes?.['TARGET_ARN']?.StringValue, arnOf('missing'));
    await events.removeTargets({ Rule: 'all', Ids: ['missing'] });
  });

  it('topics', async () => {
    const sns = new SNS(ringwall.client);
    const { TopicArn = '' } = await sns.createTopic({ Name: 'topic' });
    const Policy = allow(TopicArn, 'sns:Publish');
    await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue: Policy });
    const url =
      (
        await sqs.createQueue({
          QueueName: 'subscribed',
          Attributes: {
            Policy: documentOf({
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: arnOf('subscribed'),
            }),
          },
        })
      ).QueueUrl ?? '';
    await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arnOf('subscribed') });
    await target('topic', TopicArn);
    await put({ id: 3 });
    const [message] = await received(url);
    assert.deepEqual(JSON.parse(JSON.parse(message?.Body ?? '').Message).detail, { id: 3 });
  });

  it('log groups', async () => {
    const logs = new CloudWatchLogs(ringwall.client);
    const logGroupName = '/aws/events/all';
    await logs.createLogGroup({ logGroupName });
    const Resource = `${arnOf(`log-group:${logGroupName}`, 'logs')}:*`;
    const policyDocument = documentOf({
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource,
    });
    await logs.putResourcePolicy({ policyName: 'events', policyDocument });
    await target('logs', arnOf(`log-group:${logGroupName}`, 'logs'));
    await put({ id: 4 });
    const { events: found = [] } = await logs.filterLogEvents({ logGroupName });
    assert.deepEqual(
      found.map(({ message = '' }) => JSON.parse(message).detail),
      [{ id: 4 }],
    );
  });

  it('schedules reach queues as their role', async () => {
    const url = (await sqs.createQueue({ QueueName: 'clock' })).QueueUrl ?? '';
    const iam = new IAM(ringwall.client);
    const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.createRole({ RoleName: 'clock', AssumeRolePolicyDocument: documentOf(trust) });
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('clock') });
    await iam.putRolePolicy({ RoleName: 'clock', PolicyName: 'may', PolicyDocument });
    await new Scheduler(ringwall.client).createSchedule({
      Name: 'tick',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arnOf('clock'), RoleArn: Role?.Arn, Input: '"tick"' },
    });
    await ringwall.settled();
    assert.deepEqual(
      (await received(url)).map(({ Body }) => Body),
      ['"tick"'],
    );
  });
});
