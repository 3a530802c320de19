import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { membersOf } from './group-members.ts';
import { pageOfList, pageOfRows } from './page.ts';
import { type GroupRow, groups, type UserRow, users } from './records.ts';
import { alreadyExists, deleteConflict, noSuchGroup } from './refusals.ts';
import { presentUser } from './users.ts';

export const CreateGroup: Operation<'CreateGroup'> = {
  resource: ({ GroupName, Path = '/' }, ctx) => groupArn(ctx, Path, GroupName),
  handle: async ({ GroupName: groupName, Path: path = '/' }, ctx) => {
    const id = groupName.toLowerCase();
    if ((await ctx.records.get(groups, id)) !== undefined) throw alreadyExists(`Group with name ${groupName}`);
    const group: GroupRow = {
      groupName,
      groupId: newEntityId(ctx, 'AGPA'),
      path,
      arn: groupArn(ctx, path, groupName),
      createDate: ctx.now,
      inlinePolicies: {},
      attachedPolicies: [],
    };
    ctx.records.create(groups, id, group);
    return { Group: presentGroup(group) };
  },
};

export const GetGroup: Operation<'GetGroup'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async (input, ctx) => {
    const group = await groupNamed(ctx, input.GroupName);
    const { rows, end } = pageOfList(await membersOf(ctx, group), input, ({ userName }) => userName.toLowerCase());
    return { Group: presentGroup(group), Users: rows.map(presentUser), ...end };
  },
};

export const ListGroups: Operation<'ListGroups'> = {
  resource: ({ PathPrefix = '/' }, ctx) => groupArn(ctx, PathPrefix, ''),
  handle: async (input, ctx) => {
    const { PathPrefix: prefix = '/' } = input;
    const { rows, end } = await pageOfRows(ctx, groups, input, ({ path }) => path.startsWith(prefix));
    return { Groups: rows.map(presentGroup), ...end };
  },
};

export const UpdateGroup: Operation<'UpdateGroup'> = {
  // Who renames needs permission for the old name and the new one, as for users.
  resource: async ({ GroupName, NewGroupName, NewPath }, ctx) => {
    const from = await groupResource(ctx, GroupName);
    const group = await ctx.records.get(groups, GroupName.toLowerCase());
    const to = groupArn(ctx, NewPath ?? group?.path ?? '/', NewGroupName ?? group?.groupName ?? GroupName);
    return to === from.arn ? [from] : [from, { arn: to }];
  },
  handle: async ({ GroupName, NewGroupName, NewPath }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    const groupName = NewGroupName ?? group.groupName;
    const path = NewPath ?? group.path;
    await rename(ctx, group, { ...group, groupName, path, arn: groupArn(ctx, path, groupName) });
    return {};
  },
};

export const DeleteGroup: Operation<'DeleteGroup'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    if ((await membersOf(ctx, group)).length > 0) throw deleteConflict('must remove users from group');
    if (group.attachedPolicies.length > 0) throw deleteConflict('must detach all policies');
    if (Object.keys(group.inlinePolicies).length > 0) throw deleteConflict('must delete policies');
    ctx.records.delete(groups, group.groupName.toLowerCase());
    return {};
  },
};

/** Moves the row; its members follow. */
async function rename(ctx: Context, from: GroupRow, to: GroupRow): Promise<void> {
  const id = to.groupName.toLowerCase();
  const oldId = from.groupName.toLowerCase();
  if (id === oldId) {
    ctx.records.put(groups, id, to);
  } else {
    if ((await ctx.records.get(groups, id)) !== undefined) throw alreadyExists(`Group with name ${to.groupName}`);
    ctx.records.delete(groups, oldId);
    ctx.records.create(groups, id, to);
  }
  if (to.groupName === from.groupName) return;
  const renamed = (name: string) => (name === from.groupName ? to.groupName : name);
  for (const user of await membersOf(ctx, from)) {
    const moved: UserRow = { ...user, groups: user.groups.map(renamed) };
    ctx.records.put(users, user.userName.toLowerCase(), moved);
  }
}

/** @throws ServiceError NoSuchEntity */
export async function groupNamed(ctx: Context, name: string): Promise<GroupRow> {
  const group = await ctx.records.get(groups, name.toLowerCase());
  if (group === undefined) throw noSuchGroup(name);
  return group;
}

/** The group as policies see it; groups carry no tags. */
export async function groupResource(ctx: Context, name: string): Promise<ResourceRef> {
  const group = await ctx.records.get(groups, name.toLowerCase());
  const arn = group?.arn ?? groupArn(ctx, '/', name);
  ctx.audit([{ arn, type: 'AWS::IAM::Group', account: ctx.account }]);
  return { arn };
}

export function groupArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:group${path}${name}`;
}

export function presentGroup(group: GroupRow) {
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: group.arn,
    CreateDate: new Date(group.createDate),
  };
}
