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

test('a message goes in and comes out once, with digests that the client checks', async () => {
  const QueueUrl = await createQueue(sqs, 'once');
  assert.match(QueueUrl, new RegExp(`^http://127.0.0.1:${ringwall.port}/${ringwall.account}/once$`));
  const sent = await sqs.sendMessage({
    QueueUrl,
    MessageBody: 'hällo 🙂',
    MessageAttributes: {
      n: { DataType: 'Number.int', StringValue: '42' },
      b: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
  });
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  const [message] = Messages;
  assert.equal(message?.Body, 'hällo 🙂');
  assert.equal(message?.MessageId, sent.MessageId);
  assert.equal(message?.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.deepEqual(Buffer.from(message?.MessageAttributes?.['b']?.BinaryValue ?? []), Buffer.from([0, 255]));
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
  assert.equal(message?.Attributes?.AWSTraceHeader, 'Root=1');
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message?.ReceiptHandle });
  await ringwall.advance(minute);
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
});

test('a message that is not deleted comes again when its visibility timeout is over', async () => {
  const QueueUrl = await createQueue(sqs, 'again');
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  assert.deepEqual(await bodies(sqs, QueueUrl, { VisibilityTimeout: 5 }), ['x']);
  await ringwall.advance(4_000);
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
  await ringwall.advance(1_000);
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, AttributeNames: ['All'] });
  assert.equal(Messages[0]?.Attributes?.ApproximateReceiveCount, '2');
  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle, VisibilityTimeout: 0 });
  assert.deepEqual(await bodies(sqs, QueueUrl, { VisibilityTimeout: 0 }), ['x']);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['x']);
  await refused(
    sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle, VisibilityTimeout: 1 }),
    'InvalidParameterValue',
    /not available for visibility timeout change/,
  );
});

test('a message is in flight for twelve hours at most', async () => {
  const QueueUrl = await createQueue(sqs, 'twelve');
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, VisibilityTimeout: 3_600 });
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  await ringwall.advance(1_000);
  await refused(
    sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 43_200 }),
    'InvalidParameterValue',
    /Total VisibilityTimeout for the message is beyond the limit \[43200 seconds\]/,
  );
  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 43_190 });
});

test('a delayed message is counted as such, and comes when its time is there', async () => {
  const QueueUrl = await createQueue(sqs, 'delayed', { DelaySeconds: '10' });
  const counts = async () => {
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    return [
      Attributes.ApproximateNumberOfMessages,
      Attributes.ApproximateNumberOfMessagesDelayed,
      Attributes.ApproximateNumberOfMessagesNotVisible,
    ].map(Number);
  };
  await sqs.sendMessage({ QueueUrl, MessageBody: 'by the queue' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'at once', DelaySeconds: 0 });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'late', DelaySeconds: 900 });
  assert.deepEqual(await counts(), [1, 2, 0]);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['at once']);
  assert.deepEqual(await counts(), [0, 2, 1]);
  await ringwall.advance(10_000);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['by the queue']);
  await ringwall.advance(31_000);
  assert.deepEqual(await counts(), [2, 1, 0]);
});

test('a long poll waits for what is sent, for what is delayed and no longer than it was told', async () => {
  const QueueUrl = await createQueue(sqs, 'poll');
  const waiting = bodies(sqs, QueueUrl, { WaitTimeSeconds: 20 });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'now' });
  assert.deepEqual(await waiting, ['now']);
  await sqs.sendMessage({ QueueUrl, MessageBody: 'later', DelaySeconds: 1 });
  assert.deepEqual(await bodies(sqs, QueueUrl, { WaitTimeSeconds: 20 }), ['later']);
  assert.deepEqual(await bodies(sqs, QueueUrl, { WaitTimeSeconds: 1 }), []);
});

test('receivers of one queue never get the same message', async () => {
  const QueueUrl = await createQueue(sqs, 'crowd');
  const all = Array.from({ length: 200 }, (_, i) => `m${i}`);
  await Promise.all(all.map((MessageBody) => sqs.sendMessage({ QueueUrl, MessageBody })));
  const got = await Promise.all(all.map(() => bodies(sqs, QueueUrl, { MaxNumberOfMessages: 1, WaitTimeSeconds: 1 })));
  assert.deepEqual(got.flat().sort(), all.sort());
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
});

test('a message goes with its queue\u2019s retention period, which is counted from its sending', async () => {
  const QueueUrl = await createQueue(sqs, 'kept', { MessageRetentionPeriod: '60' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'old' });
  await ringwall.advance(30_000);
  await sqs.sendMessage({ QueueUrl, MessageBody: 'young' });
  await ringwall.advance(30_000);
  assert.deepEqual(await bodies(sqs, QueueUrl), ['young']);
  await ringwall.advance(60_000);
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  assert.equal(Attributes?.ApproximateNumberOfMessages, '0');
  assert.equal(Attributes?.ApproximateNumberOfMessagesNotVisible, '0', 'the job deleted what was in flight');
});

test('a purge empties a queue at once, and once a minute', async () => {
  const QueueUrl = await createQueue(sqs, 'purged');
  for (const MessageBody of ['a', 'b']) await sqs.sendMessage({ QueueUrl, MessageBody });
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl });
  await sqs.purgeQueue({ QueueUrl });
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
  await refused(
    sqs.purgeQueue({ QueueUrl }),
    'PurgeQueueInProgress',
    'Only one PurgeQueue operation on purged is allowed every 60 seconds.',
  );
  await ringwall.settled();
  await ringwall.advance(minute);
  await sqs.purgeQueue({ QueueUrl });
});

test('the name of a deleted queue rests for a minute', async () => {
  const QueueUrl = await createQueue(sqs, 'gone');
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  await sqs.deleteQueue({ QueueUrl });
  await refused(
    sqs.sendMessage({ QueueUrl, MessageBody: 'x' }),
    'QueueDoesNotExist',
    'The specified queue does not exist.',
  );
  await refused(sqs.createQueue({ QueueName: 'gone' }), 'QueueDeletedRecently', /60 seconds/);
  await ringwall.advance(minute);
  await createQueue(sqs, 'gone');
  assert.deepEqual(await bodies(sqs, QueueUrl), []);
});

test('a batch is answered entry by entry', async () => {
  const QueueUrl = await createQueue(sqs, 'batch');
  const sent = await sqs.sendMessageBatch({
    QueueUrl,
    Entries: [
      { Id: '1', MessageBody: 'fine' },
      { Id: '2', MessageBody: 'bad\u0001' },
      { Id: '3', MessageBody: 'late', DelaySeconds: 901 },
    ],
  });
  assert.deepEqual(
    sent.Successful?.map(({ Id }) => Id),
    ['1'],
  );
  assert.deepEqual(
    sent.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
    [
      ['2', 'InvalidMessageContents', true],
      ['3', 'InvalidParameterValue', true],
    ],
  );
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl });
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  const changed = await sqs.changeMessageVisibilityBatch({
    QueueUrl,
    Entries: [
      { Id: 'a', ReceiptHandle, VisibilityTimeout: 100 },
      { Id: 'b', ReceiptHandle: 'garbage', VisibilityTimeout: 1 },
    ],
  });
  assert.deepEqual(
    changed.Failed?.map(({ Id, Code }) => [Id, Code]),
    [['b', 'ReceiptHandleIsInvalid']],
  );
  const deleted = await sqs.deleteMessageBatch({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle }] });
  assert.deepEqual(deleted.Successful, [{ Id: 'a' }]);
});

test('a mebibyte is taken, one byte more is not', async () => {
  const QueueUrl = await createQueue(sqs, 'large');
  const MessageBody = 'ä'.repeat(524_288);
  await sqs.sendMessage({ QueueUrl, MessageBody });
  assert.deepEqual(await bodies(sqs, QueueUrl), [MessageBody]);
  await refused(
    sqs.sendMessage({ QueueUrl, MessageBody: `${MessageBody}x` }),
    'InvalidParameterValue',
    'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
  );
});

const hostileHandles = ['garbage', '', 'ä', '\u0000', 'A'.repeat(5_000), Buffer.alloc(64).toString('base64')];

for (const [i, ReceiptHandle] of hostileHandles.entries()) {
  test(`a hostile receipt handle is refused (${i})`, async () => {
    const QueueUrl = await createQueue(sqs, 'handles');
    await refused(sqs.deleteMessage({ QueueUrl, ReceiptHandle }), 'ReceiptHandleIsInvalid');
  });
}

test('a handle of one queue is none of another', async () => {
  const [one, other] = [await createQueue(sqs, 'one'), await createQueue(sqs, 'other')];
  await sqs.sendMessage({ QueueUrl: one, MessageBody: 'x' });
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: one });
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  await refused(sqs.deleteMessage({ QueueUrl: other, ReceiptHandle }), 'ReceiptHandleIsInvalid');
});

for (const MessageBody of ['\u0000', '\u000b', 'x\ufffe', 'x\uffff', '\u001f'])
  test(`${JSON.stringify(MessageBody)} is no body`, async () => {
    const QueueUrl = await createQueue(sqs, 'characters');
    await refused(sqs.sendMessage({ QueueUrl, MessageBody }), 'InvalidMessageContents');
  });

const abuses: readonly (readonly [string, Parameters<SQS['sendMessage']>[0]['MessageAttributes'], string])[] = [
  ['no type', { a: { DataType: '', StringValue: 'x' } }, 'InvalidParameterValue'],
  ['an unknown type', { a: { DataType: 'Boolean', StringValue: 'x' } }, 'InvalidParameterValue'],
  ['a text as number', { a: { DataType: 'Number', StringValue: 'x' } }, 'InvalidParameterValue'],
  ['bytes as text', { a: { DataType: 'String', BinaryValue: Uint8Array.of(1) } }, 'InvalidParameterValue'],
  ['nothing', { a: { DataType: 'String' } }, 'InvalidParameterValue'],
  [
    'both values',
    { a: { DataType: 'String', StringValue: 'x', BinaryValue: Uint8Array.of(1) } },
    'InvalidParameterValue',
  ],
  ['a list', { a: { DataType: 'String', StringValue: 'x', StringListValues: ['x'] } }, 'UnsupportedOperation'],
  ['a reserved name', { 'AWS.x': { DataType: 'String', StringValue: 'x' } }, 'InvalidParameterValue'],
  ['two dots', { 'a..b': { DataType: 'String', StringValue: 'x' } }, 'InvalidParameterValue'],
  ['a control character', { a: { DataType: 'String', StringValue: '\u0001' } }, 'InvalidParameterValue'],
  ['the prototype', { __proto__x: { DataType: 'constructor', StringValue: 'x' } }, 'InvalidParameterValue'],
  [
    'eleven',
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: 'String', StringValue: 'x' }])),
    'InvalidParameterValue',
  ],
];

for (const [what, MessageAttributes, code] of abuses)
  test(`${what} in attributes is refused`, async () => {
    const QueueUrl = await createQueue(sqs, 'abuse');
    await refused(sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes }), code);
  });

test('a policy that names a user who does not exist is refused', async () => {
  const QueueUrl = await createQueue(sqs, 'policy');
  const Principal = { AWS: `arn:aws:iam::${ringwall.account}:user/nobody` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sqs:*', Resource: '*' }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await refused(
    sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } }),
    'InvalidAttributeValue',
    'Invalid value for the parameter Policy.',
  );
});
