import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Operation } from './api.ts';
import { roleNamed, roleResource, saveRole } from './role-access.ts';
import { addTags, removeTags, tagPage } from './tags.ts';

export const TagRole: Operation<'TagRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ RoleName, Tags }, ctx) => {
    const row = await roleNamed(ctx, RoleName);
    saveRole(ctx, { ...row, tags: addTags(row.tags, Tags, 'Role') });
    return {};
  },
};

export const UntagRole: Operation<'UntagRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ RoleName, TagKeys }, ctx) => {
    const row = await roleNamed(ctx, RoleName);
    saveRole(ctx, { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListRoleTags: Operation<'ListRoleTags'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async (input, ctx) => tagPage((await roleNamed(ctx, input.RoleName)).tags, input),
};
