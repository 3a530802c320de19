import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { openSubscription, openTopic } from './access.ts';
import { invalid, type Operation, present } from './api.ts';
import { effectivePolicy } from './engine/delivery-policy.ts';
import { subscriptionArn, subscriptionReference, topicArn } from './names.ts';
import { type SubscriptionRow, subscriptionId, subscriptions, type TopicRow } from './records.ts';
import { filterScope, keptAttributes, refusedSubscription, subscriptionDelivery } from './subscription-attributes.ts';
import { subscriptionResource } from './subscriptions.ts';
import { topicDelivery } from './topic-attributes.ts';

export const GetSubscriptionAttributes: Operation<'GetSubscriptionAttributes'> = {
  resource: named,
  handle: async ({ SubscriptionArn }, ctx) => {
    const reference = subscriptionReference(SubscriptionArn, ctx.region);
    const row = await openSubscription(ctx, reference);
    const topic = await openTopic(ctx, reference.topic);
    const { FilterPolicyScope: _, DeliveryPolicy: __, ...attributes } = row.attributes;
    return {
      Attributes: present({
        RawMessageDelivery: 'false',
        ...attributes,
        FilterPolicyScope: attributes['FilterPolicy'] === undefined ? undefined : filterScope(row.attributes),
        ...shownDelivery(row, topic),
        ConfirmationWasAuthenticated: String(row.authenticated),
        Endpoint: row.endpoint,
        Owner: row.owner,
        PendingConfirmation: String(row.pending),
        Protocol: row.protocol,
        SubscriptionArn: subscriptionArn(reference),
        SubscriptionPrincipal: row.principal,
        TopicArn: topicArn(reference.topic),
      }) as Readonly<Record<string, string>>,
    };
  },
};

export const SetSubscriptionAttributes: Operation<'SetSubscriptionAttributes'> = {
  resource: named,
  handle: async ({ SubscriptionArn, AttributeName: name, AttributeValue: value = '' }, ctx) => {
    const reference = subscriptionReference(SubscriptionArn, ctx.region);
    const row = await openSubscription(ctx, reference);
    const changed = { ...row.attributes, [name]: value };
    const wrong = refusedSubscription({ ...row, attributes: changed }, [name]);
    if (wrong !== undefined) throw invalid(wrong);
    const { topic, id } = reference;
    const kept = { ...row, attributes: keptAttributes(changed) };
    ctx.records.at(topic).put(subscriptions, subscriptionId(topic.name, id), kept);
    return {};
  },
};

async function named({ SubscriptionArn }: { readonly SubscriptionArn: string }, ctx: Context): Promise<ResourceRef> {
  const { topic, id } = subscriptionReference(SubscriptionArn, ctx.region);
  const row = await ctx.records.at(topic).get(subscriptions, subscriptionId(topic.name, id));
  return subscriptionResource(ctx, topic, row);
}

/** What was set, and what counts; members that nobody set are null, as AWS shows them. HTTP endpoints alone have it. */
function shownDelivery({ protocol, attributes }: SubscriptionRow, topic: TopicRow): Readonly<Record<string, string>> {
  if (protocol !== 'http' && protocol !== 'https') return {};
  const given = subscriptionDelivery(attributes);
  const { retry, throttle, contentType } = effectivePolicy(topicDelivery(topic), given);
  const { healthyRetryPolicy, throttlePolicy, requestPolicy } = given ?? {};
  const named = (healthy: unknown, throttled: unknown, asked: unknown) =>
    JSON.stringify({
      healthyRetryPolicy: healthy ?? null,
      sicklyRetryPolicy: null,
      throttlePolicy: throttled ?? null,
      requestPolicy: asked ?? null,
      guaranteed: false,
    });
  return {
    ...(given === undefined ? {} : { DeliveryPolicy: named(healthyRetryPolicy, throttlePolicy, requestPolicy) }),
    EffectiveDeliveryPolicy: named(retry, throttle, { headerContentType: contentType }),
  };
}
