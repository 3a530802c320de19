import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { isUnsigned, namedTopic, openTopic, topicResource } from './access.ts';
import { type Input, invalid, type Operation, present } from './api.ts';
import { askToConfirm, listAsOwned, offerReturn } from './confirmation.ts';
import { checkEndpoint, endpointAccount, protocolOf } from './endpoints.ts';
import { subscriptionArn, subscriptionReference, type TopicReference, topicArn, topicReference } from './names.ts';
import { owned, type SubscriptionRow, subscriptionId, subscriptions, topics } from './records.ts';
import { removeSubscription } from './remove-subscription.ts';
import { keptAttributes, refusedSubscription } from './subscription-attributes.ts';
import { invalidToken, pageSize } from './topics.ts';

export const Subscribe: Operation<'Subscribe'> = {
  resource: namedTopic,
  conditions: ({ Endpoint, Protocol }) => present({ 'sns:Endpoint': Endpoint, 'sns:Protocol': Protocol }),
  handle: async (input, ctx) => {
    const topic = topicReference(input.TopicArn, ctx.region);
    const row = await subscribed(ctx, topic, input);
    if (row.pending) await askToConfirm(ctx, topic, row);
    const shown = !row.pending || input.ReturnSubscriptionArn === true;
    return { SubscriptionArn: shown ? subscriptionArn({ topic, id: row.id }) : 'pending confirmation' };
  },
};

/** The subscription that a call asks for: the one that is there, or a new one. */
async function subscribed(ctx: Context, topic: TopicReference, input: Input<'Subscribe'>): Promise<SubscriptionRow> {
  const protocol = protocolOf(input.Protocol);
  await openTopic(ctx, topic);
  const { Endpoint: endpoint = '', Attributes: given = {} } = input;
  checkEndpoint(ctx, topic.name, protocol, endpoint);
  const attributes = keptAttributes(given);
  const wrong = refusedSubscription({ topic: topic.name, protocol, endpoint, attributes: given }, Object.keys(given));
  if (wrong !== undefined) {
    throw invalid(`Attributes Reason: ${wrong === 'AttributeName' ? 'Unknown attribute' : wrong}`);
  }
  const records = ctx.records.at(topic);
  const equals = `${topic.name}:${protocol}:${endpoint}`;
  const [existing] = await records.listIndex(subscriptions, 'endpoint', { equals, limit: 1 });
  if (existing !== undefined) {
    const { value } = existing;
    if (Object.entries(attributes).some(([name, each]) => value.attributes[name] !== each)) {
      throw invalid('Attributes Reason: Subscription already exists with different attributes');
    }
    return value;
  }
  const account = ctx.account === '' ? topic.account : ctx.account;
  const elsewhere = endpointAccount(protocol, endpoint);
  const pending = elsewhere === undefined || elsewhere !== account;
  const row: SubscriptionRow = {
    id: ctx.uuid(),
    topic: topic.name,
    protocol,
    endpoint,
    owner: account,
    principal: ctx.principal.arn,
    pending,
    authenticated: !pending,
    authenticateOnUnsubscribe: false,
    attributes,
    created: ctx.now,
  };
  records.create(subscriptions, subscriptionId(topic.name, row.id), row);
  listAsOwned(ctx, topic, row);
  return row;
}

export const Unsubscribe: Operation<'Unsubscribe'> = {
  // Links need no credentials, unless the subscription was confirmed to need them.
  resource: 'none',
  anonymous: true,
  handle: async ({ SubscriptionArn }, ctx) => {
    if (SubscriptionArn === '') throw invalid('SubscriptionArn Reason: no value for required parameter');
    const unknown = isUnsigned(ctx);
    const { topic, id } = subscriptionReference(SubscriptionArn, unknown ? undefined : ctx.region);
    const records = ctx.records.at(topic);
    const row = await records.get(subscriptions, subscriptionId(topic.name, id));
    if (!unknown) await ctx.authorise('sns:Unsubscribe', await subscriptionResource(ctx, topic, row));
    if (row === undefined) return {};
    if (unknown && row.authenticateOnUnsubscribe) {
      throw new ServiceError('AuthorizationErrorException', 'this subscription ends with credentials only');
    }
    // Who only guesses the link of a subscription that nobody confirmed ends nothing.
    if (unknown && row.pending) return {};
    const kept = await openTopic(ctx, topic);
    records.put(topics, topic.name, { ...kept, deletedSubscriptions: kept.deletedSubscriptions + 1 });
    if (unknown && endpointAccount(row.protocol, row.endpoint) === undefined) await offerReturn(ctx, topic, row);
    else await removeSubscription(ctx, topic, row);
    return {};
  },
};

/** A subscription's topic; for who owns the subscription it counts as theirs. */
export async function subscriptionResource(
  ctx: Context,
  topic: TopicReference,
  row: SubscriptionRow | undefined,
): Promise<ResourceRef> {
  const resource = await topicResource(ctx, topic);
  return row?.owner === ctx.account ? { ...resource, account: ctx.account } : resource;
}

export const ListSubscriptionsByTopic: Operation<'ListSubscriptionsByTopic'> = {
  resource: namedTopic,
  handle: async ({ TopicArn, NextToken }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    await openTopic(ctx, topic);
    const prefix = `${topic.name}:`;
    const { entries, nextToken } = await pageOf(
      NextToken,
      pageSize,
      ({ id }: Listed<SubscriptionRow>) => id,
      invalidToken,
      (after, limit) =>
        ctx.records.at(topic).list(subscriptions, { prefix, limit, ...(after === undefined ? {} : { after }) }),
    );
    return present({ Subscriptions: entries.map(({ value }) => shown(topic, value)), NextToken: nextToken });
  },
};

export const ListSubscriptions: Operation<'ListSubscriptions'> = {
  resource: () => '*',
  handle: async ({ NextToken }, ctx) => {
    const { entries, nextToken } = await pageOf(
      NextToken,
      pageSize,
      ({ id }: Listed<true>) => id,
      invalidToken,
      (after, limit) => ctx.records.list(owned, { limit, ...(after === undefined ? {} : { after }) }),
    );
    const found = await Promise.all(
      entries.map(async (entry) => {
        const { topic, id } = subscriptionReference(entry.id, undefined);
        const row = await ctx.records.at(topic).get(subscriptions, subscriptionId(topic.name, id));
        return row === undefined ? [] : [shown(topic, row)];
      }),
    );
    return present({ Subscriptions: found.flat(), NextToken: nextToken });
  },
};

function shown(topic: TopicReference, { id, owner, protocol, endpoint, pending }: SubscriptionRow) {
  return {
    SubscriptionArn: pending ? 'PendingConfirmation' : subscriptionArn({ topic, id }),
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn(topic),
  };
}
