import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { notFound, type Operation } from './api.ts';
import { groupResource, openGroup } from './groups.ts';
import { groupArn, groups } from './records.ts';
import { newTags } from './tag-set.ts';

export const TagResource: Operation<'TagResource'> = {
  resource: ({ ResourceArn }, ctx) => groupResource(ctx, groupName(ctx, ResourceArn)),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ ResourceArn, Tags }, ctx) => {
    const row = await openGroup(ctx, groupName(ctx, ResourceArn));
    ctx.records.put(groups, row.name, { ...row, tags: newTags(Tags, row.tags), created: row.created ?? ctx.now });
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: ({ ResourceArn }, ctx) => groupResource(ctx, groupName(ctx, ResourceArn)),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ ResourceArn, TagKeys }, ctx) => {
    const row = await openGroup(ctx, groupName(ctx, ResourceArn));
    const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !TagKeys.includes(key)));
    ctx.records.put(groups, row.name, { ...row, tags, created: row.created ?? ctx.now });
    return {};
  },
};

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: ({ ResourceArn }, ctx) => groupResource(ctx, groupName(ctx, ResourceArn)),
  handle: async ({ ResourceArn }, ctx) => {
    const { tags } = await openGroup(ctx, groupName(ctx, ResourceArn));
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

/** Groups carry tags, and those of the caller's account and Region. @throws ServiceError ResourceNotFoundException */
function groupName(ctx: Context, arn: string): string {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (groupArn(ctx, name) !== arn) throw notFound(`Schedule group ${name} does not exist.`);
  return name;
}
