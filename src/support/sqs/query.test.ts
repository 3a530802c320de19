import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

let ringwall: Ringwall;

before(async () => {
  ringwall = await startRingwall();
});
after(() => ringwall.stop());

/** A call as clients made it before the JSON protocol: a form, sent to the queue's own address. */
async function call(path: string, form: Record<string, string>): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({ Version: '2012-11-05', ...form }).toString();
  const { headers } = signRequest(
    {
      method: 'POST',
      path,
      query: '',
      headers: { host: `127.0.0.1:${ringwall.port}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(body),
    },
    { ...ringwall.root, region: 'us-east-1', service: 'sqs' },
    Date.now(),
  );
  const answer = await fetch(`${ringwall.endpoint}${path}`, { method: 'POST', headers, body });
  return { status: answer.status, text: await answer.text() };
}

test('the query protocol sends, receives and deletes', async () => {
  const made = await call('/', {
    Action: 'CreateQueue',
    QueueName: 'old',
    'Attribute.1.Name': 'DelaySeconds',
    'Attribute.1.Value': '0',
  });
  const QueueUrl = /<QueueUrl>(.*)<\/QueueUrl>/.exec(made.text)?.[1] ?? '';
  const path = new URL(QueueUrl).pathname;
  const sent = await call(path, {
    Action: 'SendMessage',
    QueueUrl,
    MessageBody: 'a < b',
    'MessageAttribute.1.Name': 'n',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'v',
  });
  assert.match(sent.text, /<MD5OfMessageAttributes>[0-9a-f]{32}</);
  const received = await call(path, {
    Action: 'ReceiveMessage',
    QueueUrl,
    'AttributeName.1': 'All',
    'MessageAttributeName.1': 'All',
  });
  assert.match(received.text, /<Body>a &lt; b<\/Body>/);
  assert.match(received.text, /<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
  assert.match(received.text, /<MessageAttribute><Name>n<\/Name><Value>/);
  const ReceiptHandle = /<ReceiptHandle>(.*)<\/ReceiptHandle>/.exec(received.text)?.[1] ?? '';
  assert.equal((await call(path, { Action: 'DeleteMessage', QueueUrl, ReceiptHandle })).status, 200);
});

test('errors have the codes of that protocol', async () => {
  const QueueUrl = `${ringwall.endpoint}/${ringwall.account}/none`;
  const { status, text } = await call('/', { Action: 'SendMessage', QueueUrl, MessageBody: 'x' });
  assert.equal(status, 400);
  assert.match(text, /<Code>AWS.SimpleQueueService.NonExistentQueue<\/Code>/);
});
