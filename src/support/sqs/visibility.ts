import type { Context } from '#runtime/context.ts';
import { addressed, type OpenQueue, queueAt } from './access.ts';
import { invalidValue, type Operation } from './api.ts';
import { eachEntry } from './batch.ts';
import { settleGroupOf } from './fifo-groups.ts';
import { readReceipt } from './receipts.ts';
import { messages } from './records.ts';

/** Longest time that a message can be in flight, from its receive on, seconds. */
const maxVisibility = 43_200;

export const ChangeMessageVisibility: Operation<'ChangeMessageVisibility'> = {
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async ({ QueueUrl, ReceiptHandle, VisibilityTimeout }, ctx) => {
    await change(ctx, await queueAt(ctx, QueueUrl), ReceiptHandle, VisibilityTimeout);
    return {};
  },
};

export const ChangeMessageVisibilityBatch: Operation<'ChangeMessageVisibilityBatch'> = {
  action: 'sqs:ChangeMessageVisibility',
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async ({ QueueUrl, Entries }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    return eachEntry(Entries, 'ChangeMessageVisibilityBatchRequestEntry', async (entry) => {
      await change(ctx, queue, entry.ReceiptHandle, entry.VisibilityTimeout ?? queue.row.settings.visibility);
      return { Id: entry.Id };
    });
  },
};

/** @param seconds from now on */
async function change(ctx: Context, queue: OpenQueue, handle: string, seconds: number): Promise<void> {
  if (seconds < 0 || seconds > maxVisibility)
    throw invalidValue(seconds, 'VisibilityTimeout', 'VisibilityTimeout must be an integer between 0 and 43200.');
  const { id, receives } = readReceipt(ctx, queue, handle);
  const row = await queue.records.get(messages, id);
  if (row === undefined || row.receives !== receives)
    throw invalidValue(
      handle,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change.',
    );
  const visibleAt = ctx.now + seconds * 1_000;
  if (visibleAt > (row.lastReceived ?? ctx.now) + maxVisibility * 1_000)
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${maxVisibility} seconds]`,
    );
  queue.records.put(messages, id, { ...row, visibleAt });
  await settleGroupOf(queue, id, ctx.now);
}
