import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';

/** Where this server is reached, for the links in messages; set when the service starts. */
export const home = slot((): { endpoint: () => string | undefined } => ({ endpoint: () => undefined }));

/** Named in links, so that a call without credentials and host name finds this API. */
const version = '2010-03-31';

/** Path of certificates, below which their names stand. */
export const certificatePath = '/_ringwall/sns/SimpleNotificationService-';

/** Base of links: `http://127.0.0.1:4566`. */
export function homeOf(ctx: Context): string {
  return ctx.local(home).endpoint() ?? 'http://localhost';
}

export function confirmUrl(ctx: Context, topicArn: string, token: string): string {
  return `${homeOf(ctx)}/?Action=ConfirmSubscription&Version=${version}&TopicArn=${topicArn}&Token=${token}`;
}

export function unsubscribeUrl(ctx: Context, subscriptionArn: string): string {
  return `${homeOf(ctx)}/?Action=Unsubscribe&Version=${version}&SubscriptionArn=${subscriptionArn}`;
}

export function certificateUrl(ctx: Context, id: string): string {
  return `${homeOf(ctx)}${certificatePath}${id}.pem`;
}
