import { shownPrincipals } from '#identity/iam/pinned-principals.ts';
import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { namedTopic, openTopic, topicResource } from './access.ts';
import { type Input, invalid, type Operation, present } from './api.ts';
import { forgetMessages } from './fifo.ts';
import { isFifo, isTopicName, type TopicReference, topicArn, topicReference } from './names.ts';
import { findTopic, subscriptionsOf, type TopicRow, topics } from './records.ts';
import { removeSubscription } from './remove-subscription.ts';
import { newTags } from './tags.ts';
import { newAttributes, refusedAttribute, shownDelivery } from './topic-attributes.ts';
import { defaultPolicy, putPolicy, storedPolicy } from './topic-policy.ts';

/** Entries of a list (model: all lists of SNS). */
export const pageSize = 100;

export function invalidToken(): Error {
  return invalid('NextToken Reason: the token is not valid');
}

export const CreateTopic: Operation<'CreateTopic'> = {
  resource: ({ Name }, ctx) => topicResource(ctx, own(ctx, Name)),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    const topic = own(ctx, input.Name);
    if (!isTopicName(input.Name)) throw invalid('Topic Name');
    if (input.DataProtectionPolicy !== undefined) {
      throw invalid('DataProtectionPolicy Reason: data protection policies are not supported');
    }
    const existing = await findTopic(ctx.records, topic);
    if (existing === undefined) await createTopic(ctx, topic, input);
    else await refuseOther(ctx, topic, existing, input);
    return { TopicArn: topicArn(topic) };
  },
};

async function createTopic(ctx: Context, topic: TopicReference, input: Input<'CreateTopic'>): Promise<void> {
  const { Policy, ...attributes } = newAttributes(topic.name, input.Attributes ?? {});
  ctx.records.create(topics, topic.name, {
    name: topic.name,
    created: ctx.now,
    attributes,
    policy: Policy === undefined ? defaultPolicy(topic) : await storedPolicy(ctx, topic, Policy),
    tags: newTags(input.Tags),
    deletedSubscriptions: 0,
  });
}

/** A topic that is there already answers the call only where it is what the call asks for. */
async function refuseOther(
  ctx: Context,
  topic: TopicReference,
  row: TopicRow,
  { Attributes = {}, Tags }: Input<'CreateTopic'>,
): Promise<void> {
  newAttributes(topic.name, { ...(isFifo(topic.name) ? { FifoTopic: 'true' } : {}), ...Attributes });
  const shown = await shownAttributes(ctx, topic, row);
  const differs = Object.entries(Attributes).some(([name, value]) => shown[name] !== value && !isEmpty(name, value));
  if (differs) throw invalid('Attributes Reason: Topic already exists with different attributes');
  const wanted = Tags === undefined ? undefined : newTags(Tags);
  if (wanted !== undefined && canonical(wanted) !== canonical(row.tags)) {
    throw invalid('Tags Reason: Topic already exists with different tags');
  }
}

function isEmpty(name: string, value: string): boolean {
  return value === '' && name !== 'DisplayName';
}

function canonical(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const DeleteTopic: Operation<'DeleteTopic'> = {
  resource: namedTopic,
  handle: async ({ TopicArn }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    if ((await findTopic(ctx.records, topic)) === undefined) return {};
    const records = ctx.records.at(topic);
    records.delete(topics, topic.name);
    for (const row of await subscriptionsOf(records, topic.name)) await removeSubscription(ctx, topic, row);
    await forgetMessages(ctx, topic);
    return {};
  },
};

export const GetTopicAttributes: Operation<'GetTopicAttributes'> = {
  resource: namedTopic,
  handle: async ({ TopicArn }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    return { Attributes: await shownAttributes(ctx, topic, await openTopic(ctx, topic)) };
  },
};

async function shownAttributes(
  ctx: Context,
  topic: TopicReference,
  row: TopicRow,
): Promise<Readonly<Record<string, string>>> {
  const all = await subscriptionsOf(ctx.records.at(topic), topic.name);
  const pending = all.filter((each) => each.pending).length;
  const delivery = shownDelivery(row);
  return present({
    DisplayName: '',
    ...(isFifo(topic.name) ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...row.attributes,
    DeliveryPolicy: delivery.given,
    EffectiveDeliveryPolicy: delivery.effective,
    Owner: topic.account,
    Policy: await shownPrincipals(ctx, row.policy),
    SubscriptionsConfirmed: String(all.length - pending),
    SubscriptionsDeleted: String(row.deletedSubscriptions),
    SubscriptionsPending: String(pending),
    TopicArn: topicArn(topic),
  }) as Readonly<Record<string, string>>;
}

export const SetTopicAttributes: Operation<'SetTopicAttributes'> = {
  resource: namedTopic,
  handle: async ({ TopicArn, AttributeName: name, AttributeValue: value = '' }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    const row = await openTopic(ctx, topic);
    if (name === 'Policy') {
      await putPolicy(ctx, topic, value);
      return {};
    }
    const wrong = refusedAttribute(topic.name, name, value);
    if (wrong !== undefined) throw invalid(wrong);
    const { [name]: _, ...others } = row.attributes;
    const attributes = value === '' && name !== 'DisplayName' ? others : { ...others, [name]: value };
    ctx.records.at(topic).put(topics, topic.name, { ...row, attributes });
    return {};
  },
};

export const ListTopics: Operation<'ListTopics'> = {
  resource: () => '*',
  handle: async ({ NextToken }, ctx) => {
    const { entries, nextToken } = await pageOf(
      NextToken,
      pageSize,
      ({ id }: Listed<TopicRow>) => id,
      invalidToken,
      (after, limit) => ctx.records.list(topics, { limit, ...(after === undefined ? {} : { after }) }),
    );
    const Topics = entries.map(({ id }) => ({ TopicArn: topicArn(own(ctx, id)) }));
    return present({ Topics, NextToken: nextToken });
  },
};

function own({ account, region }: Context, name: string): TopicReference {
  return { account, region, name };
}
