import type { Context } from '#runtime/context.ts';
import { queueUrl } from '../../queue-url.ts';
import { failureOf } from '../../target-failure.ts';
import { queueAttributes } from '../message-attributes.ts';
import { isFifo } from '../names.ts';
import { isRaw } from '../subscription-attributes.ts';
import { letterBody } from './body.ts';
import { attempt, callOptions, type Letter, type Line, type Outcome, type Sender } from './sender.ts';

/** What one SendMessageBatch takes. */
const maxMessages = 10;
const maxBytes = 256 * 1024;

/** Sends letters to a queue, ten at once. */
export const sendToQueue: Sender = async (ctx, line, letters) => {
  const bodies = await Promise.all(letters.map((letter) => letterBody(ctx, line, letter)));
  const outcomes: Outcome[] = [];
  for (let from = 0; from < letters.length; ) {
    let until = from;
    for (let bytes = 0; until < letters.length && until - from < maxMessages; until += 1) {
      bytes += Buffer.byteLength(bodies[until] ?? '');
      if (bytes > maxBytes && until > from) break;
    }
    const part = letters.slice(from, until).map((letter, index) => ({ letter, body: bodies[from + index] ?? '' }));
    outcomes.push(...(await sendPart(ctx, line, part)));
    from = until;
  }
  return outcomes;
};

type Part = readonly { readonly letter: Letter; readonly body: string }[];

async function sendPart(ctx: Context, line: Line, part: Part): Promise<readonly Outcome[]> {
  const QueueUrl = queueUrl(line.subscription.endpoint);
  const Entries = part.map(({ letter, body }, index) => ({
    Id: String(index),
    MessageBody: body,
    ...queueMembers(line, letter, line.subscription.endpoint),
  }));
  const answer = await attempt(() => ctx.call('sqs', 'SendMessageBatch', { QueueUrl, Entries }, callOptions(line)));
  if ('retry' in answer) return part.map(() => answer);
  const failed = new Map((answer.Failed ?? []).map((each) => [Number(each.Id), each]));
  const sent = new Map((answer.Successful ?? []).map((each) => [Number(each.Id), each]));
  return part.map((_, index): Outcome => {
    const failure = failed.get(index);
    if (failure !== undefined) return failureOf(failure.Code ?? '', failure.Message ?? '', failure.SenderFault);
    const providerResponse = JSON.stringify({ sqsMessageId: sent.get(index)?.MessageId });
    return { statusCode: 200, providerResponse };
  });
}

/** What goes beside the body: attributes of bare messages, and order where the queue has it. */
export function queueMembers({ row, subscription }: Line, { attributes, message }: Letter, queue: string) {
  const ordered = isFifo(queue);
  const group = ordered || !isFifo(row.name) ? message?.group : undefined;
  const bare = isRaw(subscription.attributes) && Object.keys(attributes).length > 0;
  return {
    ...(bare ? { MessageAttributes: queueAttributes(attributes) } : {}),
    ...(group === undefined ? {} : { MessageGroupId: group }),
    ...(ordered && message?.deduplication !== undefined ? { MessageDeduplicationId: message.deduplication } : {}),
  };
}
