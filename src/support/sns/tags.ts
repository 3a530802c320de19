import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { openTopic, topicResource } from './access.ts';
import { invalid, type Operation } from './api.ts';
import { topicReference } from './names.ts';
import { topics } from './records.ts';

/** Tags that a topic carries at most. */
const maxTags = 50;

export type Tags = Readonly<Record<string, string>>;
type TagInput = { readonly Key: string; readonly Value: string };

export const TagResource: Operation<'TagResource'> = {
  resource: tagged,
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ ResourceArn, Tags }, ctx) => {
    await retag(ctx, ResourceArn, (tags) => newTags(Tags, tags));
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: tagged,
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ ResourceArn, TagKeys }, ctx) => {
    await retag(ctx, ResourceArn, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  },
};

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: tagged,
  handle: async ({ ResourceArn }, ctx) => {
    const { tags } = await openTagged(ctx, ResourceArn);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

/** Tags of a request, on top of those there are. @throws ServiceError for reserved, doubled or too many keys */
export function newTags(added: readonly TagInput[] | undefined, existing: Tags = {}): Tags {
  if (added === undefined) return existing;
  if (new Set(added.map(({ Key }) => Key)).size < added.length) throw invalid('Duplicated keys are not allowed.');
  if (added.some(({ Key }) => /^aws:/i.test(Key))) throw invalid('TagKey Reason: aws: is reserved');
  const tags = { ...existing, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > maxTags) {
    throw new ServiceError('TagLimitExceededException', `Could not complete request: tag quota of ${maxTags} exceeded`);
  }
  return tags;
}

function tagged({ ResourceArn }: { readonly ResourceArn: string }, ctx: Context) {
  return topicResource(ctx, topicReference(ResourceArn, ctx.region, 'ResourceArn'));
}

async function openTagged(ctx: Context, arn: string) {
  try {
    return await openTopic(ctx, topicReference(arn, ctx.region, 'ResourceArn'));
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'NotFoundException') throw error;
    throw new ServiceError('ResourceNotFoundException', 'Resource does not exist');
  }
}

async function retag(ctx: Context, arn: string, change: (tags: Tags) => Tags): Promise<void> {
  const topic = topicReference(arn, ctx.region, 'ResourceArn');
  const row = await openTagged(ctx, arn);
  ctx.records.at(topic).put(topics, topic.name, { ...row, tags: change(row.tags) });
}
