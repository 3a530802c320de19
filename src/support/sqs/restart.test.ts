import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { SQS } from '@aws-sdk/client-sqs';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';
import { bodies, createQueue } from './client-for-tests.ts';

const data = temporaryDirectory();
after(() => remove(data));

function clientOf({ endpoint, env }: Spawned): SQS {
  const credentials = {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
  return new SQS({ endpoint, region: 'us-east-1', credentials });
}

test('a crash between receive and delete loses nothing, and a group keeps its order', async () => {
  const first = await spawnRingwall(data);
  let sqs = clientOf(first);
  const QueueUrl = await createQueue(sqs, 'order.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  const plain = await createQueue(sqs, 'plain');
  for (const MessageBody of ['1', '2', '3']) await sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId: 'g' });
  await sqs.sendMessage({ QueueUrl: plain, MessageBody: 'plain' });
  assert.deepEqual(await bodies(sqs, QueueUrl, { MaxNumberOfMessages: 2, VisibilityTimeout: 2 }), ['1', '2']);
  assert.deepEqual(await bodies(sqs, plain, { VisibilityTimeout: 2 }), ['plain']);
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: plain });
  assert.deepEqual(Messages, []);
  await first.kill();
  const second = await spawnRingwall(data);
  sqs = clientOf(second);
  await sqs.sendMessage({ QueueUrl, MessageBody: '4', MessageGroupId: 'g' });
  await sqs.sendMessage({ QueueUrl, MessageBody: '4', MessageGroupId: 'g' });
  assert.deepEqual(await bodies(sqs, plain, { WaitTimeSeconds: 5 }), ['plain']);
  assert.deepEqual(await bodies(sqs, QueueUrl, { WaitTimeSeconds: 5 }), ['1', '2', '3', '4']);
  await second.stop();
});
