import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { type PageEnd, type PageInput, pageOfList, pageOfRows } from './page.ts';
import { roles } from './records.ts';
import { type InstanceProfileRow, instanceProfiles } from './records-roles.ts';
import { deleteConflict, overQuota } from './refusals.ts';
import { modifiableRole, presentRole, roleNamed, roleResource, saveRole } from './role-access.ts';
import { addTags, removeTags, tagList, tagPage } from './tags.ts';

export const CreateInstanceProfile: Operation<'CreateInstanceProfile'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'iam:CreateInstanceProfile'
      : ['iam:CreateInstanceProfile', 'iam:TagInstanceProfile'],
  resource: ({ InstanceProfileName, Path = '/' }, ctx) => profileArn(ctx, Path, InstanceProfileName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ InstanceProfileName: name, Path: path = '/', Tags }, ctx) => {
    const id = name.toLowerCase();
    if ((await ctx.records.get(instanceProfiles, id)) !== undefined) {
      throw new ServiceError('EntityAlreadyExistsException', `Instance Profile ${name} already exists.`);
    }
    const row: InstanceProfileRow = {
      profileName: name,
      profileId: newEntityId(ctx, 'AIPA'),
      path,
      arn: profileArn(ctx, path, name),
      createDate: ctx.now,
      role: undefined,
      tags: addTags({}, Tags, 'InstanceProfile'),
    };
    ctx.records.create(instanceProfiles, id, row);
    return { InstanceProfile: { ...(await presentProfile(ctx, row)), ...profileTags(row) } };
  },
};

export const GetInstanceProfile: Operation<'GetInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  handle: async ({ InstanceProfileName }, ctx) => {
    const row = await profileNamed(ctx, InstanceProfileName);
    return { InstanceProfile: { ...(await presentProfile(ctx, row)), ...profileTags(row) } };
  },
};

export const DeleteInstanceProfile: Operation<'DeleteInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  handle: async ({ InstanceProfileName }, ctx) => {
    const row = await profileNamed(ctx, InstanceProfileName);
    if (row.role !== undefined) throw deleteConflict('must remove roles from instance profile');
    ctx.records.delete(instanceProfiles, row.profileName.toLowerCase());
    return {};
  },
};

export const ListInstanceProfiles: Operation<'ListInstanceProfiles'> = {
  resource: ({ PathPrefix = '/' }, ctx) => profileArn(ctx, PathPrefix, ''),
  handle: async (input, ctx) => {
    const { rows, end } = await pageOfRows(ctx, instanceProfiles, input, ({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    return { InstanceProfiles: await Promise.all(rows.map((row) => presentProfile(ctx, row))), ...end };
  },
};

export const ListInstanceProfilesForRole: Operation<'ListInstanceProfilesForRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async (input, ctx) => {
    const role = await roleNamed(ctx, input.RoleName);
    const { rows, end } = await profilesOfRole(ctx, role.roleName, input);
    return { InstanceProfiles: await Promise.all(rows.map((row) => presentProfile(ctx, row))), ...end };
  },
};

/** The instance profiles that hold a role. */
export async function profilesOfRole(
  ctx: Context,
  roleName: string,
  input: PageInput,
): Promise<{ readonly rows: readonly InstanceProfileRow[]; readonly end: PageEnd }> {
  const listed = await ctx.records.listIndex(instanceProfiles, 'by-role', { equals: roleName.toLowerCase() });
  return pageOfList(
    listed.map(({ value }) => value),
    input,
    ({ profileName }) => profileName.toLowerCase(),
  );
}

export const AddRoleToInstanceProfile: Operation<'AddRoleToInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  handle: async ({ InstanceProfileName, RoleName }, ctx) => {
    const row = await profileNamed(ctx, InstanceProfileName);
    const role = await modifiableRole(ctx, RoleName);
    await ctx.authorise('iam:PassRole', await roleResource(ctx, RoleName), {
      'iam:PassedToService': 'ec2.amazonaws.com',
    });
    if (row.role !== undefined) throw overQuota('InstanceSessionsPerInstanceProfile', 1);
    ctx.records.put(instanceProfiles, row.profileName.toLowerCase(), { ...row, role: role.roleName.toLowerCase() });
    // The unit then conflicts with one that deletes the role meanwhile.
    saveRole(ctx, role);
    return {};
  },
};

export const RemoveRoleFromInstanceProfile: Operation<'RemoveRoleFromInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  handle: async ({ InstanceProfileName, RoleName }, ctx) => {
    const role = await roleNamed(ctx, RoleName);
    const row = await profileNamed(ctx, InstanceProfileName);
    if (row.role !== role.roleName.toLowerCase()) {
      throw new ServiceError(
        'NoSuchEntityException',
        `Role ${role.roleName} in instance profile ${row.profileName} cannot be found.`,
      );
    }
    ctx.records.put(instanceProfiles, row.profileName.toLowerCase(), { ...row, role: undefined });
    return {};
  },
};

export const TagInstanceProfile: Operation<'TagInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ InstanceProfileName, Tags }, ctx) => {
    const row = await profileNamed(ctx, InstanceProfileName);
    ctx.records.put(instanceProfiles, row.profileName.toLowerCase(), {
      ...row,
      tags: addTags(row.tags, Tags, 'InstanceProfile'),
    });
    return {};
  },
};

export const UntagInstanceProfile: Operation<'UntagInstanceProfile'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ InstanceProfileName, TagKeys }, ctx) => {
    const row = await profileNamed(ctx, InstanceProfileName);
    ctx.records.put(instanceProfiles, row.profileName.toLowerCase(), { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListInstanceProfileTags: Operation<'ListInstanceProfileTags'> = {
  resource: ({ InstanceProfileName }, ctx) => profileResource(ctx, InstanceProfileName),
  handle: async (input, ctx) => tagPage((await profileNamed(ctx, input.InstanceProfileName)).tags, input),
};

/** @throws ServiceError NoSuchEntity */
async function profileNamed(ctx: Context, name: string): Promise<InstanceProfileRow> {
  const row = await ctx.records.get(instanceProfiles, name.toLowerCase());
  if (row === undefined) throw new ServiceError('NoSuchEntityException', `Instance Profile ${name} cannot be found.`);
  return row;
}

async function profileResource(ctx: Context, name: string): Promise<ResourceRef> {
  const row = await ctx.records.get(instanceProfiles, name.toLowerCase());
  const arn = row?.arn ?? profileArn(ctx, '/', name);
  ctx.audit([{ arn, type: 'AWS::IAM::InstanceProfile', account: ctx.account }]);
  return { arn, tags: row?.tags };
}

function profileArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:instance-profile${path}${name}`;
}

function profileTags({ tags }: InstanceProfileRow) {
  const list = tagList(tags);
  return list.length === 0 ? {} : { Tags: list };
}

/** A profile as lists show it, with its role. */
export async function presentProfile(ctx: Context, row: InstanceProfileRow) {
  const role = row.role === undefined ? undefined : await ctx.records.get(roles, row.role);
  return {
    Path: row.path,
    InstanceProfileName: row.profileName,
    InstanceProfileId: row.profileId,
    Arn: row.arn,
    CreateDate: new Date(row.createDate),
    Roles: role === undefined ? [] : [await presentRole(ctx, role)],
  };
}
