import { strict as assert } from 'node:assert';
import type { CreateQueueCommandInput, SQS } from '@aws-sdk/client-sqs';

/** The URL of a new queue. */
export async function createQueue(
  sqs: SQS,
  QueueName: string,
  Attributes: CreateQueueCommandInput['Attributes'] = {},
): Promise<string> {
  const { QueueUrl } = await sqs.createQueue({ QueueName, Attributes });
  assert.ok(QueueUrl);
  return QueueUrl;
}

/** Bodies of what one receive gives. */
export async function bodies(
  sqs: SQS,
  QueueUrl: string,
  more: Partial<Parameters<SQS['receiveMessage']>[0]> = {},
): Promise<readonly (string | undefined)[]> {
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, ...more });
  return Messages.map(({ Body }) => Body);
}

/** Asserts that a call is refused with this code and, where given, exactly this text. */
export async function refused(call: Promise<unknown>, code: string, message?: string | RegExp): Promise<void> {
  await assert.rejects(call, (error: Error) => {
    assert.equal(error.name, code, error.message);
    if (message instanceof RegExp) assert.match(error.message, message);
    else if (message !== undefined) assert.equal(error.message, message);
    return true;
  });
}
