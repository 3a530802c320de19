import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Service } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

/** Calls that the services in the place of Lambda and CloudWatch were given. */
type Sent = { readonly input: Record<string, unknown>; readonly account: string; readonly principal: string };
const invoked: Sent[] = [];
const published: Sent[] = [];
let failing: ServiceError | undefined;

let it: TestLogs;
let lambdaArn: string;
before(async () => {
  it = await openTestLogs();
  const services = it.ringwall.installation.house.services as Map<string, Service>;
  const stand = (name: string, operation: string, into: Sent[]) => {
    services.set(name, {
      name,
      prefix: name,
      host: `${name}.amazonaws.com`,
      collections: [],
      operations: {
        [operation]: {
          resource: 'none',
          handle: async (input: never, { account, principal }) => {
            if (failing !== undefined) throw failing;
            into.push({ input, account, principal: principal.arn });
            return {};
          },
        },
      },
    });
  };
  stand('lambda', 'Invoke', invoked);
  stand('cloudwatch', 'PutMetricData', published);
  lambdaArn = `arn:aws:lambda:us-east-1:${it.ringwall.account}:function:f`;
});
after(() => it.ringwall.stop());

function messageIn({ input }: Sent): Record<string, unknown> {
  const { awslogs } = JSON.parse(Buffer.from(input['Payload'] as Uint8Array).toString()) as {
    awslogs: { data: string };
  };
  return JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as Record<string, unknown>;
}

test('a function that subscribes hears that it does, and gets what its filter takes', async () => {
  const { logs } = it;
  await it.stream('sub');
  const filter = {
    logGroupName: 'sub',
    filterName: 'f',
    filterPattern: '[level=ERROR, text]',
    destinationArn: lambdaArn,
  };
  await logs.putSubscriptionFilter(filter);
  const control = messageIn(invoked.splice(0)[0] as Sent);
  assert.equal(control['messageType'], 'CONTROL_MESSAGE');
  assert.equal(control['owner'], 'CloudwatchLogs');
  const at = it.now();
  await it.put('sub', ['ERROR one', 'INFO two', 'ERROR three'], at);
  await it.ringwall.settled();
  const [sent] = invoked.splice(0) as [Sent];
  assert.equal(sent.principal, 'logs.amazonaws.com');
  assert.equal(sent.input['InvocationType'], 'Event');
  const message = messageIn(sent);
  const ids = (await logs.filterLogEvents({ logGroupName: 'sub' })).events?.map(({ eventId }) => eventId) ?? [];
  assert.deepEqual(message, {
    messageType: 'DATA_MESSAGE',
    owner: it.ringwall.account,
    logGroup: 'sub',
    logStream: 's',
    subscriptionFilters: ['f'],
    logEvents: [
      { id: ids[0], timestamp: at, message: 'ERROR one', extractedFields: { level: 'ERROR', text: 'one' } },
      { id: ids[2], timestamp: at + 2, message: 'ERROR three', extractedFields: { level: 'ERROR', text: 'three' } },
    ],
  });
});

test('a subscriber that fails is tried again, one that refuses is not, and putting goes on', async () => {
  failing = new ServiceError('TooManyRequestsException', 'Rate Exceeded.');
  await it.put('sub', ['ERROR four']);
  await it.ringwall.settled();
  failing = undefined;
  assert.equal(invoked.length, 0);
  await it.ringwall.advance(70_000);
  assert.equal(invoked.splice(0).length, 1);
  failing = new ServiceError('AccessDeniedException', 'no');
  await it.put('sub', ['ERROR five']);
  await it.ringwall.settled();
  failing = undefined;
  await it.ringwall.advance(3_600_000);
  assert.equal(invoked.length, 0);
});

test('a function that cannot be called does not become a subscriber', async () => {
  await it.stream('unreachable');
  failing = new ServiceError('AccessDeniedException', 'no');
  await assert.rejects(
    it.logs.putSubscriptionFilter({
      logGroupName: 'unreachable',
      filterName: 'f',
      filterPattern: '',
      destinationArn: lambdaArn,
    }),
    /Could not execute the lambda function/,
  );
  failing = undefined;
  const { subscriptionFilters } = await it.logs.describeSubscriptionFilters({ logGroupName: 'unreachable' });
  assert.deepEqual(subscriptionFilters, []);
});

test('metric filters count what they take, with values, dimensions and defaults', async () => {
  const { logs } = it;
  await it.stream('metrics');
  const filter = (filterName: string, filterPattern: string, transformation: object) =>
    logs.putMetricFilter({
      logGroupName: 'metrics',
      filterName,
      filterPattern,
      metricTransformations: [{ metricName: filterName, metricNamespace: 'app', metricValue: '1', ...transformation }],
    });
  await filter('errors', 'ERROR', { defaultValue: 0 });
  await filter('latency', '{ $.ms = * }', {
    metricValue: '$.ms',
    unit: 'Milliseconds',
    dimensions: { Path: '$.path' },
  });
  const at = Math.floor(it.now() / 60_000) * 60_000;
  await it.put(
    'metrics',
    [
      '{"ms":5,"path":"/a"}',
      '{"ms":7,"path":"/b"}',
      '{"ms":5,"path":"/a"}',
      '{"ms":5}',
      '{"ms":"x","path":"/a"}',
      'plain',
    ],
    at,
  );
  await it.ringwall.settled();
  const data = published.splice(0).map(({ input }) => input);
  const Timestamp = new Date(at);
  const Unit = 'Milliseconds';
  const Dimensions = (Value: string) => [{ Name: 'Path', Value }];
  assert.deepEqual(data, [
    { Namespace: 'app', MetricData: [{ MetricName: 'errors', Timestamp, Values: [0], Counts: [1], Unit: 'None' }] },
    {
      Namespace: 'app',
      MetricData: [
        { MetricName: 'latency', Timestamp, Values: [5], Counts: [2], Unit, Dimensions: Dimensions('/a') },
        { MetricName: 'latency', Timestamp, Values: [7], Counts: [1], Unit, Dimensions: Dimensions('/b') },
      ],
    },
  ]);
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: 'metrics' });
  assert.equal(logGroups?.[0]?.metricFilterCount, 2);
  await assert.rejects(filter('bad', 'ERROR', { dimensions: { A: '$.a' } }), {
    message: 'The specified filter pattern does not support dimensions',
  });
  await assert.rejects(filter('bad', '[a, b]', { metricValue: '$c' }), /Invalid metric value/);
});

test('TestMetricFilter tells which messages match, and their fields', async () => {
  const { matches } = await it.logs.testMetricFilter({
    filterPattern: '[ip, status=4*]',
    logEventMessages: ['10.0.0.1 404', '10.0.0.1 200', '10.0.0.2 401'],
  });
  assert.deepEqual(matches, [
    { eventNumber: 1, eventMessage: '10.0.0.1 404', extractedValues: { $ip: '10.0.0.1', $status: '404' } },
    { eventNumber: 3, eventMessage: '10.0.0.2 401', extractedValues: { $ip: '10.0.0.2', $status: '401' } },
  ]);
});

test('a destination is called in its role, which must trust the service', async () => {
  const { logs, ringwall } = it;
  const { IAM } = await import('@aws-sdk/client-iam');
  const iam = new IAM(ringwall.client);
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'logs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const { Role } = await iam.createRole({ RoleName: 'deliverer', AssumeRolePolicyDocument });
  const { destination } = await logs.putDestination({
    destinationName: 'd',
    targetArn: lambdaArn,
    roleArn: Role?.Arn ?? '',
  });
  await it.stream('far');
  await logs.putSubscriptionFilter({
    logGroupName: 'far',
    filterName: 'f',
    filterPattern: '',
    destinationArn: destination?.arn ?? '',
  });
  await it.put('far', ['hello']);
  await ringwall.settled();
  const sent = invoked.splice(0);
  assert.equal(sent.length, 2);
  assert.match(sent[1]?.principal ?? '', /assumed-role\/deliverer\/CloudWatchLogs$/);
  assert.equal(messageIn(sent[1] as Sent)['logGroup'], 'far');
});

test('an account policy subscribes to every group but those it leaves out', async () => {
  const { logs } = it;
  await it.stream('every');
  await it.stream('left-out');
  await logs.putAccountPolicy({
    policyName: 'all',
    policyType: 'SUBSCRIPTION_FILTER_POLICY',
    policyDocument: JSON.stringify({ DestinationArn: lambdaArn, FilterPattern: 'ERROR', Distribution: 'Random' }),
    selectionCriteria: 'LogGroupName NOT IN ["left-out"]',
  });
  invoked.length = 0;
  await it.put('every', ['ERROR']);
  await it.put('left-out', ['ERROR']);
  await it.ringwall.settled();
  assert.deepEqual(
    invoked.splice(0).map((sent) => messageIn(sent)['logGroup']),
    ['every'],
  );
  const { accountPolicies } = await logs.describeAccountPolicies({ policyType: 'SUBSCRIPTION_FILTER_POLICY' });
  assert.equal(accountPolicies?.[0]?.policyName, 'all');
  await logs.deleteAccountPolicy({ policyName: 'all', policyType: 'SUBSCRIPTION_FILTER_POLICY' });
});

test('a live tail shows what comes in and matches', async () => {
  const { logs } = it;
  await it.stream('live');
  const gone = new AbortController();
  const { responseStream } = await logs.startLiveTail(
    { logGroupIdentifiers: [it.arn('live')], logEventFilterPattern: 'ERROR' },
    { abortSignal: gone.signal },
  );
  assert.ok(responseStream !== undefined);
  const seen: unknown[] = [];
  try {
    for await (const event of responseStream) {
      if (event.sessionStart !== undefined) {
        assert.deepEqual(event.sessionStart.logGroupIdentifiers, [it.arn('live')]);
        await it.put('live', ['INFO', 'ERROR now']);
      }
      seen.push(
        ...(event.sessionUpdate?.sessionResults ?? []).map(({ message, logStreamName }) => [message, logStreamName]),
      );
      if (seen.length > 0) break;
    }
  } finally {
    gone.abort();
  }
  assert.deepEqual(seen, [['ERROR now', 's']]);
});
