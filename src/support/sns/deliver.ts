import type { Context } from '#runtime/context.ts';
import type { Published as Handed, Subscriber } from '#runtime/service.ts';
import { type Parcel, type Published, sendLater, type Waiting } from './deliveries.ts';
import { counted } from './delivery-counts.ts';
import { settle } from './failed-delivery.ts';
import { isWanted } from './filtering.ts';
import { Letters } from './letters.ts';
import type { Message } from './message.ts';
import { subscriptionArn, type TopicReference } from './names.ts';
import {
  findTopic,
  type SubscriptionRow,
  subscriptionId,
  subscriptions,
  subscriptionsOf,
  type TopicRow,
} from './records.ts';
import type { Line } from './senders/sender.ts';
import { senders } from './senders/senders.ts';

/** Takes what was published, and hands it to the subscribers: to each in the order in which it came, as many at once as it takes. */
export const deliverAll: Subscriber = async (published, at) => {
  for (const [place, batch] of byTopic(published)) {
    const ctx = at(place.account, place.region);
    const row = await findTopic(ctx.records, place);
    if (row !== undefined) await fanOut(ctx, place, row, batch);
  }
};

function byTopic(published: readonly Handed[]): ReadonlyMap<TopicReference, readonly Message[]> {
  const places = new Map<string, TopicReference>();
  const batches = new Map<TopicReference, Message[]>();
  for (const { body } of published) {
    const { account, region, topic: name, messages } = body as Published;
    const key = `${account}|${region}|${name}`;
    const place = places.get(key) ?? { account, region, name };
    places.set(key, place);
    batches.set(place, [...(batches.get(place) ?? []), ...messages]);
  }
  return batches;
}

async function fanOut(ctx: Context, topic: TopicReference, row: TopicRow, messages: readonly Message[]): Promise<void> {
  const letters = new Letters(ctx, topic);
  for (const subscription of await subscriptionsOf(ctx.records, topic.name)) {
    // Who subscribed after a message was published does not get it.
    if (subscription.pending) continue;
    const line = lineOf(topic, row, subscription);
    const wanted = messages.filter(
      (message) => message.time >= subscription.created && isWanted(ctx, subscription, letters, message),
    );
    counted(ctx, subscription.protocol, 'filtered', messages.length - wanted.length);
    await handOver(ctx, line, wanted, letters);
  }
}

async function handOver(ctx: Context, line: Line, messages: readonly Message[], letters: Letters): Promise<void> {
  const { topic, subscription } = line;
  const { send, waits } = senders[subscription.protocol];
  if (messages.length === 0) return;
  if (waits) {
    for (const message of messages) sendLater(ctx, topic, subscription, { parcel: { message }, retries: 0 }, ctx.now);
    return;
  }
  const outcomes = await send(
    ctx,
    line,
    messages.map((message) => letters.letter(message, subscription)),
  );
  for (const [index, outcome] of outcomes.entries()) {
    const message = messages[index];
    if (message !== undefined) await settle(ctx, line, { parcel: { message }, retries: 0 }, outcome, letters);
  }
}

function lineOf(topic: TopicReference, row: TopicRow, subscription: SubscriptionRow): Line {
  return { topic, row, subscription, subscriptionArn: subscriptionArn({ topic, id: subscription.id }) };
}

/** Delivers what waited. Nothing is left to do where the topic or the subscription is gone. */
export async function deliverLater(_what: string, payload: unknown, ctx: Context): Promise<void> {
  const waiting = payload as Waiting;
  const topic = { account: ctx.account, region: ctx.region, name: waiting.topic };
  const row = await findTopic(ctx.records, topic);
  const found = await ctx.records.get(subscriptions, subscriptionId(topic.name, waiting.subscription));
  if (row === undefined || found === undefined || !isDue(waiting.parcel, found)) return;
  const line = lineOf(topic, row, found);
  const letters = new Letters(ctx, topic);
  const letter = letters.of(waiting.parcel, found);
  const [outcome] = await senders[found.protocol].send(ctx, line, [letter]);
  if (outcome !== undefined) await settle(ctx, line, waiting, outcome, letters);
}

/** Only confirmations go to who has not confirmed. */
function isDue(parcel: Parcel, { pending }: SubscriptionRow): boolean {
  return 'confirmation' in parcel ? pending : !pending;
}
