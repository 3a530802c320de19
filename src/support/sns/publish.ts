import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { namedTopic, openTopic } from './access.ts';
import { type Input, invalid, type Operation, present, refused } from './api.ts';
import { messageTopic, type Published } from './deliveries.ts';
import { type Encryption, encryptionOf } from './encryption.ts';
import { type Numbered, numbered } from './fifo.ts';
import type { Message } from './message.ts';
import { type GivenMessage, maxBytes, readContent } from './message-content.ts';
import { arnParts, isFifo, type TopicReference, topicReference } from './names.ts';
import type { TopicRow } from './records.ts';

export const Publish: Operation<'Publish'> = {
  resource: (input, ctx) => (input.PhoneNumber === undefined ? namedTopic(target(input), ctx) : '*'),
  dataEvent: true,
  handle: async (input, ctx) => {
    if (input.PhoneNumber !== undefined) throw refusedPhone(input.PhoneNumber);
    const topic = topicReference(target(input).TopicArn, ctx.region);
    const row = await openTopic(ctx, topic);
    const { content, size } = readContent(input);
    if (size > maxBytes) throw invalid('Message too long');
    const accepted = await accept(ctx, topic, row, { given: input, content }, await encryptionOf(ctx, topic, row));
    if (accepted.message !== undefined) {
      publishMessages(ctx, topic, [accepted.message]);
    }
    return present({ MessageId: accepted.id, SequenceNumber: accepted.sequence });
  },
};

/** The topic that a call names, in either member. @throws ServiceError InvalidParameter */
function target({ TopicArn, TargetArn }: Input<'Publish'>): { readonly TopicArn: string } {
  const arn = TopicArn ?? TargetArn;
  if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  if (/^(?:endpoint|app)\//.test(arnParts(arn)?.resource ?? '')) {
    throw invalid('TargetArn Reason: No endpoint found for the target arn specified');
  }
  return { TopicArn: arn };
}

function refusedPhone(number: string): Error {
  if (!/^\+?[1-9]\d{6,14}$/.test(number)) return invalid(`PhoneNumber Reason: ${number} is not valid to publish to`);
  return refused('Invalid parameter: PhoneNumber Reason: text messages are not supported');
}

/** Members of FIFO topics, beside those of every message. */
type Ordered = {
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
};

type Accepted = { readonly id: string; readonly sequence?: string; readonly message?: Message };

/** A message as the topic takes it: numbered, encrypted; none where it repeats another. @throws ServiceError InvalidParameter */
export async function accept(
  ctx: Context,
  topic: TopicReference,
  row: TopicRow,
  { given, content }: { given: GivenMessage & Ordered; content: ReturnType<typeof readContent>['content'] },
  encrypt: Encryption | undefined,
): Promise<Accepted> {
  const id = ctx.uuid();
  const kept = encrypt === undefined ? content : encrypt(content);
  const order = orderOf(topic, row, given);
  if (order.deduplication === undefined) {
    return { id, message: present({ id, time: ctx.now, group: order.group, content: kept }) as Message };
  }
  const { group = '', deduplication } = order;
  const { known, messageId, sequence }: Numbered = await numbered(ctx, topic, row, {
    group,
    deduplication,
    messageId: id,
  });
  if (known) return { id: messageId, sequence };
  return { id, sequence, message: { id, time: ctx.now, group, deduplication, sequence, content: kept } };
}

/** Ids of groups and of repetitions (model, "Publish"). */
const orderId = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

function orderOf(
  topic: TopicReference,
  row: TopicRow,
  { Message, MessageGroupId: group, MessageDeduplicationId: given }: GivenMessage & Ordered,
): { readonly group: string | undefined; readonly deduplication: string | undefined } {
  if (group !== undefined && !orderId.test(group)) throw invalid('MessageGroupId');
  if (!isFifo(topic.name)) {
    if (given !== undefined) {
      throw invalid(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      );
    }
    return { group, deduplication: undefined };
  }
  if (group === undefined) throw invalid('The MessageGroupId parameter is required for FIFO topics');
  if (given !== undefined && !orderId.test(given)) throw invalid('MessageDeduplicationId');
  if (given === undefined && row.attributes['ContentBasedDeduplication']?.toLowerCase() !== 'true') {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { group, deduplication: given ?? createHash('sha256').update(Message).digest('hex') };
}

/** Hands messages to the subscriptions, with the commit. */
export function publishMessages(ctx: Context, topic: TopicReference, messages: readonly Message[]): void {
  if (messages.length === 0) return;
  const { account, region, name } = topic;
  ctx.publish(messageTopic, { account, region, topic: name, messages } satisfies Published);
}
