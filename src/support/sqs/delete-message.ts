import type { Context } from '#runtime/context.ts';
import { addressed, type OpenQueue, queueAt } from './access.ts';
import { invalidValue, type Operation } from './api.ts';
import { eachEntry } from './batch.ts';
import { settleGroupOf } from './fifo-groups.ts';
import { removeMessage } from './message-state.ts';
import { readReceipt } from './receipts.ts';
import { messages } from './records.ts';

export const DeleteMessage: Operation<'DeleteMessage'> = {
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async ({ QueueUrl, ReceiptHandle }, ctx) => {
    await deleteBy(ctx, await queueAt(ctx, QueueUrl), ReceiptHandle);
    return {};
  },
};

export const DeleteMessageBatch: Operation<'DeleteMessageBatch'> = {
  action: 'sqs:DeleteMessage',
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async ({ QueueUrl, Entries }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    return eachEntry(Entries, 'DeleteMessageBatchRequestEntry', async ({ Id, ReceiptHandle }) => {
      await deleteBy(ctx, queue, ReceiptHandle);
      return { Id };
    });
  },
};

/**
 * Deletes the message of a receipt handle. What is gone already is no error; neither is, in standard queues, a handle that a later receive
 * has made void: the message stays then.
 */
async function deleteBy(ctx: Context, queue: OpenQueue, handle: string): Promise<void> {
  const { id, receives } = readReceipt(ctx, queue, handle);
  const row = await queue.records.get(messages, id);
  if (row === undefined) return;
  const overtaken = row.receives !== receives;
  if (queue.row.settings.fifo && (overtaken || row.visibleAt <= ctx.now))
    throw invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
  if (overtaken) return;
  await removeMessage(queue, id, row);
  await settleGroupOf(queue, id, ctx.now);
}
