import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { Lambda } from '@aws-sdk/client-lambda';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

/** With CloudWatch and Lambda themselves; in open mode, where a 12-digit access key id is the root of that account. */
const [owner, guest] = ['111122223333', '444455556666'];
const secretAccessKey = 'any';

let it: TestLogs;
let ours: CloudWatchLogs;
let theirs: CloudWatchLogs;
before(async () => {
  it = await openTestLogs({ auth: 'open', logLevel: 'silent' });
  const rootOf = (accessKeyId: string) => new CloudWatchLogs(it.ringwall.as({ accessKeyId, secretAccessKey }));
  [ours, theirs] = [rootOf(owner), rootOf(guest)];
});
after(() => it.ringwall.stop());

/** An archive with one empty, stored file: enough for a function that nobody runs. */
function archive(): Uint8Array {
  const name = Buffer.from('index.js');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(10, 4);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(0x031e, 4);
  central.writeUInt16LE(10, 6);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length, 16);
  return Buffer.concat([local, name, central, name, end]);
}

test('a metric filter becomes a metric', async () => {
  const metricTransformations = [{ metricName: 'errors', metricNamespace: 'app', metricValue: '1' }];
  await ours.createLogGroup({ logGroupName: 'm' });
  await ours.createLogStream({ logGroupName: 'm', logStreamName: 's' });
  await ours.putMetricFilter({ logGroupName: 'm', filterName: 'f', filterPattern: 'ERROR', metricTransformations });
  const timestamp = it.now();
  const logEvents = ['ERROR a', 'fine', 'ERROR b'].map((message) => ({ timestamp, message }));
  await ours.putLogEvents({ logGroupName: 'm', logStreamName: 's', logEvents });
  await it.ringwall.settled();
  const cloudwatch = new CloudWatch(it.ringwall.as({ accessKeyId: owner, secretAccessKey }));
  const { Datapoints } = await cloudwatch.getMetricStatistics({
    Namespace: 'app',
    MetricName: 'errors',
    StartTime: new Date(timestamp - 3_600_000),
    EndTime: new Date(timestamp + 3_600_000),
    Period: 60,
    Statistics: ['Sum', 'SampleCount'],
  });
  assert.deepEqual(
    Datapoints?.map(({ Sum, SampleCount }) => [Sum, SampleCount]),
    [[2, 2]],
  );
});

test('a function must let the service in; a destination, the other account', async () => {
  const { IAM } = await import('@aws-sdk/client-iam');
  const iam = new IAM(it.ringwall.as({ accessKeyId: owner, secretAccessKey }));
  const policyOf = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const trusted = (...Service: string[]) => policyOf({ Principal: { Service }, Action: 'sts:AssumeRole' });
  const AssumeRolePolicyDocument = trusted('lambda.amazonaws.com', 'logs.amazonaws.com');
  const { Role } = await iam.createRole({ RoleName: 'r', AssumeRolePolicyDocument });
  await iam.putRolePolicy({
    RoleName: 'r',
    PolicyName: 'p',
    PolicyDocument: policyOf({ Action: 'lambda:InvokeFunction', Resource: '*' }),
  });
  const lambda = new Lambda(it.ringwall.as({ accessKeyId: owner, secretAccessKey }));
  const { FunctionArn = '' } = await lambda.createFunction({
    FunctionName: 'f',
    Role: Role?.Arn ?? '',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: archive() },
  });
  await ours.createLogGroup({ logGroupName: 'l' });
  const filter = { logGroupName: 'l', filterName: 'f', filterPattern: '', destinationArn: FunctionArn };
  await assert.rejects(ours.putSubscriptionFilter(filter), /Could not execute the lambda function/);
  await lambda.addPermission({
    FunctionName: 'f',
    StatementId: 'logs',
    Action: 'lambda:InvokeFunction',
    Principal: 'logs.amazonaws.com',
    SourceArn: `arn:aws:logs:us-east-1:${owner}:log-group:l:*`,
    SourceAccount: owner,
  });
  await ours.putSubscriptionFilter(filter);

  const { destination } = await ours.putDestination({
    destinationName: 'd',
    targetArn: FunctionArn,
    roleArn: Role?.Arn ?? '',
  });
  const destinationArn = destination?.arn ?? '';
  await theirs.createLogGroup({ logGroupName: 'l' });
  await assert.rejects(theirs.putSubscriptionFilter({ ...filter, destinationArn }), { name: 'AccessDeniedException' });
  const accessPolicy = policyOf({
    Principal: { AWS: guest },
    Action: 'logs:PutSubscriptionFilter',
    Resource: destinationArn,
  });
  await ours.putDestinationPolicy({ destinationName: 'd', accessPolicy });
  await theirs.putSubscriptionFilter({ ...filter, destinationArn });
});

test('another account finds nothing by ARN unless a policy opens it', async () => {
  const logGroupIdentifier = `arn:aws:logs:us-east-1:${owner}:log-group:m`;
  await assert.rejects(theirs.filterLogEvents({ logGroupIdentifier }), { name: 'AccessDeniedException' });
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: guest },
    Action: 'logs:FilterLogEvents',
    Resource: `${logGroupIdentifier}*`,
  };
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await ours.putResourcePolicy({ policyName: 'p', policyDocument });
  const { events } = await theirs.filterLogEvents({ logGroupIdentifier });
  assert.equal(events?.length, 3);
});

test('metrics that lines carry become metrics', async () => {
  await it.stream('embedded');
  const timestamp = it.now();
  const Metrics = [{ Name: 'took', Unit: 'Milliseconds' }];
  const CloudWatchMetrics = [{ Namespace: 'shop', Dimensions: [['app']], Metrics }];
  const line = (took: number) =>
    JSON.stringify({ _aws: { Timestamp: timestamp, CloudWatchMetrics }, app: 'web', took });
  await it.put('embedded', [line(4), 'hello', line(6)]);
  await it.ringwall.settled();
  const cloudwatch = new CloudWatch(it.ringwall.client);
  const { Datapoints } = await cloudwatch.getMetricStatistics({
    Namespace: 'shop',
    MetricName: 'took',
    Dimensions: [{ Name: 'app', Value: 'web' }],
    StartTime: new Date(timestamp - 3_600_000),
    EndTime: new Date(timestamp + 3_600_000),
    Period: 60,
    Statistics: ['Average', 'SampleCount'],
  });
  cloudwatch.destroy();
  assert.deepEqual(
    Datapoints?.map(({ Average, SampleCount, Unit }) => [Average, SampleCount, Unit]),
    [[5, 2, 'Milliseconds']],
  );
});
