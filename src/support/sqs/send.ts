import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { addressed, type OpenQueue, queueAt } from './access.ts';
import { invalidParameter, type Operation, present } from './api.ts';
import { eachEntry } from './batch.ts';
import { attributesMd5, md5 } from './digests.ts';
import type { Settings } from './engine/settings.ts';
import { enqueue } from './enqueue.ts';
import { givenSize, traceAttribute } from './message-attributes.ts';
import { type GivenMessage, type NewMessage, needsDeduplication, readMessage } from './new-message.ts';

export const SendMessage: Operation<'SendMessage'> = {
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async (input, ctx) => {
    const queue = await queueAt(ctx, input.QueueUrl);
    return send(ctx, queue, readMessage(input, queue.row.settings, 'are invalid'));
  },
};

/** Bytes of all messages of a batch together (API reference, SendMessageBatch). */
const maxBatchBytes = 1_048_576;

export const SendMessageBatch: Operation<'SendMessageBatch'> = {
  action: 'sqs:SendMessage',
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async ({ QueueUrl, Entries }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    const { settings } = queue.row;
    return eachEntry(
      Entries,
      'SendMessageBatchRequestEntry',
      async (entry) => {
        const message = readMessage(entry, settings, 'cannot be validated');
        return { Id: entry.Id, ...(await send(ctx, queue, message)) };
      },
      () => refuseWhole(Entries, settings),
    );
  },
};

/** What one message lacks or all are too much makes the batch wrong. @throws ServiceError */
function refuseWhole(entries: readonly GivenMessage[], settings: Settings): void {
  if (settings.fifo && entries.some(({ MessageGroupId }) => MessageGroupId === undefined))
    throw invalidParameter('The request must contain the parameter MessageGroupId.');
  if (
    settings.fifo &&
    !settings.contentDeduplication &&
    entries.some(({ MessageDeduplicationId }) => MessageDeduplicationId === undefined)
  ) {
    throw needsDeduplication();
  }
  let size = 0;
  for (const { MessageBody, MessageAttributes } of entries)
    size += Buffer.byteLength(MessageBody) + givenSize(MessageAttributes);
  if (size > maxBatchBytes)
    throw new ServiceError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maxBatchBytes} bytes. You have sent ${size} bytes.`,
    );
}

async function send(ctx: Context, queue: OpenQueue, message: NewMessage) {
  const { messageId, sequence } = await enqueue(ctx, queue, message);
  const { body, attributes, trace } = message.content;
  return present({
    MD5OfMessageBody: md5(body),
    MD5OfMessageAttributes: attributes.length === 0 ? undefined : attributesMd5(attributes),
    MD5OfMessageSystemAttributes: trace === undefined ? undefined : attributesMd5([traceAttribute(trace)]),
    MessageId: messageId,
    SequenceNumber: sequence,
  });
}
