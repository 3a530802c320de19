import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { busResource, openBus, openRule, ruleResource } from './access.ts';
import { invalid, limitExceeded, type Operation } from './api.ts';
import { type Tagged, taggedReference } from './names.ts';
import { buses, ruleId, rules, type Tags } from './records.ts';

/** Tags that a resource carries at most. */
const maxTags = 50;

type TagInput = { readonly Key: string; readonly Value: string };

export const TagResource: Operation<'TagResource'> = {
  resource: ({ ResourceARN }, ctx) => taggedResource(ResourceARN, ctx),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ ResourceARN, Tags }, ctx) => {
    await retag(ctx, ResourceARN, (tags) => newTags(Tags, tags));
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: ({ ResourceARN }, ctx) => taggedResource(ResourceARN, ctx),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ ResourceARN, TagKeys }, ctx) => {
    await retag(ctx, ResourceARN, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  },
};

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: ({ ResourceARN }, ctx) => taggedResource(ResourceARN, ctx),
  handle: async ({ ResourceARN }, ctx) => {
    const reference = referenceOf(ResourceARN);
    const { tags } =
      reference.kind === 'bus' ? await openBus(ctx, reference.bus) : await openRule(ctx, reference.bus, reference.rule);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

/** Tags of a request, on top of those there are. @throws ServiceError for reserved, doubled or too many keys */
export function newTags(added: readonly TagInput[] | undefined, existing: Tags = {}): Tags {
  if (added === undefined) return existing;
  if (added.some(({ Key }) => /^aws:/i.test(Key))) {
    throw invalid('System tags cannot be added/updated by requester');
  }
  if (new Set(added.map(({ Key }) => Key)).size < added.length)
    throw invalid('Duplicate keys found in the list of tags');
  const tags = { ...existing, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > maxTags) throw limitExceeded();
  return tags;
}

function taggedResource(arn: string, ctx: Context): Promise<ResourceRef> {
  const reference = referenceOf(arn);
  return reference.kind === 'bus' ? busResource(ctx, reference.bus) : ruleResource(ctx, reference.bus, reference.rule);
}

function referenceOf(arn: string): Tagged {
  const reference = taggedReference(arn);
  if (reference === undefined) throw invalid('Provided Arn is not in correct format.');
  return reference;
}

async function retag(ctx: Context, arn: string, change: (tags: Tags) => Tags): Promise<void> {
  const reference = referenceOf(arn);
  const { bus } = reference;
  const records = ctx.records.at(bus);
  if (reference.kind === 'bus') {
    const row = await openBus(ctx, bus);
    records.put(buses, bus.name, { ...row, tags: change(row.tags), created: row.created ?? ctx.now });
  } else {
    const row = await openRule(ctx, bus, reference.rule);
    records.put(rules, ruleId(bus.name, row.name), { ...row, tags: change(row.tags) });
  }
}
