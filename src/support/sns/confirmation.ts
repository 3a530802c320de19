import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { isUnsigned, openTopic, topicResource } from './access.ts';
import { invalid, type Operation } from './api.ts';
import { type Confirmation, sendConfirmation } from './confirmation-message.ts';
import { subscriptionArn, type TopicReference, topicArn, topicReference } from './names.ts';
import { findTopic, owned, type SubscriptionRow, subscriptionId, subscriptions, tokens } from './records.ts';
import { removeSubscription } from './remove-subscription.ts';

/** A subscription that is not confirmed by then is gone (model, "ConfirmSubscription": tokens are valid for three days). */
const lifeMs = 3 * 24 * 3_600_000;
const tokenBytes = 128;
const tokenPattern = /^[0-9a-f]{256}$/;

export const ConfirmSubscription: Operation<'ConfirmSubscription'> = {
  // Who has the token may use it; who comes with credentials needs the permission as well.
  resource: 'none',
  anonymous: true,
  handle: async ({ TopicArn, Token, AuthenticateOnUnsubscribe }, ctx) => {
    const unknown = isUnsigned(ctx);
    const topic = topicReference(TopicArn, unknown ? undefined : ctx.region, 'Topic');
    if (!unknown) await ctx.authorise('sns:ConfirmSubscription', await topicResource(ctx, topic));
    const locked = AuthenticateOnUnsubscribe?.toLowerCase() === 'true';
    if (locked && unknown) throw invalid('AuthenticateOnUnsubscribe Reason: it needs a request with credentials');
    if (!tokenPattern.test(Token)) throw invalid('Token');
    const records = ctx.records.at(topic);
    const token = await records.get(tokens, digest(Token));
    const id = token?.subscription ?? '';
    const row = token === undefined || token.until <= ctx.now ? undefined : await records.get(subscriptions, id);
    if (row === undefined || row.topic !== topic.name) throw invalid('Token');
    if (row.pending) {
      const confirmed = { ...row, pending: false, authenticated: !unknown, authenticateOnUnsubscribe: locked };
      records.put(subscriptions, id, confirmed);
      ctx.schedule({ kind: 'sns/expire', id: jobId(topic.account, topic.region, id), runAt: undefined });
    }
    return { SubscriptionArn: subscriptionArn({ topic, id: row.id }) };
  },
};

/** Sends a new token for a subscription. Earlier ones stay good for their time. */
export async function askToConfirm(ctx: Context, topic: TopicReference, row: SubscriptionRow): Promise<void> {
  const id = subscriptionId(topic.name, row.id);
  const runAt = ctx.now + lifeMs;
  ctx.schedule({ kind: 'sns/expire', id: jobId(topic.account, topic.region, id), runAt, payload: id });
  await send(ctx, topic, row, {
    type: 'SubscriptionConfirmation',
    text: `You have chosen to subscribe to the topic ${topicArn(topic)}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
  });
}

/** Tells an endpoint that a link ended its subscription, with a way back: the subscription waits for three days. */
export async function offerReturn(ctx: Context, topic: TopicReference, row: SubscriptionRow): Promise<void> {
  const arn = subscriptionArn({ topic, id: row.id });
  const again = { ...row, pending: true, authenticated: false };
  const id = subscriptionId(topic.name, row.id);
  const records = ctx.records.at(topic);
  await records.get(subscriptions, id);
  records.put(subscriptions, id, again);
  const runAt = ctx.now + lifeMs;
  ctx.schedule({ kind: 'sns/expire', id: jobId(topic.account, topic.region, id), runAt, payload: id });
  await send(ctx, topic, again, {
    type: 'UnsubscribeConfirmation',
    text: `You have chosen to deactivate subscription ${arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
  });
}

async function send(
  ctx: Context,
  topic: TopicReference,
  row: SubscriptionRow,
  { type, text }: Pick<Confirmation, 'type' | 'text'>,
): Promise<void> {
  const token = Buffer.from(ctx.random(tokenBytes)).toString('hex');
  const id = subscriptionId(topic.name, row.id);
  ctx.records.at(topic).create(tokens, digest(token), { subscription: id, until: ctx.now + lifeMs });
  // Tokens lie in no record: what waits to be sent is sealed.
  const sealedToken = Buffer.from(ctx.seal.seal(Buffer.from(token), `sns/token|${id}`)).toString('base64');
  await openTopic(ctx, topic);
  sendConfirmation(ctx, topic, row, { type, text, sealedToken, messageId: ctx.uuid(), time: ctx.now });
}

/** Nobody confirmed in time. */
export async function expire(_what: string, payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(subscriptions, payload as string);
  if (row === undefined || !row.pending) return;
  const topic = { account: ctx.account, region: ctx.region, name: row.topic };
  if ((await findTopic(ctx.records, topic)) === undefined) return;
  await removeSubscription(ctx, topic, row);
}

/** Lists a subscription with those of its owner. */
export function listAsOwned(ctx: Context, topic: TopicReference, row: SubscriptionRow): void {
  const place = { account: row.owner, region: topic.region };
  ctx.records.at(place).create(owned, subscriptionArn({ topic, id: row.id }), true);
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
