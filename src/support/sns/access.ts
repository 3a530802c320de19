import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import { noSubscription, noTopic } from './api.ts';
import {
  type SubscriptionReference,
  subscriptionReference,
  type TopicReference,
  topicArn,
  topicReference,
} from './names.ts';
import { findTopic, type SubscriptionRow, subscriptionId, subscriptions, type TopicRow } from './records.ts';

/** A topic as policies see it: its ARN, its tags, its policy. */
export async function topicResource(
  ctx: Context,
  topic: TopicReference,
  conditions?: Conditions,
): Promise<ResourceRef> {
  const row = await findTopic(ctx.records, topic);
  const arn = topicArn(topic);
  ctx.audit([{ arn, type: 'AWS::SNS::Topic', account: topic.account }]);
  return {
    arn,
    account: topic.account,
    tags: row?.tags,
    conditions,
    policy: row === undefined ? undefined : { kind: 'resource', source: `policy of ${arn}`, text: row.policy },
  };
}

/** The topic that an input names. */
export function namedTopic({ TopicArn }: { readonly TopicArn: string }, ctx: Context): Promise<ResourceRef> {
  return topicResource(ctx, topicReference(TopicArn, ctx.region));
}

/** The topic of the subscription that an input names. */
export async function namedSubscription(
  { SubscriptionArn }: { readonly SubscriptionArn: string },
  ctx: Context,
): Promise<ResourceRef> {
  const { topic } = subscriptionReference(SubscriptionArn, ctx.region);
  return topicResource(ctx, topic);
}

/** @throws ServiceError NotFound */
export async function openTopic(ctx: Context, topic: TopicReference): Promise<TopicRow> {
  const row = await findTopic(ctx.records, topic);
  if (row === undefined) throw noTopic();
  return row;
}

/** @throws ServiceError NotFound */
export async function openSubscription(ctx: Context, { topic, id }: SubscriptionReference): Promise<SubscriptionRow> {
  const row = await ctx.records.at(topic).get(subscriptions, subscriptionId(topic.name, id));
  if (row === undefined) throw noSubscription();
  return row;
}

/** A visit to a link: a call that nobody signed. In open mode such calls act as an account's root all the same. */
export function isUnsigned({ principal, http }: Context): boolean {
  return principal.kind === 'anonymous' || (http !== undefined && http.signature === undefined);
}
