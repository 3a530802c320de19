import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueUrl } from '../queue-url.ts';
import { nextAttempt } from '../retry-policy.ts';
import type { Failure } from '../target-failure.ts';
import type { RoutedEvent } from './deliveries.ts';
import { counted } from './delivery-counts.ts';
import { arnParts } from './names.ts';
import type { Line } from './senders/sender.ts';
import { senderOf } from './senders/senders.ts';
import { sendLater } from './waiting.ts';

/** An event that a target did not take. */
export type Failed = { readonly event: RoutedEvent; readonly retries: number; readonly failure: Failure };

/** Tries again later as the target's retry policy says, then gives the event to its dead-letter queue. */
export async function handBack(ctx: Context, line: Line, failed: Failed): Promise<void> {
  const { event, retries, failure } = failed;
  const kind = senderOf(line.target.Arn);
  if (!failure.retry) return bury(ctx, line, failed, undefined);
  if (failure.untried === true) {
    return sendLater(ctx, line, event, retries, ctx.now + (failure.afterMs ?? 0), kind?.waits === true);
  }
  const chance = (ctx.random(1)[0] ?? 0) / 256;
  const next = nextAttempt(line.target.RetryPolicy ?? {}, retries, event.arrived, ctx.now, chance);
  if ('exhausted' in next) return bury(ctx, line, failed, next.exhausted);
  counted(ctx, kind?.kind ?? 'unknown', 'retried', 1);
  const at = Math.max(next.at, ctx.now + (failure.afterMs ?? 0));
  sendLater(ctx, line, event, retries + 1, at, kind?.waits === true);
}

/** Sends the event to the target's dead-letter queue with what happened (user guide, "Using dead-letter queues"). */
async function bury(
  ctx: Context,
  { bus, rule, target }: Line,
  { event, retries, failure }: Failed,
  exhausted: string | undefined,
): Promise<void> {
  const kind = senderOf(target.Arn)?.kind ?? 'unknown';
  const queue = arnParts(target.DeadLetterConfig?.Arn ?? '');
  if (queue === undefined) return counted(ctx, kind, 'dropped', 1);
  const attributes = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message.slice(0, maxMessage) || failure.code,
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  const MessageAttributes = {
    ...Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
    RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(retries) },
  };
  const input = { QueueUrl: queueUrl(target.DeadLetterConfig?.Arn ?? ''), MessageBody: event.text, MessageAttributes };
  try {
    await ctx.call('sqs', 'SendMessage', input, {
      as: 'service',
      source: { arn: rule.arn, account: bus.account },
      account: queue.account,
      region: queue.region,
    });
    counted(ctx, kind, 'dead-lettered', 1);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    counted(ctx, kind, 'dropped', 1);
  }
}

/** Characters of a reason that are kept: a target may answer anything. */
const maxMessage = 1_024;
