import type { Context } from '#runtime/context.ts';
import { sendLater } from './deliveries.ts';
import type { Notice } from './engine/notification.ts';
import { confirmUrl } from './links.ts';
import { type TopicReference, topicArn } from './names.ts';
import { type SubscriptionRow, subscriptionId } from './records.ts';

/** A message that asks the endpoint for a visit to its link. */
export type Confirmation = {
  readonly type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly text: string;
  /** Base64, sealed for the subscription. */
  readonly sealedToken: string;
  readonly messageId: string;
  readonly time: number;
};

/** Sends it beside the call, by the same way as notifications. */
export function sendConfirmation(
  ctx: Context,
  topic: TopicReference,
  row: SubscriptionRow,
  confirmation: Confirmation,
): void {
  sendLater(ctx, topic, row, { parcel: { confirmation }, retries: 0 }, ctx.now);
}

/** What is signed and sent of a confirmation. */
export function confirmationNotice(
  ctx: Context,
  topic: TopicReference,
  row: SubscriptionRow,
  { type, text, sealedToken, messageId, time }: Confirmation,
): Notice {
  const context = `sns/token|${subscriptionId(topic.name, row.id)}`;
  const Token = Buffer.from(ctx.seal.open(Buffer.from(sealedToken, 'base64'), context)).toString();
  const TopicArn = topicArn(topic);
  return {
    Type: type,
    MessageId: messageId,
    TopicArn,
    Message: text,
    Timestamp: new Date(time).toISOString(),
    Token,
    SubscribeURL: confirmUrl(ctx, TopicArn, Token),
  };
}
