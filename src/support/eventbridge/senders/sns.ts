import { type Failure, failureOf } from '../../target-failure.ts';
import { attempt, callOptions, parted, type Sender } from './sender.ts';

/** What one PublishBatch takes. */
const maxMessages = 10;
const maxBytes = 256 * 1024;

/** Publishes parcels to a topic, ten at once. */
export const publishToTopic: Sender = async (ctx, line, parcels) => {
  const failures = new Map<number, Failure>();
  // Topics with order take the group that queues do.
  const group = line.target.SqsParameters?.MessageGroupId;
  for (const part of parted(parcels, maxMessages, maxBytes)) {
    const failed = await attempt(part.parcels, async () => {
      const PublishBatchRequestEntries = part.parcels.map(({ text }, index) => ({
        Id: String(index),
        Message: text,
        ...(group === undefined ? {} : { MessageGroupId: group }),
      }));
      const input = { TopicArn: line.target.Arn, PublishBatchRequestEntries };
      const { Failed = [] } = await ctx.call('sns', 'PublishBatch', input, callOptions(line));
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
