import type { Context } from '#runtime/context.ts';
import type { Input, Operation } from './api.ts';
import { attachablePolicy, policyResource, rowsBy } from './managed-policy.ts';
import { pageOfList } from './page.ts';
import { type GroupRow, groups, type RoleRow, roles, type UserRow, users } from './records.ts';
import { invalid } from './refusals.ts';

/** One entity that uses a policy; `place` orders the list: groups, users, roles, each by name. */
type Entity = { readonly place: string } & (
  | { readonly type: 'Group'; readonly row: GroupRow }
  | { readonly type: 'User'; readonly row: UserRow }
  | { readonly type: 'Role'; readonly row: RoleRow }
);

export const ListEntitiesForPolicy: Operation<'ListEntitiesForPolicy'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async (input, ctx) => {
    await attachablePolicy(ctx, input.PolicyArn);
    const { EntityFilter: only } = input;
    if (only !== undefined && only !== 'User' && only !== 'Role' && only !== 'Group') {
      throw invalid('EntityFilter must be one of User, Role or Group.');
    }
    const entities = (await entitiesOf(ctx, input)).filter(
      ({ type, row }) => (only === undefined || type === only) && row.path.startsWith(input.PathPrefix ?? '/'),
    );
    const { rows, end } = pageOfList(entities, input, ({ place }) => place);
    return {
      PolicyGroups: rows.flatMap(({ type, row }) =>
        type === 'Group' ? [{ GroupName: row.groupName, GroupId: row.groupId }] : [],
      ),
      PolicyUsers: rows.flatMap(({ type, row }) =>
        type === 'User' ? [{ UserName: row.userName, UserId: row.userId }] : [],
      ),
      PolicyRoles: rows.flatMap(({ type, row }) =>
        type === 'Role' ? [{ RoleName: row.roleName, RoleId: row.roleId }] : [],
      ),
      ...end,
    };
  },
};

async function entitiesOf(
  ctx: Context,
  { PolicyArn: arn, PolicyUsageFilter: usage }: Input<'ListEntitiesForPolicy'>,
): Promise<readonly Entity[]> {
  const indexes = [
    ...(usage === 'PermissionsBoundary' ? [] : ['by-policy']),
    ...(usage === 'PermissionsPolicy' ? [] : ['by-boundary']),
  ];
  // An entity may use a policy both ways: its place keeps it single.
  const found = new Map<string, Entity>();
  for (const index of indexes) {
    const inGroups = index === 'by-policy' ? await rowsBy<GroupRow>(ctx, groups, index, arn) : [];
    for (const row of inGroups) add(found, { type: 'Group', row, place: `1/${row.groupName.toLowerCase()}` });
    for (const row of await rowsBy<UserRow>(ctx, users, index, arn)) {
      add(found, { type: 'User', row, place: `2/${row.userName.toLowerCase()}` });
    }
    for (const row of await rowsBy<RoleRow>(ctx, roles, index, arn)) {
      add(found, { type: 'Role', row, place: `3/${row.roleName.toLowerCase()}` });
    }
  }
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

function add(found: Map<string, Entity>, entity: Entity): void {
  found.set(entity.place, entity);
}
