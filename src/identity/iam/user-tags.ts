import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Operation } from './api.ts';
import { userNamed, userResource } from './owner.ts';
import { users } from './records.ts';
import { addTags, removeTags, tagPage } from './tags.ts';

export const TagUser: Operation<'TagUser'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ UserName, Tags }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, tags: addTags(user.tags, Tags, 'User') });
    return {};
  },
};

export const UntagUser: Operation<'UntagUser'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ UserName, TagKeys }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, tags: removeTags(user.tags, TagKeys) });
    return {};
  },
};

export const ListUserTags: Operation<'ListUserTags'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => tagPage((await userNamed(ctx, input.UserName)).tags, input),
};
