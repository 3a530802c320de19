import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { packOne } from '../../src/support/lambda/zip/pack-for-tests.ts';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** The neighbours together, with the stock clients: an object's event goes all the way to a queue. */

const directory = temporaryDirectory();
after(() => remove(directory));

const account = '123456789012';
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** What a function of the chain does: tells the topic what was stored. */
const handler = `
import { createHash, createHmac } from 'node:crypto';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const hex = (text) => createHash('sha256').update(text).digest('hex');

/** Publishes with the credentials of the role, signed by hand: a function brings its own SDK or none. */
async function publish(TopicArn, Message) {
  const { AWS_ENDPOINT_URL: url, AWS_REGION: region, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  const body = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn, Message }).toString();
  const time = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '');
  const { host } = new URL(url);
  const type = 'application/x-www-form-urlencoded';
  const signed = 'content-type;host;x-amz-date;x-amz-security-token';
  const canonical = ['POST', '/', '', \`content-type:\${type}\`, \`host:\${host}\`, \`x-amz-date:\${time}\`, \`x-amz-security-token:\${token}\`, '', signed, hex(body)].join('\\n');
  const scope = \`\${time.slice(0, 8)}/\${region}/sns/aws4_request\`;
  const key = scope.split('/').reduce((key, part) => hmac(key, part), 'AWS4' + secret);
  const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', time, scope, hex(canonical)].join('\\n')).digest('hex');
  const authorization = \`AWS4-HMAC-SHA256 Credential=\${id}/\${scope}, SignedHeaders=\${signed}, Signature=\${signature}\`;
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': type, 'x-amz-date': time, 'x-amz-security-token': token, authorization } });
  if (!response.ok) throw new Error(await response.text());
}

export const handler = async ({ detail }) => {
  await publish(process.env.TOPIC, \`stored \${detail.object.key} of \${detail.object.size} bytes in \${detail.bucket.name}\`);
  return 'told';
};
`;

describe('neighbours', () => {
  let server: Spawned;
  const clients: { destroy(): void }[] = [];
  const settings = () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
    return {
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    };
  };
  const open = <C extends { destroy(): void }>(client: C): C => {
    clients.push(client);
    return client;
  };
  after(async () => {
    for (const client of clients) client.destroy();
    await server?.stop();
  });

  test('S3 → EventBridge → Lambda → SNS → SQS', async () => {
    server = await spawnRingwall(join(directory, 'data'), '--log-level', 'error');
    const s3 = open(new S3(settings()));
    const events = open(new EventBridge(settings()));
    const iam = open(new IAM(settings()));
    const lambda = open(new Lambda(settings()));
    const sns = open(new SNS(settings()));
    const sqs = open(new SQS(settings()));

    const { TopicArn = '' } = await sns.createTopic({ Name: 'stored' });
    const { QueueUrl = '' } = await sqs.createQueue({ QueueName: 'inbox' });
    const queueArn = `arn:aws:sqs:us-east-1:${account}:inbox`;
    const mayTell = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    };
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: policy(mayTell) } });
    const RawMessageDelivery = 'true';
    await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes: { RawMessageDelivery } });

    const assume = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    await iam.createRole({ RoleName: 'teller', AssumeRolePolicyDocument: policy(assume) });
    const may = { Effect: 'Allow', Action: ['sns:Publish', 'logs:*'], Resource: '*' };
    await iam.putRolePolicy({ RoleName: 'teller', PolicyName: 'tell', PolicyDocument: policy(may) });
    const { FunctionArn = '' } = await lambda.createFunction({
      FunctionName: 'tell',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${account}:role/teller`,
      Timeout: 10,
      Environment: { Variables: { TOPIC: TopicArn } },
      Code: { ZipFile: packOne('index.mjs', handler) },
    });

    const detail = { bucket: { name: ['papers'] }, object: { key: [{ suffix: '.pdf' }] } };
    const EventPattern = JSON.stringify({ source: ['aws.s3'], 'detail-type': ['Object Created'], detail });
    const { RuleArn: SourceArn = '' } = await events.putRule({ Name: 'stored', EventPattern });
    await events.putTargets({ Rule: 'stored', Targets: [{ Id: '1', Arn: FunctionArn }] });
    const Principal = 'events.amazonaws.com';
    const grant = { StatementId: 'rule', Action: 'lambda:InvokeFunction', Principal, SourceArn };
    await lambda.addPermission({ FunctionName: 'tell', ...grant });

    await s3.createBucket({ Bucket: 'papers' });
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.putBucketNotificationConfiguration({ Bucket: 'papers', NotificationConfiguration });
    await s3.putObject({ Bucket: 'papers', Key: 'notes.txt', Body: 'not this one' });
    await s3.putObject({ Bucket: 'papers', Key: 'a/report.pdf', Body: 'twelve bytes' });

    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 });
    assert.deepEqual(
      Messages.map(({ Body }) => Body),
      ['stored a/report.pdf of 12 bytes in papers'],
    );
  });

  test('a bucket policy and Block Public Access deny', async () => {
    const s3 = open(new S3(settings()));
    const iam = open(new IAM(settings()));
    await iam.createUser({ UserName: 'reader' });
    const all = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
    await iam.putUserPolicy({ UserName: 'reader', PolicyName: 'all', PolicyDocument: policy(all) });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'reader' });
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    const reader = open(new S3({ ...settings(), credentials }));
    const read = async (client: S3) =>
      (await client.getObject({ Bucket: 'papers', Key: 'notes.txt' })).Body?.transformToString();
    assert.equal(await read(reader), 'not this one');
    const Resource = 'arn:aws:s3:::papers/*';
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource };
    const named = { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:user/reader` } };
    const put = (...statements: readonly object[]) =>
      s3.putBucketPolicy({ Bucket: 'papers', Policy: policy(...statements) });
    await put({ ...deny, Condition: named });
    await assert.rejects(read(reader), {
      name: 'AccessDenied',
      message: /with an explicit deny in a resource-based policy/,
    });
    assert.equal(await read(s3), 'not this one');

    const anybody = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource };
    await assert.rejects(put(anybody), { name: 'AccessDenied' });
    await s3.deletePublicAccessBlock({ Bucket: 'papers' });
    await put(anybody);
    const url = `${server.endpoint}/papers/notes.txt`;
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await s3.getBucketPolicyStatus({ Bucket: 'papers' })).PolicyStatus?.IsPublic, true);
    const RestrictPublicBuckets = true;
    await s3.putPublicAccessBlock({ Bucket: 'papers', PublicAccessBlockConfiguration: { RestrictPublicBuckets } });
    assert.equal((await fetch(url)).status, 403);
  });
});
