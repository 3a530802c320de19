import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { deliveryCounts } from './delivery-counts.ts';
import { openStage, type Stage } from './stage-for-tests.ts';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.ringwall.stop());

const attributes = {
  color: { DataType: 'String', StringValue: 'red' },
  size: { DataType: 'Number', StringValue: '3' },
  raw: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) },
};

test('a queue gets the document, or the bare message with its attributes', async () => {
  const { sns } = stage;
  const topic = await stage.topic('plain');
  const [wrapped, bare] = [await stage.queue('wrapped'), await stage.queue('bare')];
  await stage.subscribe(topic, wrapped);
  await stage.subscribe(topic, bare, { RawMessageDelivery: 'true' });
  const { MessageId } = await sns.publish({
    TopicArn: topic,
    Message: 'héllo\n"you"',
    Subject: 'greeting',
    MessageAttributes: attributes,
  });
  const [document] = await wrapped.bodies();
  assert.equal(document?.['Type'], 'Notification');
  assert.equal(document?.['MessageId'], MessageId);
  assert.equal(document?.['Message'], 'héllo\n"you"');
  assert.equal(document?.['Subject'], 'greeting');
  assert.equal(document?.['TopicArn'], topic);
  assert.deepEqual(document?.['MessageAttributes'], {
    color: { Type: 'String', Value: 'red' },
    size: { Type: 'Number', Value: '3' },
    raw: { Type: 'Binary', Value: 'AgME' },
  });
  const [message] = await bare.messages();
  assert.equal(message?.Body, 'héllo\n"you"');
  assert.equal(message?.MessageAttributes?.['color']?.StringValue, 'red');
  assert.deepEqual(message?.MessageAttributes?.['raw']?.BinaryValue, Uint8Array.of(2, 3, 4));
});

test('protocols have texts of their own where the message has structure', async () => {
  const topic = await stage.topic('structured');
  const queue = await stage.queue('structured');
  await stage.subscribe(topic, queue);
  const publish = (texts: object) =>
    stage.sns.publish({ TopicArn: topic, Message: JSON.stringify(texts), MessageStructure: 'json' });
  await publish({ default: 'for all', sqs: 'for queues' });
  await publish({ default: 'for all', http: 'for endpoints' });
  assert.deepEqual((await queue.bodies()).map((body) => body['Message']).sort(), ['for all', 'for queues']);
});

test('filter policies on attributes and on the body let through what they ask for', async () => {
  const topic = await stage.topic('filtered');
  const [byAttribute, byBody] = [await stage.queue('by-attribute'), await stage.queue('by-body')];
  const raw = { RawMessageDelivery: 'true' };
  await stage.subscribe(topic, byAttribute, { ...raw, FilterPolicy: '{"size":[{"numeric":[">",2]}],"color":["red"]}' });
  await stage.subscribe(topic, byBody, {
    ...raw,
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: '{"order":{"total":[{"numeric":[">=",100]}]}}',
  });
  const { color, size } = attributes;
  const Entries = [
    { Id: '1', Message: '{"order":{"total":100}}', MessageAttributes: { color, size } },
    { Id: '2', Message: '{"order":{"total":99}}', MessageAttributes: { color } },
    { Id: '3', Message: 'no JSON' },
    { Id: '4', Message: `{"order":${'['.repeat(60_000)}${']'.repeat(60_000)}}` },
  ];
  await stage.sns.publishBatch({ TopicArn: topic, PublishBatchRequestEntries: Entries });
  assert.deepEqual((await byAttribute.messages()).length, 1);
  assert.deepEqual(
    (await byBody.messages()).map(({ Body }) => Body),
    ['{"order":{"total":100}}'],
  );
  assert.equal(deliveryCounts.of(stage.ringwall.installation.house).get('sqs|filtered'), 6);
});

test('a message that a queue refuses goes to the dead-letter queue, and others still arrive', async () => {
  const topic = await stage.topic('buried');
  const [good, dead] = [await stage.queue('good'), await stage.queue('dead')];
  const closed = { arn: good.arn.replace(/good$/, 'gone') };
  await stage.subscribe(topic, { ...good, ...closed }, { RedrivePolicy: `{"deadLetterTargetArn":"${dead.arn}"}` });
  await stage.subscribe(topic, good);
  await stage.sns.publish({ TopicArn: topic, Message: 'x', MessageAttributes: { color: attributes.color } });
  const [buried] = await dead.bodies();
  assert.equal(buried?.['Message'], 'x');
  assert.deepEqual(buried?.['MessageAttributes'], { color: { Type: 'String', Value: 'red' } });
  assert.equal((await good.bodies()).length, 1);
});

test('a topic with order keeps it in each group, and forgets what was published five minutes ago', async () => {
  const topic = await stage.topic('ordered.fifo', { FifoTopic: 'true', ContentBasedDeduplication: 'true' });
  const [fifo, standard] = [await stage.queue('ordered.fifo'), await stage.queue('unordered')];
  const raw = { RawMessageDelivery: 'true' };
  await stage.subscribe(topic, fifo, raw);
  await stage.subscribe(topic, standard, raw);
  const publish = (Message: string, MessageGroupId: string) =>
    stage.sns.publish({ TopicArn: topic, Message, MessageGroupId });
  const first = await publish('0', 'a');
  for (let i = 1; i < 25; i += 1) await publish(String(i), i % 2 === 0 ? 'a' : 'b');
  const again = await publish('0', 'b');
  assert.deepEqual([again.MessageId, again.SequenceNumber], [first.MessageId, first.SequenceNumber]);
  assert.match(first.SequenceNumber ?? '', /^\d{20}$/);
  const taken = await fifo.messages();
  assert.equal(taken.length, 25);
  for (const group of ['a', 'b']) {
    const of = taken.filter(({ Attributes }) => Attributes?.MessageGroupId === group).map(({ Body }) => Number(Body));
    assert.deepEqual(
      of,
      [...of].sort((x, y) => x - y),
    );
  }
  assert.equal((await standard.messages()).length, 25);
  await stage.ringwall.advance(6 * 60_000);
  assert.notEqual((await publish('0', 'a')).MessageId, first.MessageId);
  assert.equal((await fifo.messages()).length, 1);
  const { store } = stage.ringwall.installation.house;
  const kept = { collection: 'sns/deduplication', account: stage.ringwall.account, region: 'us-east-1' };
  assert.equal(await store.count(kept), 1, 'what is over was forgotten');
});

test('a topic with a KMS key encrypts what waits, and publishers need the key', async () => {
  const { ringwall, sns } = stage;
  const kms = new KMS(ringwall.client);
  const { KeyMetadata } = await kms.createKey({});
  const topic = await stage.topic('sealed', { KmsMasterKeyId: KeyMetadata?.KeyId ?? '' });
  const queue = await stage.queue('sealed');
  await stage.subscribe(topic, queue);
  const events: string[] = [];
  const { house } = ringwall.installation;
  const next = house.streams.next.bind(house.streams);
  house.streams.next = async (...asked) => {
    const taken = await next(...asked);
    if (asked[1] === 'sns/message') events.push(JSON.stringify(taken?.events ?? []));
    return taken;
  };
  await sns.publish({ TopicArn: topic, Message: 'top secret', Subject: 'hush' });
  assert.equal((await queue.bodies())[0]?.['Message'], 'top secret');
  house.streams.next = next;
  const carried = events.join('');
  assert.match(carried, /"encryptedKey"/);
  assert.doesNotMatch(carried, /secret|hush/);
  await kms.disableKey({ KeyId: KeyMetadata?.KeyId });
  await assert.rejects(sns.publish({ TopicArn: topic, Message: 'x' }), { name: 'KMSDisabledException' });
});
