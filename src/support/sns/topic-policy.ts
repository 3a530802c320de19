import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { namedTopic, openTopic } from './access.ts';
import { invalid, type Operation } from './api.ts';
import { type TopicReference, topicArn, topicReference } from './names.ts';
import { topics } from './records.ts';
import { refusedPolicy } from './topic-attributes.ts';

/** What the owner's account may do with a topic, by the policy that every topic begins with. */
const owners = [
  'GetTopicAttributes',
  'SetTopicAttributes',
  'AddPermission',
  'RemovePermission',
  'DeleteTopic',
  'Subscribe',
  'ListSubscriptionsByTopic',
  'Publish',
];
/** What AddPermission can give (model, "AddPermission"). */
const grantable = new Set([...owners, 'GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe']);

/** The policy of a topic for which none was set. */
export function defaultPolicy(topic: TopicReference): string {
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: owners.map((name) => `SNS:${name}`),
    Resource: topicArn(topic),
    Condition: { StringEquals: { 'AWS:SourceOwner': topic.account } },
  };
  return JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] });
}

type Statement = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<string, unknown>> & { readonly Statement: readonly Statement[] };

export const AddPermission: Operation<'AddPermission'> = {
  resource: namedTopic,
  handle: async ({ TopicArn, Label, AWSAccountId, ActionName }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    const document = await documentOf(ctx, topic);
    if (ActionName.some((name) => !grantable.has(name))) throw invalid('Policy statement action out of service scope!');
    if (ActionName.length === 0 || AWSAccountId.length === 0 || Label === '') throw invalid('Label');
    if (document.Statement.some(({ Sid }) => Sid === Label)) throw invalid('Statement already exists');
    const added = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: oneOrAll(AWSAccountId.map((id) => (/^\d{12}$/.test(id) ? `arn:aws:iam::${id}:root` : id))) },
      Action: oneOrAll(ActionName.map((name) => `SNS:${name}`)),
      Resource: topicArn(topic),
    };
    await putPolicy(ctx, topic, JSON.stringify({ ...document, Statement: [...document.Statement, added] }));
    return {};
  },
};

export const RemovePermission: Operation<'RemovePermission'> = {
  resource: namedTopic,
  handle: async ({ TopicArn, Label }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    const document = await documentOf(ctx, topic);
    const kept = document.Statement.filter(({ Sid }) => Sid !== Label);
    if (kept.length === document.Statement.length) throw invalid('Label');
    await putPolicy(ctx, topic, JSON.stringify({ ...document, Statement: kept }));
    return {};
  },
};

/** Sets a topic's policy; an empty one brings back the first. @throws ServiceError InvalidParameter */
export async function putPolicy(ctx: Context, topic: TopicReference, text: string): Promise<void> {
  const row = await openTopic(ctx, topic);
  const policy = await storedPolicy(ctx, topic, text);
  ctx.records.at(topic).put(topics, topic.name, { ...row, policy });
}

/** A policy as it is kept. @throws ServiceError InvalidParameter */
export async function storedPolicy(ctx: Context, topic: TopicReference, text: string): Promise<string> {
  if (text === '') return defaultPolicy(topic);
  // All statements may have been taken away: then nobody but the owner's own policies speaks.
  const wrong = isEmpty(text) ? undefined : refusedPolicy(text);
  if (wrong !== undefined) throw invalid(wrong);
  return pinPrincipals(ctx, text);
}

function isEmpty(text: string): boolean {
  return /"Statement":\[\]/.test(text);
}

async function documentOf(ctx: Context, topic: TopicReference): Promise<Document> {
  const { policy } = await openTopic(ctx, topic);
  const document = JSON.parse(await shownPrincipals(ctx, policy)) as Document;
  return { ...document, Statement: [document.Statement].flat() };
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? '') : values;
}
