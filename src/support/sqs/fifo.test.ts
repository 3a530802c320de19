import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { SQS } from '@aws-sdk/client-sqs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { bodies, createQueue, refused } from './client-for-tests.ts';

let ringwall: Ringwall;
let sqs: SQS;

before(async () => {
  ringwall = await startRingwall();
  sqs = new SQS(ringwall.client);
});
after(() => ringwall.stop());

const minute = 60_000;
const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

async function send(QueueUrl: string, group: string, ...all: readonly string[]): Promise<void> {
  for (const MessageBody of all) await sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId: group });
}

test('a group is given in its order, and waits while its first message is in flight', async () => {
  const QueueUrl = await createQueue(sqs, 'order.fifo', fifo);
  await send(QueueUrl, 'a', 'a1', 'a2', 'a3');
  await send(QueueUrl, 'b', 'b1');
  const first = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 2 });
  assert.deepEqual(
    first.Messages?.map(({ Body }) => Body),
    ['a1', 'a2'],
  );
  assert.deepEqual(await bodies(sqs, QueueUrl), ['b1']);
  const [a1, a2] = first.Messages ?? [];
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: a1?.ReceiptHandle });
  assert.deepEqual(await bodies(sqs, QueueUrl), [], 'a2 is in flight still');
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: a2?.ReceiptHandle });
  assert.deepEqual(await bodies(sqs, QueueUrl), ['a3']);
});

test('what is not deleted comes again before what follows it', async () => {
  const QueueUrl = await createQueue(sqs, 'again.fifo', fifo);
  await send(QueueUrl, 'g', '1', '2', '3');
  assert.deepEqual(await bodies(sqs, QueueUrl, { MaxNumberOfMessages: 2, VisibilityTimeout: 5 }), ['1', '2']);
  await ringwall.advance(5_000);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['1', '2', '3']);
});

test('many senders and receivers at once keep the order of every group', async () => {
  const QueueUrl = await createQueue(sqs, 'crowd.fifo', fifo);
  const groups = Array.from({ length: 8 }, (_, g) => `g${g}`);
  const numbers = Array.from({ length: 12 }, (_, i) => `${i}`);
  await Promise.all(groups.map((group) => send(QueueUrl, group, ...numbers.map((n) => `${group}:${n}`))));
  const got: string[] = [];
  const receiver = async () => {
    while (got.length < groups.length * numbers.length) {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 3, WaitTimeSeconds: 1 });
      for (const { Body = '', ReceiptHandle } of Messages) {
        got.push(Body);
        await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, receiver));
  for (const group of groups)
    assert.deepEqual(
      got.filter((body) => body.startsWith(`${group}:`)),
      numbers.map((n) => `${group}:${n}`),
    );
});

test('duplicates within five minutes are the first message once more, also when that is deleted', async () => {
  const QueueUrl = await createQueue(sqs, 'same.fifo', { FifoQueue: 'true' });
  const message = { QueueUrl, MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const one = await sqs.sendMessage({ ...message, MessageBody: 'one' });
  const two = await sqs.sendMessage({ ...message, MessageBody: 'two', MessageGroupId: 'other' });
  assert.deepEqual([two.MessageId, two.SequenceNumber], [one.MessageId, one.SequenceNumber]);
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl });
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
  await sqs.sendMessage({ ...message, MessageBody: 'three' });
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
  await ringwall.advance(5 * minute);
  await sqs.sendMessage({ ...message, MessageBody: 'four' });
  assert.deepEqual(await bodies(sqs, QueueUrl), ['four']);
});

test('the scope of deduplication can be the group', async () => {
  const QueueUrl = await createQueue(sqs, 'scope.fifo', { ...fifo, DeduplicationScope: 'messageGroup' });
  await send(QueueUrl, 'a', 'x', 'x');
  await send(QueueUrl, 'b', 'x');
  assert.deepEqual(await bodies(sqs, QueueUrl), ['x', 'x']);
});

test('the same attempt gives the same messages under the same handles', async () => {
  const QueueUrl = await createQueue(sqs, 'attempt.fifo', fifo);
  await send(QueueUrl, 'g', '1', '2');
  const asked = { QueueUrl, MaxNumberOfMessages: 1, ReceiveRequestAttemptId: 'try' };
  const one = await sqs.receiveMessage(asked);
  const two = await sqs.receiveMessage(asked);
  assert.deepEqual(two.Messages, one.Messages);
  const ReceiptHandle = one.Messages?.[0]?.ReceiptHandle;
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
  const three = await sqs.receiveMessage(asked);
  assert.deepEqual(
    three.Messages?.map(({ Body }) => Body),
    ['2'],
    'what was deleted ends the attempt',
  );
});

test('a handle ends with its visibility timeout', async () => {
  const QueueUrl = await createQueue(sqs, 'expired.fifo', fifo);
  await send(QueueUrl, 'g', '1');
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, VisibilityTimeout: 1 });
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  await ringwall.advance(1_000);
  await refused(
    sqs.deleteMessage({ QueueUrl, ReceiptHandle }),
    'InvalidParameterValue',
    `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  );
  assert.deepEqual(await bodies(sqs, QueueUrl), ['1']);
});

test('the queue alone delays', async () => {
  const QueueUrl = await createQueue(sqs, 'late.fifo', { ...fifo, DelaySeconds: '10' });
  await refused(
    sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 2 }),
    'InvalidParameterValue',
    'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  );
  await send(QueueUrl, 'g', '1');
  await ringwall.advance(5_000);
  await send(QueueUrl, 'g', '2');
  await ringwall.advance(5_000);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['1']);
});

test('a long poll hears of a group that is free again', async () => {
  const QueueUrl = await createQueue(sqs, 'poll.fifo', fifo);
  await send(QueueUrl, 'g', '1', '2');
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl });
  const waiting = bodies(sqs, QueueUrl, { WaitTimeSeconds: 20 });
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
  assert.deepEqual(await waiting, ['2']);
});

test('retention empties groups, and those take messages again', async () => {
  const QueueUrl = await createQueue(sqs, 'kept.fifo', { ...fifo, MessageRetentionPeriod: '60' });
  await send(QueueUrl, 'g', 'old');
  await ringwall.advance(6 * minute);
  await send(QueueUrl, 'g', 'new');
  assert.deepEqual(await bodies(sqs, QueueUrl), ['new']);
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  assert.equal(Attributes?.ApproximateNumberOfMessages, '0');
});
