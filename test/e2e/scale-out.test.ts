import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SQS } from '@aws-sdk/client-sqs';
import { newPostgresDatabase, skipWithoutPostgres } from '../conformance/postgres-database.ts';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** Two processes on one PostgreSQL, with NATS JetStream and Valkey between them: each does its part, and either may die. */

const nats = process.env['RINGWALL_TEST_NATS'];
const valkey = process.env['RINGWALL_TEST_VALKEY'];
const skip =
  skipWithoutPostgres ||
  (nats === undefined || valkey === undefined ? 'needs RINGWALL_TEST_NATS and RINGWALL_TEST_VALKEY' : false);
const account = '123456789012';
/** What a process held when it died is another's after its leases: half a minute each for the outbox and the batch on its way. */
const patienceMs = 90_000;
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('two processes with JetStream', { skip, timeout: 180_000 }, () => {
  const directory = temporaryDirectory();
  const rootKey = join(directory, 'one', 'root.key');
  let database: Awaited<ReturnType<typeof newPostgresDatabase>>;
  let servers: Spawned[] = [];
  let credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  const clients: { destroy(): void }[] = [];

  const start = (name: string) =>
    spawnRingwall(
      join(directory, name),
      ...['--store', database.url, '--root-key', rootKey, '--log-level', 'error'],
      ...['--nats', nats ?? '', '--valkey', valkey ?? ''],
    );
  const settings = ({ endpoint }: Spawned) => ({ endpoint, region: 'us-east-1', maxAttempts: 5, credentials });
  const open = <C extends { destroy(): void }>(client: C): C => {
    clients.push(client);
    return client;
  };
  /** The queue as one process serves it: queue URLs name the host that made them. */
  const queueAt = (server: Spawned, name: string) => ({
    sqs: open(new SQS(settings(server))),
    QueueUrl: `${server.endpoint}/${account}/${name}`,
  });
  /** Takes messages, and deletes them, until `enough` different ones are there and no more come; gives up after a while. */
  const drain = async (server: Spawned, name: string, enough: number): Promise<readonly string[]> => {
    const { sqs, QueueUrl } = queueAt(server, name);
    const bodies: string[] = [];
    const end = performance.now() + patienceMs;
    for (let quiet = false; !quiet && performance.now() < end; ) {
      const all = new Set(bodies).size >= enough;
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: all ? 2 : 5,
      });
      quiet = all && Messages.length === 0;
      for (const { Body = '', ReceiptHandle = '' } of Messages) {
        bodies.push(Body);
        await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
      }
    }
    return bodies;
  };

  before(async () => {
    database = await newPostgresDatabase();
    const one = await start('one');
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = one.env;
    credentials = { accessKeyId, secretAccessKey };
    servers = [one, await start('two')];
    const events = open(new EventBridge(settings(one)));
    const { sqs } = queueAt(one, 'inbox');
    for (const QueueName of ['inbox', 'timed']) {
      const queueArn = `arn:aws:sqs:us-east-1:${account}:${QueueName}`;
      const Principal = { Service: ['events.amazonaws.com', 'scheduler.amazonaws.com'] };
      const send = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: queueArn };
      await sqs.createQueue({ QueueName, Attributes: { Policy: policy(send) } });
    }
    await events.putRule({ Name: 'shop', EventPattern: '{"source":["shop"]}' });
    const Targets = [{ Id: 'q', Arn: `arn:aws:sqs:us-east-1:${account}:inbox`, InputPath: '$.detail.number' }];
    await events.putTargets({ Rule: 'shop', Targets });
  });
  after(async () => {
    for (const client of clients) client.destroy();
    for (const server of servers) await server.stop();
    await database?.drop();
    remove(directory);
  });

  const putEvents = async (server: Spawned, from: number, count: number) => {
    const events = open(new EventBridge(settings(server)));
    for (let at = from; at < from + count; at += 10) {
      const Entries = Array.from({ length: 10 }, (_, index) => ({
        Source: 'shop',
        DetailType: 'sold',
        Detail: JSON.stringify({ number: at + index }),
      }));
      const { FailedEntryCount } = await events.putEvents({ Entries });
      assert.equal(FailedEntryCount, 0);
    }
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('events put to either are each in the queue once, and either serves it', async () => {
    const [one, two] = servers as [Spawned, Spawned];
    await Promise.all([putEvents(one, 0, 100), putEvents(two, 100, 100)]);
    const bodies = await drain(two, 'inbox', 200);
    assert.deepEqual(
      bodies.map(Number).sort((a, b) => a - b),
      numbers(200),
    );
  });

  test('a call that waits on one hears of what the other was sent', async () => {
    const [one, two] = servers as [Spawned, Spawned];
    const waiting = queueAt(one, 'inbox');
    const began = performance.now();
    const received = waiting.sqs.receiveMessage({ QueueUrl: waiting.QueueUrl, WaitTimeSeconds: 20 });
    const sending = queueAt(two, 'inbox');
    await sending.sqs.sendMessage({ QueueUrl: sending.QueueUrl, MessageBody: 'wake up' });
    const [message] = (await received).Messages ?? [];
    assert.equal(message?.Body, 'wake up');
    assert.ok(performance.now() - began < 10_000, 'it waited for its end');
    await waiting.sqs.deleteMessage({ QueueUrl: waiting.QueueUrl, ReceiptHandle: message?.ReceiptHandle });
  });

  test('a scheduled run happens once', async () => {
    const [one, two] = servers as [Spawned, Spawned];
    const iam = open(new IAM(settings(one)));
    const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
    await iam.createRole({ RoleName: 'timer', AssumeRolePolicyDocument: policy(trust) });
    const send = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
    await iam.putRolePolicy({ RoleName: 'timer', PolicyName: 'send', PolicyDocument: policy(send) });
    const scheduler = open(new Scheduler(settings(two)));
    const at = new Date(Date.now() + 2_000).toISOString().slice(0, 19);
    for (const Name of ['a', 'b', 'c']) {
      await scheduler.createSchedule({
        Name,
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: `arn:aws:sqs:us-east-1:${account}:timed`,
          RoleArn: `arn:aws:iam::${account}:role/timer`,
          Input: Name,
        },
      });
    }
    assert.deepEqual([...(await drain(one, 'timed', 3))].sort(), ['a', 'b', 'c']);
  });

  test('kill -9 of one while it delivers: nothing is lost', async () => {
    const [one, two] = servers as [Spawned, Spawned];
    const putting = putEvents(two, 0, 400);
    await putEvents(one, 400, 100);
    await one.kill();
    await putting;
    const bodies = await drain(two, 'inbox', 500);
    assert.deepEqual(
      [...new Set(bodies.map(Number))].sort((a, b) => a - b),
      numbers(500),
    );
    servers = [two];
  });
});
