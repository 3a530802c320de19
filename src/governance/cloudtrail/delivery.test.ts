import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import type { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { sliceEvents } from './trail-events.ts';
import { bucketPolicy, clients, deliveredEvents, type Event, keysIn, makeBucket } from './trail-for-tests.ts';

const minutes = 60_000;

describe('delivery to S3', () => {
  let ringwall: Ringwall;
  let trail: CloudTrail;
  let s3: S3;
  let ssm: SSM;

  before(async () => {
    ringwall = await startRingwall();
    ({ trail, s3 } = clients(ringwall));
    ssm = new SSM(ringwall.client);
    await makeBucket(s3, 'logs');
  });
  after(() => ringwall.stop());

  const put = (Name: string) => ssm.putParameter({ Name, Value: 'v', Type: 'String' });
  const names = async (prefix: string) =>
    (await deliveredEvents(s3, 'logs', prefix))
      .filter(({ eventSource }) => eventSource !== 's3.amazonaws.com')
      .map(({ eventName, requestParameters }) => `${eventName} ${requestParameters?.name ?? ''}`);

  test('a trail delivers what happens between its start and its stop, each event once', async () => {
    await trail.createTrail({ Name: 'main', S3BucketName: 'logs', S3KeyPrefix: 'a' });
    await put('early');
    await trail.startLogging({ Name: 'main' });
    await put('one');
    await ringwall.advance(6 * minutes);
    assert.deepEqual(await names('a/'), ['StartLogging main', 'PutParameter one']);
    const [key] = await keysIn(s3, 'logs', 'a/');
    assert.match(
      key ?? '',
      /^a\/AWSLogs\/(\d{12})\/CloudTrail\/us-east-1\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail_us-east-1_\d{8}T\d{4}Z_\w{16}\.json\.gz$/,
    );
    await put('two');
    await trail.stopLogging({ Name: 'main' });
    await put('late');
    await ringwall.advance(2 * minutes);
    await ringwall.advance(20 * minutes);
    assert.deepEqual(await names('a/'), [
      'StartLogging main',
      'PutParameter one',
      'PutParameter two',
      'StopLogging main',
    ]);
    const status = await trail.getTrailStatus({ Name: 'main' });
    assert.equal(status.IsLogging, false);
    assert.ok(status.LatestDeliveryTime !== undefined);
    await trail.startLogging({ Name: 'main' });
    await trail.startLogging({ Name: 'main' });
    await put('three');
    await ringwall.advance(6 * minutes);
    assert.deepEqual((await names('a/')).slice(4), ['StartLogging main', 'StartLogging main', 'PutParameter three']);
    await trail.deleteTrail({ Name: 'main' });
    await put('gone');
    await ringwall.advance(6 * minutes);
    assert.deepEqual((await names('a/')).slice(7), ['DeleteTrail main']);
    const { counts } = ringwall.installation.house.store;
    const left = Object.entries(await counts.call(ringwall.installation.house.store)).filter(([name]) =>
      /^cloudtrail\/(?!told)/.test(name),
    );
    assert.deepEqual(
      left.filter(([, count]) => count > 0),
      [],
    );
  });

  test('a trail of all Regions has files of each; one of a single Region has its own', async () => {
    await trail.createTrail({ Name: 'every', S3BucketName: 'logs', S3KeyPrefix: 'b', IsMultiRegionTrail: true });
    await trail.createTrail({ Name: 'local', S3BucketName: 'logs', S3KeyPrefix: 'c' });
    for (const Name of ['every', 'local']) await trail.startLogging({ Name });
    const west = new SSM(ringwall.as(ringwall.root, 'us-west-2'));
    await west.putParameter({ Name: 'west', Value: 'v', Type: 'String' });
    await put('east');
    await ringwall.advance(6 * minutes);
    const regions = async (prefix: string) => (await keysIn(s3, 'logs', prefix)).map((key) => key.split('/')[4]).sort();
    assert.deepEqual(await regions('b/'), ['us-east-1', 'us-west-2']);
    assert.deepEqual(await regions('c/'), ['us-east-1']);
    assert.deepEqual(await names(`b/AWSLogs/${ringwall.account}/CloudTrail/us-west-2/`), ['PutParameter west']);
    for (const Name of ['every', 'local']) await trail.deleteTrail({ Name });
  });

  test('a bucket that refuses is in the status, and what it missed comes when it lets CloudTrail in again', async () => {
    await makeBucket(s3, 'fickle');
    await trail.createTrail({ Name: 'patient', S3BucketName: 'fickle' });
    await trail.startLogging({ Name: 'patient' });
    await put('kept');
    await s3.deleteBucketPolicy({ Bucket: 'fickle' });
    await ringwall.advance(6 * minutes);
    const failed = await trail.getTrailStatus({ Name: 'patient' });
    assert.equal(failed.LatestDeliveryError, 'AccessDenied');
    assert.equal(failed.LatestDeliveryAttemptSucceeded, '');
    await s3.putBucketPolicy({ Bucket: 'fickle', Policy: bucketPolicy('fickle') });
    await ringwall.advance(6 * minutes);
    const mended = await trail.getTrailStatus({ Name: 'patient' });
    assert.equal(mended.LatestDeliveryError, undefined);
    const delivered = (await deliveredEvents(s3, 'fickle')).map(({ requestParameters }) => requestParameters?.name);
    assert.equal(delivered.filter((name) => name === 'kept').length, 1);
    await trail.deleteTrail({ Name: 'patient' });
  });

  test('data events are delivered where they are selected; a trail’s own files bring forth no others', async () => {
    await makeBucket(s3, 'watched');
    await trail.createTrail({ Name: 'data', S3BucketName: 'watched' });
    const DataResources = [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }];
    await trail.putEventSelectors({
      TrailName: 'data',
      EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: false, DataResources }],
    });
    await trail.startLogging({ Name: 'data' });
    await s3.putObject({ Bucket: 'watched', Key: 'mine', Body: 'x' });
    await ringwall.advance(6 * minutes);
    const written = await deliveredEvents(s3, 'watched');
    assert.deepEqual(
      written.map(({ eventName, eventCategory, requestParameters }) => [
        eventName,
        eventCategory,
        requestParameters.key,
      ]),
      [['PutObject', 'Data', 'mine']],
    );
    for (let times = 0; times < 5; times += 1) await ringwall.advance(6 * minutes);
    assert.equal((await keysIn(s3, 'watched', 'AWSLogs/')).length, 1);
    // A call that took ten minutes is on record with the time when it began.
    const { store, clock } = ringwall.installation.house;
    const time = clock.now() - 10 * minutes;
    const [event] = written;
    const eventTime = new Date(time).toISOString();
    const late = { ...event, eventID: 'late-one', eventTime, requestParameters: { key: 'large' } };
    const json = JSON.stringify({ event: late, decisions: [] });
    await store.commit({
      reads: [],
      writes: [],
      events: [],
      jobs: [],
      audit: [{ id: 'late-one', time, json, terms: [] }],
    });
    for (let times = 0; times < 15; times += 1) await ringwall.advance(6 * minutes);
    assert.deepEqual(
      (await deliveredEvents(s3, 'watched')).map(({ requestParameters }) => requestParameters.key),
      ['mine', 'large'],
    );
    await trail.deleteTrail({ Name: 'data' });
    for (let times = 0; times < 15; times += 1) await ringwall.advance(6 * minutes);
    assert.equal((await store.counts())['cloudtrail/receipt'] ?? 0, 0);
  });

  test('what does not fit into one file goes into several, oldest first', async () => {
    await makeBucket(s3, 'large');
    await trail.createTrail({ Name: 'large', S3BucketName: 'large' });
    await trail.startLogging({ Name: 'large' });
    const { store, clock } = ringwall.installation.house;
    const pattern = {
      eventName: 'Many',
      eventSource: 'ssm.amazonaws.com',
      eventCategory: 'Management',
      awsRegion: 'us-east-1',
      recipientAccountId: ringwall.account,
      managementEvent: true,
      readOnly: true,
      userIdentity: {},
    };
    const many = sliceEvents + 500;
    for (let begin = 0; begin < many; begin += 500) {
      const audit = Array.from({ length: 500 }, (_, at) => {
        const id = `many-${String(begin + at).padStart(6, '0')}`;
        const json = JSON.stringify({ event: { ...pattern, eventID: id }, decisions: [] });
        return { id, time: clock.now() + 1 + Math.floor((begin + at) / 50), json, terms: [] };
      });
      await store.commit({ reads: [], writes: [], events: [], jobs: [], audit });
    }
    await ringwall.advance(6 * minutes);
    const files = await keysIn(s3, 'large', 'AWSLogs/');
    assert.ok(files.length >= 2, `${files.length} files`);
    const ids = (await deliveredEvents(s3, 'large'))
      .filter(({ eventName }) => eventName === 'Many')
      .map(({ eventID }) => eventID);
    assert.equal(ids.length, many);
    assert.equal(new Set(ids).size, many);
    await trail.deleteTrail({ Name: 'large' });
  });

  test('files are encrypted with the trail’s key', async () => {
    const kms = new KMS(ringwall.client);
    const owner = { AWS: `arn:aws:iam::${ringwall.account}:root` };
    const Service = 'cloudtrail.amazonaws.com';
    const allow = (Principal: object, Action: string | string[]) => ({
      Effect: 'Allow',
      Principal,
      Action,
      Resource: '*',
    });
    const Statement = [allow(owner, 'kms:*'), allow({ Service }, ['kms:DescribeKey', 'kms:GenerateDataKey*'])];
    const { KeyMetadata } = await kms.createKey({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    await makeBucket(s3, 'sealed');
    await trail.createTrail({ Name: 'sealed', S3BucketName: 'sealed', KmsKeyId: KeyMetadata?.KeyId });
    await trail.startLogging({ Name: 'sealed' });
    await put('secret');
    await ringwall.advance(6 * minutes);
    const [Key = ''] = await keysIn(s3, 'sealed');
    const head = await s3.headObject({ Bucket: 'sealed', Key });
    assert.equal(head.ServerSideEncryption, 'aws:kms');
    assert.equal(head.SSEKMSKeyId, KeyMetadata?.Arn);
    assert.equal(
      (await deliveredEvents(s3, 'sealed')).some(({ requestParameters }) => requestParameters?.name === 'secret'),
      true,
    );
    await kms.disableKey({ KeyId: KeyMetadata?.KeyId });
    await put('next');
    await ringwall.advance(6 * minutes);
    assert.match((await trail.getTrailStatus({ Name: 'sealed' })).LatestDeliveryError ?? '', /^KMS\./);
    await trail.deleteTrail({ Name: 'sealed' });
  });
});

describe('delivery to others', () => {
  let ringwall: Ringwall;
  let trail: CloudTrail;
  let s3: S3;
  let ssm: SSM;
  before(async () => {
    ringwall = await startRingwall();
    ({ trail, s3 } = clients(ringwall));
    ssm = new SSM(ringwall.client);
    await makeBucket(s3, 'logs');
  });
  after(() => ringwall.stop());
  const put = (Name: string) => ssm.putParameter({ Name, Value: 'v', Type: 'String' });
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const Principal = { Service: 'cloudtrail.amazonaws.com' };

  test('a log group gets the events, a stream for each Region', async () => {
    const logs = new CloudWatchLogs(ringwall.client);
    const iam = new IAM(ringwall.client);
    const logGroupName = 'trail';
    await logs.createLogGroup({ logGroupName });
    const { account } = ringwall;
    const settings = {
      CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${account}:log-group:${logGroupName}:*`,
      CloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/logger`,
    };
    const make = () =>
      trail.createTrail({ Name: 'logged', S3BucketName: 'logs', IsMultiRegionTrail: true, ...settings });
    await assert.rejects(make(), { name: 'InvalidCloudWatchLogsRoleArnException' });
    const AssumeRolePolicyDocument = document({ Principal, Action: 'sts:AssumeRole' });
    await iam.createRole({ RoleName: 'logger', AssumeRolePolicyDocument });
    await assert.rejects(make(), { name: 'InvalidCloudWatchLogsRoleArnException' });
    const PolicyDocument = document({
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `arn:aws:logs:us-east-1:${account}:log-group:${logGroupName}:log-stream:${account}_CloudTrail_*`,
    });
    await iam.putRolePolicy({ RoleName: 'logger', PolicyName: 'p', PolicyDocument });
    await make();
    await trail.startLogging({ Name: 'logged' });
    await put('east');
    await new SSM(ringwall.as(ringwall.root, 'us-west-2')).putParameter({ Name: 'west', Value: 'v', Type: 'String' });
    await ringwall.advance(6 * minutes);
    const seen = async (region: string) => {
      const { events = [] } = await logs.filterLogEvents({
        logGroupName,
        logStreamNames: [`${account}_CloudTrail_${region}`],
      });
      return events.map(({ message = '' }) => (JSON.parse(message) as { readonly eventName: string }).eventName);
    };
    assert.deepEqual(await seen('us-west-2'), ['PutParameter']);
    assert.deepEqual(await seen('us-east-1'), ['StartLogging', 'PutParameter']);
    assert.ok((await trail.getTrailStatus({ Name: 'logged' })).LatestCloudWatchLogsDeliveryTime !== undefined);
    await logs.deleteLogGroup({ logGroupName });
    await ringwall.advance(6 * minutes);
    const { LatestCloudWatchLogsDeliveryError: error } = await trail.getTrailStatus({ Name: 'logged' });
    assert.equal(error, 'ResourceNotFoundException');
    await logs.createLogGroup({ logGroupName });
    await ringwall.advance(6 * minutes);
    assert.ok((await seen('us-east-1')).includes('DeleteLogGroup'));
    await trail.deleteTrail({ Name: 'logged' });
  });

  test('a topic is told of each file', async () => {
    const sns = new SNS(ringwall.client);
    const sqs = new SQS(ringwall.client);
    const { TopicArn = '' } = await sns.createTopic({ Name: 'files' });
    const { QueueUrl = '' } = await sqs.createQueue({ QueueName: 'files' });
    const QueueArn = `arn:aws:sqs:us-east-1:${ringwall.account}:files`;
    const fromTopic = { Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QueueArn };
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: document(fromTopic) } });
    await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn, Attributes: { RawMessageDelivery: 'true' } });
    const make = () =>
      trail.createTrail({ Name: 'told', S3BucketName: 'logs', S3KeyPrefix: 't', SnsTopicName: 'files' });
    await assert.rejects(make(), { name: 'InsufficientSnsTopicPolicyException' });
    const open = document({
      Principal,
      Action: 'SNS:Publish',
      Resource: TopicArn,
      Condition: { StringEquals: { 'aws:SourceArn': `arn:aws:cloudtrail:us-east-1:${ringwall.account}:trail/told` } },
    });
    await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue: open });
    assert.equal((await make()).SnsTopicARN, TopicArn);
    await trail.startLogging({ Name: 'told' });
    await ringwall.advance(6 * minutes);
    await ringwall.settled();
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
    const [s3ObjectKey] = await keysIn(s3, 'logs', 't/');
    assert.deepEqual(Messages.map(({ Body }) => Body).sort(), [
      'CloudTrail validation message.',
      JSON.stringify({ s3Bucket: 'logs', s3ObjectKey: [s3ObjectKey] }),
    ]);
    await sns.deleteTopic({ TopicArn });
    await ringwall.advance(6 * minutes);
    const status = await trail.getTrailStatus({ Name: 'told' });
    assert.ok(status.LatestNotificationError !== undefined);
    assert.equal(status.LatestDeliveryError, undefined);
    await trail.deleteTrail({ Name: 'told' });
  });

  test('EventBridge hears of calls that change something, promptly and once, while a trail is logging', async () => {
    const events = new EventBridge(ringwall.client);
    const sqs = new SQS(ringwall.client);
    const { QueueUrl = '' } = await sqs.createQueue({ QueueName: 'calls' });
    const Arn = `arn:aws:sqs:us-east-1:${ringwall.account}:calls`;
    const Service = 'events.amazonaws.com';
    const policy = document({ Principal: { Service }, Action: 'sqs:SendMessage', Resource: Arn });
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: policy } });
    const EventPattern = JSON.stringify({
      source: ['aws.ssm'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: { eventName: ['PutParameter', 'GetParameter'] },
    });
    await events.putRule({ Name: 'calls', EventPattern });
    await events.putTargets({ Rule: 'calls', Targets: [{ Id: '1', Arn }] });
    const heard = async () => {
      for (let times = 0; times < 4; times += 1) await ringwall.advance(6_000);
      await ringwall.settled();
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
      for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as { readonly detail: Event }).map(
        ({ detail }) => `${detail.eventName} ${detail.requestParameters.name}`,
      );
    };
    await put('before');
    assert.deepEqual(await heard(), []);
    await trail.createTrail({ Name: 'heard', S3BucketName: 'logs' });
    await trail.startLogging({ Name: 'heard' });
    await put('while');
    await ssm.getParameter({ Name: 'while' });
    assert.deepEqual(await heard(), ['PutParameter while']);
    assert.deepEqual(await heard(), []);
    await trail.stopLogging({ Name: 'heard' });
    await put('after');
    assert.deepEqual(await heard(), []);
    await trail.startLogging({ Name: 'heard' });
    await put('again');
    assert.deepEqual(await heard(), ['PutParameter again']);
    await trail.deleteTrail({ Name: 'heard' });
  });
});
