import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { upkeep } from '#runtime/upkeep.ts';
import { allow, bucketPolicy, openTestS3, refused, type TestS3 } from './client-for-tests.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

const origin = 'https://app.example';

test('a preflight is answered by the rules of the bucket', async () => {
  const Bucket = await at.bucket();
  const ask = (headers: Record<string, string>, path = `/${Bucket}/k`) =>
    at.anonymous(path, { method: 'OPTIONS', headers });
  assert.equal((await ask({})).status, 400);
  const wanted = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-amz-date, content-type',
  };
  assert.match(
    await (await ask(wanted)).text(),
    /<Code>AccessForbidden<\/Code><Message>CORSResponse: CORS is not enabled/,
  );
  await at.s3.putBucketCors({
    Bucket,
    CORSConfiguration: {
      CORSRules: [
        {
          AllowedMethods: ['PUT', 'GET'],
          AllowedOrigins: ['https://*.example'],
          AllowedHeaders: ['*'],
          ExposeHeaders: ['ETag'],
          MaxAgeSeconds: 60,
        },
      ],
    },
  });
  const answer = await ask(wanted);
  assert.equal(answer.status, 200);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control')));
  assert.deepEqual(headers, {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT, GET',
    'access-control-allow-headers': 'x-amz-date, content-type',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '60',
  });
  assert.equal((await ask({ ...wanted, origin: 'https://evil.test' })).status, 403);
  assert.equal((await ask({ ...wanted, 'access-control-request-method': 'DELETE' })).status, 403);
  // The request itself is told the same, also when it is refused.
  const refusedRead = await at.anonymous(`/${Bucket}/k`, { headers: { origin } });
  assert.deepEqual([refusedRead.status, refusedRead.headers.get('access-control-allow-origin')], [403, origin]);
});

/** A form, signed as AWS's SDKs sign them. */
function form(
  bucket: string,
  conditions: readonly unknown[],
  fields: Readonly<Record<string, string>>,
  content: string,
  expires = 3_600_000,
) {
  const { accessKeyId, secretAccessKey } = at.ringwall.root;
  const now = new Date(at.ringwall.installation.clock.now());
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const credential = `${accessKeyId}/${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const signed = { 'x-amz-algorithm': 'AWS4-HMAC-SHA256', 'x-amz-credential': credential, 'x-amz-date': date };
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now.getTime() + expires).toISOString(),
      conditions: [{ bucket }, ...Object.entries(signed).map(([name, value]) => ({ [name]: value })), ...conditions],
    }),
  ).toString('base64');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = mac(mac(mac(mac(`AWS4${secretAccessKey}`, date.slice(0, 8)), 'us-east-1'), 's3'), 'aws4_request');
  const data = new FormData();
  for (const [name, value] of Object.entries({
    ...fields,
    ...signed,
    policy,
    'x-amz-signature': mac(key, policy).toString('hex'),
  }))
    data.set(name, value);
  data.set('file', new Blob([content]), 'dir/name.txt');
  return data;
}

test('a signed form uploads what its policy allows, and nothing else', async () => {
  const Bucket = await at.bucket();
  const post = (body: FormData) => at.anonymous(`/${Bucket}`, { method: 'POST', body, redirect: 'manual' });
  const conditions = [
    ['starts-with', '$key', 'up/'],
    ['content-length-range', 2, 300_000],
    ['starts-with', '$x-amz-meta-who', ''],
  ];
  const fields = { key: 'up/$\u007bfilename}', 'x-amz-meta-who': 'ann' };
  const done = await post(
    form(
      Bucket,
      [...conditions, { success_action_status: '201' }],
      { ...fields, success_action_status: '201' },
      'x'.repeat(300_000),
    ),
  );
  assert.equal(done.status, 201);
  assert.match(await done.text(), /<PostResponse><Location>.*<Key>up\/name.txt<\/Key><ETag>/);
  const { ContentLength, Metadata } = await at.s3.headObject({ Bucket, Key: 'up/name.txt' });
  assert.deepEqual([ContentLength, Metadata], [300_000, { who: 'ann' }]);
  const wrong: readonly (readonly [FormData, number, RegExp])[] = [
    [
      form(Bucket, conditions, { ...fields, key: 'other' }, 'xx'),
      403,
      /Policy Condition failed: \["starts-with", "\$key", "up\/"\]/,
    ],
    [form(Bucket, conditions, fields, 'x'), 400, /EntityTooSmall/],
    [form(Bucket, conditions, fields, 'x'.repeat(300_001)), 400, /EntityTooLarge/],
    [form(Bucket, conditions, { ...fields, acl: 'public-read' }, 'xx'), 403, /Extra input fields: acl/],
    [form(Bucket, conditions, fields, 'xx', -1_000), 403, /Policy expired/],
    [form('another', conditions, fields, 'xx'), 403, /Policy Condition failed: \["eq", "\$bucket", "another"\]/],
  ];
  for (const [body, status, text] of wrong) {
    const answer = await post(body);
    assert.match((await answer.text()).replaceAll('&quot;', '"'), text);
    assert.equal(answer.status, status);
  }
  const forged = form(Bucket, conditions, fields, 'xx');
  forged.set('x-amz-signature', '0'.repeat(64));
  assert.match(await (await post(forged)).text(), /SignatureDoesNotMatch/);
  const unsigned = new FormData();
  unsigned.set('key', 'a');
  unsigned.set('file', new Blob(['x']), 'x');
  assert.equal((await post(unsigned)).status, 403);
  assert.equal((await at.s3.listObjectsV2({ Bucket })).KeyCount, 1);
});

test('what happens to objects is published for EventBridge', async () => {
  const Bucket = await at.bucket();
  await at.s3.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  });
  const { store } = at.ringwall.installation.house;
  await store.readOutbox('test', ['event'], 100);
  await at.s3.putObject({ Bucket, Key: 'a b', Body: 'x' });
  await at.s3.deleteObject({ Bucket, Key: 'a b' });
  await at.ringwall.settled();
  const events = await store.readOutbox('test', ['event'], 100);
  const found = events.map(
    ({ body }) => body as { detailType: string; detail: { object: { key: string }; reason: string } },
  );
  const told = found.map(({ detailType, detail }) => [detailType, detail.object.key, detail.reason]);
  assert.deepEqual(told, [
    ['Object Created', 'a b', 'PutObject'],
    ['Object Deleted', 'a b', 'DeleteObject'],
  ]);
});

test('targets that are not there are not configured', async () => {
  const Bucket = await at.bucket();
  const config = (QueueArn: string) => ({
    QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }],
  });
  const put = (arn: string, SkipDestinationValidation = false) =>
    at.s3.putBucketNotificationConfiguration({
      Bucket,
      NotificationConfiguration: config(arn),
      SkipDestinationValidation,
    });
  await refused(put('not-an-arn'), 'InvalidArgument', /could not be parsed/);
  await refused(put(`arn:aws:sqs:us-east-1:${at.ringwall.account}:absent`), 'InvalidArgument', /Unable to validate/);
  await put(`arn:aws:sqs:us-east-1:${at.ringwall.account}:absent`, true);
  const { QueueConfigurations } = await at.s3.getBucketNotificationConfiguration({ Bucket });
  assert.equal(QueueConfigurations?.length, 1);
  // An event that nobody takes disturbs nothing.
  await at.s3.putObject({ Bucket, Key: 'k', Body: 'x' });
  await at.ringwall.settled();
});

test('requests are logged to a bucket that lets the log delivery write', async () => {
  const [source, target] = [await at.bucket(), await at.bucket()];
  const LoggingEnabled = { TargetBucket: target, TargetPrefix: 'logs/' };
  await at.s3.putBucketLogging({ Bucket: source, BucketLoggingStatus: { LoggingEnabled } });
  const deliver = async () => {
    await upkeep(at.ringwall.installation.house);
    return (await at.s3.listObjectsV2({ Bucket: target })).Contents ?? [];
  };
  await at.s3.putObject({ Bucket: source, Key: 'k', Body: 'x' });
  assert.deepEqual(await deliver(), []);
  const statement = {
    ...allow('s3:PutObject', `arn:aws:s3:::${target}/logs/*`, {
      ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${source}` },
    }),
    Principal: { Service: 'logging.s3.amazonaws.com' },
  };
  await at.s3.putBucketPolicy({ Bucket: target, Policy: bucketPolicy(statement) });
  await at.s3.putObject({ Bucket: source, Key: 'a key', Body: 'x' });
  await at.anonymous(`/${source}/a%20key`);
  const [log] = await deliver();
  const { Body } = await at.s3.getObject({ Bucket: target, Key: log?.Key ?? '' });
  const lines = (await Body?.transformToString())?.trim().split('\n') ?? [];
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /REST\.PUT\.OBJECT a%20key "PUT \/bucket-\d+\/a%20key(?:\?\S+)? HTTP\/1\.1" 200 - /);
  assert.match(lines[1] ?? '', / - \S+ REST\.GET\.OBJECT a%20key ".*" 403 AccessDenied/);
});
