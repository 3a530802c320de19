import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { upkeep } from '#runtime/upkeep.ts';
import { signRequest } from '#wire/sigv4/sign.ts';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

let it: TestLogs;
before(async () => {
  it = await openTestLogs();
});
after(() => it.ringwall.stop());

test('groups are listed by name, page by page, by prefix, pattern, class and tag', async () => {
  const { logs } = it;
  for (let at = 0; at < 7; at += 1)
    await logs.createLogGroup({
      logGroupName: `/list/${at}`,
      ...(at === 3 ? { logGroupClass: 'INFREQUENT_ACCESS', tags: { a: 'b' } } : {}),
    });
  const names: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.describeLogGroups({
      logGroupNamePrefix: '/list/',
      limit: 3,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    names.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(
    names,
    [0, 1, 2, 3, 4, 5, 6].map((at) => `/list/${at}`),
  );
  const only3 = [{ logGroupName: '/list/3', logGroupArn: it.arn('/list/3'), logGroupClass: 'INFREQUENT_ACCESS' }];
  assert.deepEqual((await logs.listLogGroups({ logGroupClass: 'INFREQUENT_ACCESS' })).logGroups, only3);
  assert.deepEqual((await logs.listLogGroups({ logGroupTags: [{ key: 'a', values: ['b'] }] })).logGroups, only3);
  assert.deepEqual((await logs.listLogGroups({ logGroupNamePattern: '^list' })).logGroups, []);
  assert.equal((await logs.listLogGroups({ logGroupNamePattern: '^/list|none' })).logGroups?.length, 7);
  assert.equal((await logs.describeLogGroups({ logGroupNamePattern: 'LIST/3' })).logGroups?.length, 1);
  await assert.rejects(logs.describeLogGroups({ nextToken: 'x' }), { name: 'InvalidParameterException' });
});

test('streams are listed by name or by their last event', async () => {
  const { logs, ringwall } = it;
  await logs.createLogGroup({ logGroupName: 'ordered' });
  for (const name of ['a', 'b', 'c']) await logs.createLogStream({ logGroupName: 'ordered', logStreamName: name });
  const now = it.now();
  await it.put('ordered', ['x'], now - 5_000, 'c');
  await it.put('ordered', ['x'], now - 9_000, 'b');
  await it.put('ordered', ['x'], now - 1_000, 'a');
  const listed = async (more: object) =>
    ((await logs.describeLogStreams({ logGroupName: 'ordered', ...more })).logStreams ?? []).map(
      ({ logStreamName }) => logStreamName,
    );
  assert.deepEqual(await listed({}), ['a', 'b', 'c']);
  assert.deepEqual(await listed({ descending: true }), ['c', 'b', 'a']);
  assert.deepEqual(await listed({ orderBy: 'LastEventTime' }), ['b', 'c', 'a']);
  assert.deepEqual(await listed({ orderBy: 'LastEventTime', descending: true, limit: 2 }), ['a', 'c']);
  const { logStreams } = await logs.describeLogStreams({ logGroupName: 'ordered', logStreamNamePrefix: 'c' });
  assert.equal(logStreams?.[0]?.firstEventTimestamp, now - 5_000);
  assert.equal(logStreams?.[0]?.lastEventTimestamp, now - 5_000);
  await it.put('ordered', ['y'], now, 'c');
  const { logStreams: later } = await logs.describeLogStreams({ logGroupName: 'ordered', logStreamNamePrefix: 'c' });
  assert.equal(later?.[0]?.lastEventTimestamp, now);
  const { nextToken = '' } = await logs.describeLogStreams({
    logGroupName: 'ordered',
    orderBy: 'LastEventTime',
    limit: 1,
  });
  assert.equal((await listed({ orderBy: 'LastEventTime', limit: 1, nextToken }))[0], 'c');
  await logs.deleteLogStream({ logGroupName: 'ordered', logStreamName: 'b' });
  assert.deepEqual(await listed({}), ['a', 'c']);
  await ringwall.settled();
});

test('sizes and times are written down every minute, once', async () => {
  const { logs, ringwall } = it;
  const { house } = ringwall.installation;
  await it.stream('sized');
  const now = it.now();
  await it.put('sized', ['x'.repeat(100)], now - 10);
  await it.put('sized', ['x'.repeat(50)], now);
  await upkeep(house);
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: 'sized' });
  assert.equal(logGroups?.[0]?.storedBytes, 150);
  const { logStreams } = await logs.describeLogStreams({ logGroupName: 'sized' });
  assert.deepEqual([logStreams?.[0]?.firstEventTimestamp, logStreams?.[0]?.lastEventTimestamp], [now - 10, now]);
  await upkeep(house);
  assert.equal((await logs.describeLogGroups({ logGroupNamePrefix: 'sized' })).logGroups?.[0]?.storedBytes, 150);
});

const hostile: readonly (readonly [operation: string, input: object | Buffer])[] = [
  ['CreateLogGroup', { logGroupName: 'a b' }],
  ['CreateLogGroup', { logGroupName: 'aws/x' }],
  ['CreateLogGroup', { logGroupName: 'x'.repeat(513) }],
  ['CreateLogGroup', { logGroupName: 'k', kmsKeyId: 'arn:aws:kms:us-east-1:1:key/../x' }],
  ['CreateLogStream', { logGroupName: 'ordered', logStreamName: 'a:b' }],
  ['CreateLogStream', { logGroupName: 'ordered', logStreamName: '\u0000*' }],
  ['GetLogEvents', { logGroupIdentifier: 'arn:aws:logs:eu-west-1:123456789012:log-group:ordered', logStreamName: 'a' }],
  ['GetLogEvents', { logGroupIdentifier: 'arn:aws:s3:::x', logStreamName: 'a' }],
  ['GetLogEvents', { logGroupName: 'ordered', logGroupIdentifier: 'ordered', logStreamName: 'a' }],
  ['GetLogEvents', { logStreamName: 'a' }],
  ['GetLogEvents', { logGroupName: 'ordered', logStreamName: 'a', nextToken: `f/${'9'.repeat(57)}/s` }],
  ['GetLogEvents', { logGroupName: 'ordered', logStreamName: 'a', startTime: 5, endTime: 4 }],
  ['GetLogEvents', { logGroupName: 'ordered', logStreamName: 'a', startTime: -1 }],
  ['FilterLogEvents', { logGroupName: 'ordered', filterPattern: '{'.repeat(1_024) }],
  ['FilterLogEvents', { logGroupName: 'ordered', filterPattern: 'x'.repeat(1_025) }],
  ['FilterLogEvents', { logGroupName: 'ordered', logStreamNames: ['none'] }],
  ['PutLogEvents', { logGroupName: 'ordered', logStreamName: 'a', logEvents: [] }],
  ['PutLogEvents', { logGroupName: 'ordered', logStreamName: 'a', logEvents: [{ timestamp: 1e300, message: 'x' }] }],
  [
    'PutLogEvents',
    Buffer.from(
      '{"logGroupName":"ordered","logStreamName":"a","logEvents":[{"timestamp":1,"message":"\xff\xfe"}]}',
      'latin1',
    ),
  ],
  ['PutRetentionPolicy', { logGroupName: 'ordered', retentionInDays: 2 }],
  ['PutResourcePolicy', { policyName: 'p', policyDocument: '[]' }],
  ['PutResourcePolicy', { policyDocument: '{}' }],
  ['PutDestination', { destinationName: 'd', targetArn: 'x', roleArn: 'y' }],
  ['PutSubscriptionFilter', { logGroupName: 'ordered', filterName: 'f', filterPattern: '', destinationArn: 'x' }],
  ['PutAccountPolicy', { policyName: 'p', policyDocument: 'x', policyType: 'SUBSCRIPTION_FILTER_POLICY' }],
  ['PutAccountPolicy', { policyName: 'p', policyDocument: 'null', policyType: 'SUBSCRIPTION_FILTER_POLICY' }],
  ['TagResource', { resourceArn: 'arn:aws:logs:us-east-1:123456789012:log-group:ordered', tags: { 'aws:x': 'y' } }],
  ['TagResource', { resourceArn: 'x', tags: { a: 'b' } }],
  ['AssociateKmsKey', { kmsKeyId: 'x' }],
  ['StartLiveTail', { logGroupIdentifiers: ['ordered'] }],
  ['StartQuery', { startTime: 1, endTime: 2, queryString: 'fields @message' }],
];

for (const [operation, input] of hostile) {
  test(`${operation} refuses ${Buffer.isBuffer(input) ? 'invalid UTF-8' : JSON.stringify(input).slice(0, 80)}`, async () => {
    const { ringwall } = it;
    const body = Buffer.isBuffer(input) ? input : Buffer.from(JSON.stringify(input));
    const headers = {
      host: `127.0.0.1:${ringwall.port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
    };
    const request = { method: 'POST', path: '/', query: '', headers, body };
    const signed = signRequest(request, { ...ringwall.root, region: 'us-east-1', service: 'logs' }, Date.now());
    const response = await fetch(ringwall.endpoint, {
      method: 'POST',
      headers: signed.headers as Record<string, string>,
      body,
    });
    assert.equal(response.status, 400, await response.text());
  });
}
