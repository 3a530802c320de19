import type { Context } from '#runtime/context.ts';
import type { Operation } from './api.ts';
import { groupNamed, groupResource, presentGroup } from './groups.ts';
import { rowsBy } from './managed-policy.ts';
import { userNamed, userResource } from './owner.ts';
import { pageOfList } from './page.ts';
import { type GroupRow, groups, type UserRow, users } from './records.ts';
import { noSuchUser, overQuota } from './refusals.ts';

/** Groups that one user may be in (IAM quotas). */
const maxGroups = 10;

export const AddUserToGroup: Operation<'AddUserToGroup'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName, UserName }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    const user = await userNamed(ctx, UserName);
    if (user.groups.includes(group.groupName)) return {};
    if (user.groups.length >= maxGroups) throw overQuota('GroupsPerUser', maxGroups);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, groups: [...user.groups, group.groupName] });
    // Written too, so that it is not deleted or renamed at the same moment.
    ctx.records.put(groups, group.groupName.toLowerCase(), group);
    return {};
  },
};

export const RemoveUserFromGroup: Operation<'RemoveUserFromGroup'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName, UserName }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    const user = await userNamed(ctx, UserName);
    if (!user.groups.includes(group.groupName)) throw noSuchUser(UserName);
    const rest = user.groups.filter((name) => name !== group.groupName);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, groups: rest });
    return {};
  },
};

export const ListGroupsForUser: Operation<'ListGroupsForUser'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const { groups: names } = await userNamed(ctx, input.UserName);
    const found = await Promise.all(names.map((name) => groupNamed(ctx, name)));
    const place = ({ groupName }: GroupRow) => groupName.toLowerCase();
    found.sort((a, b) => (place(a) < place(b) ? -1 : 1));
    const { rows, end } = pageOfList(found, input, place);
    return { Groups: rows.map(presentGroup), ...end };
  },
};

/** Members in order of their names. */
export function membersOf(ctx: Context, group: GroupRow): Promise<readonly UserRow[]> {
  return rowsBy(ctx, users, 'by-group', group.groupName.toLowerCase());
}
