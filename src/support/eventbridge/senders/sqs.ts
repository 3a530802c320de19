import { queueUrl } from '../../queue-url.ts';
import { type Failure, failureOf } from '../../target-failure.ts';
import { attempt, callOptions, parted, type Sender } from './sender.ts';

/** What one SendMessageBatch takes. */
const maxMessages = 10;
const maxBytes = 256 * 1024;

/** Sends parcels to a queue, ten at once. Queues with order get the group of the target. */
export const sendToQueue: Sender = async (ctx, line, parcels) => {
  const failures = new Map<number, Failure>();
  const group = line.target.SqsParameters?.MessageGroupId;
  for (const part of parted(parcels, maxMessages, maxBytes)) {
    const failed = await attempt(part.parcels, async () => {
      const Entries = part.parcels.map(({ text }, index) => ({
        Id: String(index),
        MessageBody: text,
        ...(group === undefined ? {} : { MessageGroupId: group }),
      }));
      const input = { QueueUrl: queueUrl(line.target.Arn), Entries };
      const { Failed = [] } = await ctx.call('sqs', 'SendMessageBatch', input, callOptions(line));
      return new Map(
        Failed.map(({ Id, Code = '', Message = '', SenderFault }) => [
          Number(Id),
          failureOf(Code, Message, SenderFault),
        ]),
      );
    });
    for (const [index, failure] of failed) failures.set(part.from + index, failure);
  }
  return failures;
};
