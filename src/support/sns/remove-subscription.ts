import type { Context } from '#runtime/context.ts';
import { subscriptionArn, type TopicReference } from './names.ts';
import { owned, type SubscriptionRow, subscriptionId, subscriptions, tokens } from './records.ts';

/** Ends a subscription, and what its tokens could do. */
export async function removeSubscription(ctx: Context, topic: TopicReference, row: SubscriptionRow): Promise<void> {
  const records = ctx.records.at(topic);
  records.delete(subscriptions, subscriptionId(topic.name, row.id));
  const listed = ctx.records.at({ account: row.owner, region: topic.region });
  const arn = subscriptionArn({ topic, id: row.id });
  if ((await listed.get(owned, arn)) !== undefined) listed.delete(owned, arn);
  const equals = subscriptionId(topic.name, row.id);
  for (const { id } of await records.listIndex(tokens, 'subscription', { equals })) records.delete(tokens, id);
}
