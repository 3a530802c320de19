import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueUrl } from '../queue-url.ts';
import { sendLater, type Waiting } from './deliveries.ts';
import { counted } from './delivery-counts.ts';
import { logDelivery } from './delivery-log.ts';
import { effectivePolicy, mailRetry, managedRetry, type RetryPolicy, retryDelay } from './engine/delivery-policy.ts';
import type { Letters } from './letters.ts';
import { arnParts, topicArn } from './names.ts';
import { letterBody } from './senders/body.ts';
import { isFailure, type Line, type Outcome } from './senders/sender.ts';
import { queueMembers } from './senders/sqs.ts';
import { deadLetterQueue, subscriptionDelivery } from './subscription-attributes.ts';
import { topicDelivery } from './topic-attributes.ts';

type Tried = Pick<Waiting, 'parcel' | 'retries'>;

/** Does what an attempt calls for: nothing more, another attempt later, or the dead-letter queue. */
export async function settle(
  ctx: Context,
  line: Line,
  tried: Tried,
  outcome: Outcome,
  letters: Letters,
): Promise<void> {
  const { topic, subscription } = line;
  const { protocol } = subscription;
  if (!isFailure(outcome)) {
    counted(ctx, protocol, 'delivered', 1);
    return logDelivery(ctx, line, tried.parcel, outcome, letters);
  }
  if (outcome.untried === true) {
    return sendLater(ctx, topic, subscription, tried, ctx.now + (outcome.afterMs ?? 1_000));
  }
  const delay = outcome.retry ? retryDelay(retryPolicy(line), tried.retries + 1) : undefined;
  if (delay !== undefined) {
    counted(ctx, protocol, 'retried', 1);
    const next = { parcel: tried.parcel, retries: tried.retries + 1 };
    return sendLater(ctx, topic, subscription, next, ctx.now + delay * 1_000);
  }
  await logDelivery(ctx, line, tried.parcel, outcome, letters);
  await bury(ctx, line, tried, letters);
}

function retryPolicy({ row, subscription }: Line): RetryPolicy {
  switch (subscription.protocol) {
    case 'sqs':
    case 'lambda':
      return managedRetry;
    case 'email':
    case 'email-json':
      return mailRetry;
    default:
      return effectivePolicy(topicDelivery(row), subscriptionDelivery(subscription.attributes)).retry;
  }
}

/** Sends a message that cannot be delivered to the subscription's dead-letter queue, as the subscriber would have got it. */
async function bury(ctx: Context, line: Line, { parcel }: Tried, letters: Letters): Promise<void> {
  const { topic, subscription } = line;
  const arn = deadLetterQueue(subscription.attributes);
  const queue = arnParts(arn ?? '');
  if (arn === undefined || queue === undefined || 'confirmation' in parcel) {
    return counted(ctx, subscription.protocol, 'dropped', 1);
  }
  const letter = letters.letter(parcel.message, subscription);
  const MessageBody = await letterBody(ctx, line, letter);
  const input = { QueueUrl: queueUrl(arn), MessageBody, ...queueMembers(line, letter, arn) };
  try {
    await ctx.call('sqs', 'SendMessage', input, {
      as: 'service',
      source: { arn: topicArn(topic), account: topic.account },
      account: queue.account,
      region: queue.region,
    });
    counted(ctx, subscription.protocol, 'dead-lettered', 1);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    counted(ctx, subscription.protocol, 'dropped', 1);
  }
}
