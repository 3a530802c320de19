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

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${ringwall.account}:${name}`;

/** A queue and its dead-letter queue. */
async function pair(name: string, more: Record<string, string> = {}): Promise<readonly [queue: string, dead: string]> {
  const suffix = more['FifoQueue'] === 'true' ? '.fifo' : '';
  const dead = await createQueue(sqs, `${name}-dead${suffix}`, more);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(`${name}-dead${suffix}`), maxReceiveCount: 2 });
  return [await createQueue(sqs, `${name}${suffix}`, { ...more, RedrivePolicy }), dead];
}

async function fail(QueueUrl: string): Promise<void> {
  for (let i = 0; i < 3; i += 1) await bodies(sqs, QueueUrl, { VisibilityTimeout: 0 });
}

test('a message that nobody can work with goes to the dead-letter queue, as it is', async () => {
  const [queue, dead] = await pair('poison');
  const { MessageId } = await sqs.sendMessage({ QueueUrl: queue, MessageBody: 'poison' });
  await fail(queue);
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: dead, AttributeNames: ['All'] });
  assert.equal(Messages[0]?.MessageId, MessageId);
  assert.equal(Messages[0]?.Attributes?.DeadLetterQueueSourceArn, arnOf('poison'));
  assert.equal(Messages[0]?.Attributes?.ApproximateReceiveCount, '3');
  const { queueUrls } = await sqs.listDeadLetterSourceQueues({ QueueUrl: dead });
  assert.deepEqual(queueUrls, [queue]);
});

test('a group goes on when its first message is dead', async () => {
  const [queue, dead] = await pair('group', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  for (const MessageBody of ['1', '2']) await sqs.sendMessage({ QueueUrl: queue, MessageBody, MessageGroupId: 'g' });
  const one = { MaxNumberOfMessages: 1, VisibilityTimeout: 0 };
  for (const _ of [1, 2]) assert.deepEqual(await bodies(sqs, queue, one), ['1']);
  assert.deepEqual(await bodies(sqs, queue, one), ['2']);
  assert.deepEqual(await bodies(sqs, dead), ['1']);
});

test('a dead-letter queue that is gone keeps nothing from its source', async () => {
  const [queue, dead] = await pair('orphan');
  await sqs.sendMessage({ QueueUrl: queue, MessageBody: 'x' });
  await sqs.deleteQueue({ QueueUrl: dead });
  await fail(queue);
  assert.deepEqual(await bodies(sqs, queue), ['x']);
});

test('dead-letter queues say whose messages they take', async () => {
  const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('friend')] });
  await createQueue(sqs, 'choosy', { RedriveAllowPolicy });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('choosy'), maxReceiveCount: 1 });
  await createQueue(sqs, 'friend', { RedrivePolicy });
  await refused(sqs.createQueue({ QueueName: 'stranger', Attributes: { RedrivePolicy } }), 'InvalidParameterValue');
});

const badPolicies: readonly (readonly [string, object | string])[] = [
  ['no JSON', 'x'],
  ['a list', '[]'],
  ['no target', { maxReceiveCount: 1 }],
  ['no count', { deadLetterTargetArn: 'arn' }],
  ['a count of nothing', { deadLetterTargetArn: 'arn', maxReceiveCount: 0 }],
  ['no ARN', { deadLetterTargetArn: 'arn', maxReceiveCount: 1 }],
  ['nobody', { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:q', maxReceiveCount: 1 }],
];

for (const [what, policy] of badPolicies)
  test(`a redrive policy with ${what} is refused`, async () => {
    const RedrivePolicy = typeof policy === 'string' ? policy : JSON.stringify(policy);
    await refused(
      sqs.createQueue({ QueueName: 'bad', Attributes: { RedrivePolicy } }),
      'InvalidParameterValue',
      /for parameter RedrivePolicy is invalid\. Reason: /,
    );
  });

async function filledDead(name: string, count: number): Promise<readonly [queue: string, dead: string]> {
  const [queue, dead] = await pair(name);
  for (let i = 0; i < count; i += 1) await sqs.sendMessage({ QueueUrl: queue, MessageBody: `m${i}` });
  await fail(queue);
  return [queue, dead];
}

async function countOf(QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  return Number(Attributes?.ApproximateNumberOfMessages);
}

test('a task moves everything back where it came from', async () => {
  const [queue, dead] = await filledDead('back', 10);
  assert.equal(await countOf(dead), 10);
  await sqs.startMessageMoveTask({ SourceArn: arnOf('back-dead') });
  await ringwall.settled();
  assert.deepEqual([await countOf(queue), await countOf(dead)], [10, 0]);
  const { Results = [] } = await sqs.listMessageMoveTasks({ SourceArn: arnOf('back-dead') });
  const [{ StartedTimestamp, ...result } = {}] = Results;
  assert.deepEqual(result, {
    Status: 'COMPLETED',
    SourceArn: arnOf('back-dead'),
    ApproximateNumberOfMessagesMoved: 10,
    ApproximateNumberOfMessagesToMove: 10,
  });
});

test('a task keeps to its velocity, one at a time, and ends when it is told to', async () => {
  const [, dead] = await filledDead('slow', 8);
  const SourceArn = arnOf('slow-dead');
  const other = await createQueue(sqs, 'slow-other');
  const start = { SourceArn, DestinationArn: arnOf('slow-other'), MaxNumberOfMessagesPerSecond: 2 };
  const { TaskHandle } = await sqs.startMessageMoveTask(start);
  await ringwall.settled();
  await refused(sqs.startMessageMoveTask(start), 'InvalidParameterValue', /already a task running/);
  assert.equal(await countOf(other), 2);
  await ringwall.advance(1_000);
  assert.equal(await countOf(other), 4);
  const { ApproximateNumberOfMessagesMoved } = await sqs.cancelMessageMoveTask({ TaskHandle });
  assert.equal(ApproximateNumberOfMessagesMoved, 4);
  await ringwall.advance(5_000);
  assert.deepEqual([await countOf(other), await countOf(dead)], [4, 4]);
  const { Results } = await sqs.listMessageMoveTasks({ SourceArn });
  assert.equal(Results?.[0]?.Status, 'CANCELLED');
});

test('a task fails when its destination goes', async () => {
  await filledDead('lost', 4);
  const other = await createQueue(sqs, 'lost-other');
  const SourceArn = arnOf('lost-dead');
  await sqs.startMessageMoveTask({ SourceArn, DestinationArn: arnOf('lost-other'), MaxNumberOfMessagesPerSecond: 1 });
  await ringwall.settled();
  await sqs.deleteQueue({ QueueUrl: other });
  await ringwall.advance(2_000);
  const { Results } = await sqs.listMessageMoveTasks({ SourceArn });
  assert.equal(Results?.[0]?.Status, 'FAILED');
  assert.equal(Results?.[0]?.FailureReason, 'AWS.SimpleQueueService.NonExistentQueue');
});
