import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { startRingwall } from '../harness/start.ts';

/** Log lines, counted by a metric filter, watched by an alarm, told by a topic, kept in a queue. */

const minute = 60_000;
const account = '123456789012';
const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });

test('an alarm fires from a metric filter', async (t) => {
  const ringwall = await startRingwall();
  const settings = ringwall.client;
  const clients = {
    cloudwatch: new CloudWatch(settings),
    logs: new CloudWatchLogs(settings),
    sns: new SNS(settings),
    sqs: new SQS(settings),
  };
  t.after(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await ringwall.stop();
  });
  const { cloudwatch, logs, sns, sqs } = clients;
  const { TopicArn = '' } = await sns.createTopic({ Name: 'pager' });
  const Condition = { ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:${account}:alarm:*` } };
  const Service = (name: string) => ({ Effect: 'Allow', Principal: { Service: name } });
  const AttributeValue = policy({
    ...Service('cloudwatch.amazonaws.com'),
    Action: 'sns:Publish',
    Resource: TopicArn,
    Condition,
  });
  await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue });
  const Resource = `arn:aws:sqs:us-east-1:${account}:inbox`;
  const Policy = policy({ ...Service('sns.amazonaws.com'), Action: 'sqs:SendMessage', Resource });
  const { QueueUrl = '' } = await sqs.createQueue({ QueueName: 'inbox', Attributes: { Policy } });
  await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: Resource, Attributes: { RawMessageDelivery: 'true' } });
  await logs.createLogGroup({ logGroupName: 'shop' });
  await logs.createLogStream({ logGroupName: 'shop', logStreamName: 'web' });
  const metricTransformations = [{ metricName: 'errors', metricNamespace: 'shop', metricValue: '1' }];
  const filter = { logGroupName: 'shop', filterName: 'errors', filterPattern: '{ $.level = "error" }' };
  await logs.putMetricFilter({ ...filter, metricTransformations });
  await cloudwatch.putMetricAlarm({
    AlarmName: 'errors',
    Namespace: 'shop',
    MetricName: 'errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [TopicArn],
  });

  /** To the begin of the next minute: what is due then is done. */
  const nextMinute = async () => {
    await ringwall.advance(minute - (ringwall.installation.clock.now() % minute) + 10);
    await ringwall.settled();
  };
  const log = async (...levels: readonly string[]) => {
    const timestamp = ringwall.installation.clock.now();
    const logEvents = levels.map((level) => ({ timestamp, message: JSON.stringify({ level, text: 'said' }) }));
    await logs.putLogEvents({ logGroupName: 'shop', logStreamName: 'web', logEvents });
    await ringwall.settled();
  };
  const told = async () => ((await sqs.receiveMessage({ QueueUrl })).Messages ?? []).map(({ Body = '' }) => Body);

  await nextMinute();
  await log('info', 'error', 'error', 'info');
  await nextMinute();
  assert.deepEqual(await told(), [], 'two errors are not more than two');
  await log('error', 'error', 'error', 'info');
  await nextMinute();
  const [body = '{}'] = await told();
  const message = JSON.parse(body) as Readonly<Record<string, unknown>>;
  assert.deepEqual([message['AlarmName'], message['NewStateValue']], ['errors', 'ALARM']);
  assert.match(String(message['NewStateReason']), /1 datapoint \[3\.0 .*\] was greater than the threshold \(2\.0\)/);
});
