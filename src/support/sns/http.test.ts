import { strict as assert } from 'node:assert';
import { createVerify, X509Certificate } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { SNS } from '@aws-sdk/client-sns';
import type { Context } from '#runtime/context.ts';
import type { Slot } from '#runtime/slot.ts';
import type { Failure } from '../target-failure.ts';
import { deliveryCounts } from './delivery-counts.ts';
import { postToEndpoint } from './senders/http.ts';
import type { Letter, Line } from './senders/sender.ts';
import { publishedCertificates } from './signing.ts';
import { type Endpoint, openEndpoint, openStage, type Posted, type Stage } from './stage-for-tests.ts';

let stage: Stage;
let endpoint: Endpoint;
before(async () => {
  stage = await openStage();
});
after(() => stage.ringwall.stop());
beforeEach(async () => {
  endpoint = await openEndpoint();
});
afterEach(() => endpoint.close());

type Document = Readonly<Record<string, string>>;

const documentOf = (post: Posted | undefined) => JSON.parse(post?.body ?? '{}') as Document;

async function subscribe(topic: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { SubscriptionArn = '' } = await stage.sns.subscribe({
    TopicArn: topic,
    Protocol: 'http',
    Endpoint: endpoint.url,
    Attributes,
    ReturnSubscriptionArn: true,
  });
  await stage.ringwall.settled();
  return SubscriptionArn;
}

/** Subscribes, and visits the link as an endpoint does. */
async function confirmed(topic: string, attributes: Record<string, string> = {}): Promise<string> {
  const arn = await subscribe(topic, attributes);
  const visited = await fetch(documentOf(endpoint.posts.pop())['SubscribeURL'] ?? '');
  assert.equal(visited.status, 200, await visited.text());
  return arn;
}

const outcomes = (name: string) => deliveryCounts.of(stage.ringwall.installation.house).get(`http|${name}`) ?? 0;

/** What AWS's message validators do, once the certificate is there. */
async function verify(document: Document): Promise<boolean> {
  const names =
    document['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (document[name] === undefined ? [] : [name, document[name]])).join('\n');
  const path = new URL(document['SigningCertURL'] ?? '').pathname;
  const pem = await publishedCertificates(stage.ringwall.installation.house.store)(path);
  const certificate = new X509Certificate(pem ?? '');
  assert.ok(certificate.verify(certificate.publicKey), 'the certificate is its own');
  assert.ok(certificate.validFromDate.getTime() < Date.now() && certificate.validToDate.getTime() > Date.now());
  const verifier = createVerify(document['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1');
  return verifier.update(`${text}\n`).verify(certificate.publicKey, document['Signature'] ?? '', 'base64');
}

test('an endpoint is asked to confirm, confirms by the link, and gets what is published', async () => {
  const topic = await stage.topic('hooked');
  const arn = await subscribe(topic);
  const [asked] = endpoint.posts;
  assert.equal(asked?.headers['x-amz-sns-message-type'], 'SubscriptionConfirmation');
  assert.equal(asked?.headers['x-amz-sns-topic-arn'], topic);
  assert.equal(asked?.headers['content-type'], 'text/plain; charset=UTF-8');
  assert.equal(asked?.headers['user-agent'], 'Amazon Simple Notification Service Agent');
  await stage.sns.publish({ TopicArn: topic, Message: 'too early' });
  await stage.ringwall.settled();
  assert.equal(endpoint.posts.length, 1);
  const visited = await fetch(documentOf(asked)['SubscribeURL'] ?? '');
  assert.match(await visited.text(), new RegExp(`<SubscriptionArn>${arn}</SubscriptionArn>`));
  const { Attributes } = await stage.sns.getSubscriptionAttributes({ SubscriptionArn: arn });
  assert.equal(Attributes?.['PendingConfirmation'], 'false');
  assert.equal(Attributes?.['ConfirmationWasAuthenticated'], 'false');
  const { MessageId } = await stage.sns.publish({ TopicArn: topic, Message: 'now', Subject: 's' });
  await stage.ringwall.settled();
  const [, post] = endpoint.posts;
  assert.equal(documentOf(post)['Message'], 'now');
  assert.equal(post?.headers['x-amz-sns-message-id'], MessageId);
  assert.equal(post?.headers['x-amz-sns-subscription-arn'], arn);
});

for (const version of ['1', '2']) {
  test(`signatures of version ${version} verify against the certificate, and nothing else does`, async () => {
    const topic = await stage.topic(`signed-${version}`, { SignatureVersion: version });
    await subscribe(topic);
    const confirmation = documentOf(endpoint.posts.pop());
    assert.ok(await verify(confirmation));
    await fetch(confirmation['SubscribeURL'] ?? '');
    for (const Subject of [undefined, 'with a subject']) {
      await stage.sns.publish({
        TopicArn: topic,
        Message: 'line\nline ü',
        ...(Subject === undefined ? {} : { Subject }),
      });
      await stage.ringwall.settled();
      const document = documentOf(endpoint.posts.pop());
      assert.equal(document['SignatureVersion'], version);
      assert.ok(await verify(document));
      assert.ok(!(await verify({ ...document, Message: 'another' })));
    }
  });
}

test('the key of signatures is in no record in the clear', async () => {
  const { store } = stage.ringwall.installation.house;
  const rows = await store.scan<object>({ collection: 'sns/signing-key', account: '', region: '' });
  assert.equal(rows.length, 2);
  for (const { value } of rows) assert.doesNotMatch(JSON.stringify(value), /PRIVATE KEY|LS0tLS1CRUdJTiBQUklWQVRF/);
});

test('bare messages come with the content type that the subscription asks for', async () => {
  const topic = await stage.topic('bare');
  await confirmed(topic, {
    RawMessageDelivery: 'true',
    DeliveryPolicy: '{"requestPolicy":{"headerContentType":"application/json"}}',
  });
  await stage.sns.publish({ TopicArn: topic, Message: '{"a":1}' });
  await stage.ringwall.settled();
  const post = endpoint.posts.pop();
  assert.equal(post?.body, '{"a":1}');
  assert.equal(post?.headers['x-amz-sns-rawdelivery'], 'true');
  assert.equal(post?.headers['content-type'], 'application/json');
});

test('an endpoint that fails is tried again as its policy says, then the message goes to the dead-letter queue', async () => {
  const topic = await stage.topic('retried');
  const dead = await stage.queue('dead');
  await confirmed(topic, {
    RedrivePolicy: `{"deadLetterTargetArn":"${dead.arn}"}`,
    DeliveryPolicy:
      '{"healthyRetryPolicy":{"numRetries":3,"numNoDelayRetries":1,"minDelayTarget":10,"maxDelayTarget":20}}',
  });
  endpoint.answers.push(503, 429, 0, 500);
  await stage.sns.publish({ TopicArn: topic, Message: 'x' });
  await stage.ringwall.settled();
  assert.equal(endpoint.posts.length, 2, 'the first retry has no delay');
  await stage.ringwall.advance(9_000);
  assert.equal(endpoint.posts.length, 2);
  await stage.ringwall.advance(1_000);
  assert.equal(endpoint.posts.length, 3);
  await stage.ringwall.advance(20_000);
  assert.equal(endpoint.posts.length, 4);
  assert.equal((await dead.bodies())[0]?.['Message'], 'x');
  await stage.ringwall.advance(3_600_000);
  assert.equal(endpoint.posts.length, 4);
});

for (const status of [400, 404, 302]) {
  test(`an answer of ${status} is final`, async () => {
    const topic = await stage.topic(`final-${status}`);
    await confirmed(topic);
    const dropped = outcomes('dropped');
    endpoint.answers.push(status);
    await stage.sns.publish({ TopicArn: topic, Message: 'x' });
    await stage.ringwall.settled();
    await stage.ringwall.advance(3_600_000);
    assert.deepEqual(
      endpoint.posts.map(({ path }) => path),
      ['/hook'],
    );
    assert.equal(outcomes('dropped'), dropped + 1);
  });
}

test('a throttled endpoint gets so many a second', async () => {
  const topic = await stage.topic('throttled');
  await confirmed(topic, { DeliveryPolicy: '{"throttlePolicy":{"maxReceivesPerSecond":2}}' });
  const PublishBatchRequestEntries = ['1', '2', '3', '4', '5'].map((Id) => ({ Id, Message: Id }));
  await stage.sns.publishBatch({ TopicArn: topic, PublishBatchRequestEntries });
  await stage.ringwall.settled();
  assert.ok(endpoint.posts.length <= 4, 'at most two seconds have begun');
  for (let second = 0; second < 4; second += 1) await stage.ringwall.advance(1_000);
  assert.equal(endpoint.posts.length, 5);
});

test('a subscription that nobody confirms is gone after three days, and so is its token', async () => {
  const topic = await stage.topic('forgotten');
  const arn = await subscribe(topic);
  const url = documentOf(endpoint.posts.pop())['SubscribeURL'] ?? '';
  await stage.ringwall.advance(3 * 24 * 3_600_000 + 1);
  await assert.rejects(stage.sns.getSubscriptionAttributes({ SubscriptionArn: arn }), { name: 'NotFoundException' });
  assert.equal((await fetch(url)).status, 400);
  const { Subscriptions } = await stage.sns.listSubscriptions({});
  assert.ok(!Subscriptions?.some(({ TopicArn }) => TopicArn === topic));
});

test('the link ends a subscription and offers a way back; with AuthenticateOnUnsubscribe it needs credentials', async () => {
  const topic = await stage.topic('left');
  const arn = await confirmed(topic);
  await stage.sns.publish({ TopicArn: topic, Message: 'x' });
  await stage.ringwall.settled();
  const left = await fetch(documentOf(endpoint.posts.pop())['UnsubscribeURL'] ?? '');
  assert.equal(left.status, 200);
  await stage.ringwall.settled();
  const offer = documentOf(endpoint.posts.pop());
  assert.equal(offer['Type'], 'UnsubscribeConfirmation');
  assert.ok(await verify(offer));
  await stage.sns.publish({ TopicArn: topic, Message: 'not for them' });
  await stage.ringwall.settled();
  assert.equal(endpoint.posts.length, 0);
  await fetch(offer['SubscribeURL'] ?? '');
  await stage.sns.publish({ TopicArn: topic, Message: 'back' });
  await stage.ringwall.settled();
  assert.equal(documentOf(endpoint.posts.pop())['Message'], 'back');

  await stage.sns.unsubscribe({ SubscriptionArn: arn });
  await subscribe(topic);
  const { Token = '' } = documentOf(endpoint.posts.pop());
  await stage.sns.confirmSubscription({ TopicArn: topic, Token, AuthenticateOnUnsubscribe: 'true' });
  await stage.sns.publish({ TopicArn: topic, Message: 'x' });
  await stage.ringwall.settled();
  const refused = await fetch(documentOf(endpoint.posts.pop())['UnsubscribeURL'] ?? '');
  assert.equal(refused.status, 403);
});

test('this server is no endpoint of its own routes, and a message to its API does nothing', async () => {
  const topic = await stage.topic('mirror');
  const subscribed = (Endpoint: string) => stage.sns.subscribe({ TopicArn: topic, Protocol: 'http', Endpoint });
  const { endpoint: self } = stage.ringwall;
  await assert.rejects(subscribed(`${self}/_ringwall/reset`), { message: 'Invalid parameter: Unreachable Endpoint' });
  await assert.rejects(subscribed(`${self}/x/../_ringwall/reset`), { name: 'InvalidParameterException' });
  const dropped = outcomes('dropped');
  await subscribed(`${self}/?Action=Publish&Version=2010-03-31&TopicArn=${topic}&Message=x`);
  await stage.ringwall.settled();
  await stage.ringwall.advance(3_600_000);
  assert.equal(outcomes('dropped'), dropped + 1);
});

test('a host that hangs holds up its own messages alone: those beyond eight look again later', async () => {
  const never = new Promise<never>(() => {});
  const house = {};
  const ctx = { now: 0, local: (kept: Slot<unknown>) => kept.of(house), fetch: () => never } as unknown as Context;
  const post = (url: string) => {
    const subscription = { endpoint: url, attributes: { RawMessageDelivery: 'true' }, id: 'i' };
    const line = { row: { attributes: {} }, subscription, subscriptionArn: 'a' } as unknown as Line;
    const letter = { notice: { Message: 'x' }, attributes: {}, message: {} } as unknown as Letter;
    return Promise.race([
      postToEndpoint(ctx, line, [letter]),
      new Promise((resolve) => setImmediate(resolve, 'hangs')),
    ]);
  };
  for (let i = 0; i < 8; i += 1) assert.equal(await post(`http://one.example/${i}`), 'hangs');
  const [ninth] = (await post('http://one.example/9')) as readonly Failure[];
  assert.equal(ninth?.untried, true);
  assert.equal(await post('http://two.example/'), 'hangs');
});

test('posts that were cut off are tried again', async () => {
  const topic = await stage.topic('cut');
  await confirmed(topic);
  endpoint.hang();
  await stage.sns.publish({ TopicArn: topic, Message: 'x' });
  await endpoint.arrived(1);
  const retried = outcomes('retried');
  await endpoint.close();
  await stage.ringwall.settled();
  assert.equal(outcomes('retried'), retried + 1);
});

test('an endpoint that answers without end, or no HTTP, is a failure that is tried again', async () => {
  const topic = await stage.topic('garbage');
  await confirmed(topic, { DeliveryPolicy: '{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":1}}' });
  const [retried, dropped] = [outcomes('retried'), outcomes('dropped')];
  endpoint.answers.push(-1, -2);
  await stage.sns.publish({ TopicArn: topic, Message: 'x' });
  await stage.ringwall.settled();
  assert.deepEqual([outcomes('retried'), outcomes('dropped')], [retried + 1, dropped + 1]);
});

test('links work in open mode for topics of every account', async () => {
  const open = await openStage({ auth: 'open' });
  try {
    const sns = new SNS(open.ringwall.as({ accessKeyId: '444455556666', secretAccessKey: 'any' }));
    const { TopicArn } = await sns.createTopic({ Name: 'open' });
    const { SubscriptionArn } = await sns.subscribe({
      TopicArn,
      Protocol: 'http',
      Endpoint: endpoint.url,
      ReturnSubscriptionArn: true,
    });
    await open.ringwall.settled();
    const visited = await fetch(documentOf(endpoint.posts.pop())['SubscribeURL'] ?? '');
    assert.equal(visited.status, 200, await visited.text());
    const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn });
    assert.equal(Attributes?.['PendingConfirmation'], 'false');
  } finally {
    await open.ringwall.stop();
  }
});
