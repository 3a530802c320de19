import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { Operation } from './api.ts';
import { checkTrustDocument } from './documents.ts';
import { newEntityId } from './entity-ids.ts';
import { claimBoundary } from './managed-policy.ts';
import { pageOfRows } from './page.ts';
import { pinPrincipals } from './pinned-principals.ts';
import { type RoleRow, roles } from './records.ts';
import { instanceProfiles, roleUses } from './records-roles.ts';
import { alreadyExists, deleteConflict } from './refusals.ts';
import {
  modifiableRole,
  presentNewRole,
  presentRole,
  roleArn,
  roleBoundary,
  roleDetails,
  roleNamed,
  roleResource,
  saveRole,
} from './role-access.ts';
import { addTags } from './tags.ts';

/** Seconds. */
const defaultSessionDuration = 3_600;

export const CreateRole: Operation<'CreateRole'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0 ? 'iam:CreateRole' : ['iam:CreateRole', 'iam:TagRole'],
  resource: ({ RoleName, Path = '/' }, ctx) => roleArn(ctx, Path, RoleName),
  conditions: ({ Tags, PermissionsBoundary }) => ({
    ...requestTagKeys(Tags),
    'iam:PermissionsBoundary': PermissionsBoundary,
  }),
  handle: async (input, ctx) => {
    const { RoleName: name, Path: path = '/', PermissionsBoundary: boundary, MaxSessionDuration: duration } = input;
    const id = name.toLowerCase();
    await checkTrustDocument(input.AssumeRolePolicyDocument, ctx);
    if ((await ctx.records.get(roles, id)) !== undefined) throw alreadyExists(`Role with name ${name}`);
    if (boundary !== undefined) await claimBoundary(ctx, boundary);
    const row: RoleRow = {
      roleName: name,
      roleId: newEntityId(ctx, 'AROA'),
      path,
      arn: roleArn(ctx, path, name),
      createDate: ctx.now,
      description: input.Description,
      trustPolicy: await pinPrincipals(ctx, input.AssumeRolePolicyDocument),
      maxSessionDuration: duration ?? defaultSessionDuration,
      permissionsBoundary: boundary,
      tags: addTags({}, input.Tags, 'Role'),
      linkedService: undefined,
      inlinePolicies: {},
      attachedPolicies: [],
    };
    ctx.records.create(roles, id, row);
    ctx.audit([{ arn: row.arn, type: 'AWS::IAM::Role' }]);
    return {
      Role: {
        ...(await presentNewRole(ctx, row)),
        ...(row.description === undefined ? {} : { Description: row.description }),
        ...(duration === undefined ? {} : { MaxSessionDuration: duration }),
        ...roleDetails(row),
      },
    };
  },
};

export const GetRole: Operation<'GetRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName }, ctx) => {
    const row = await roleNamed(ctx, RoleName);
    const used = await lastUse(ctx, row);
    return { Role: { ...(await presentRole(ctx, row)), ...roleDetails(row), RoleLastUsed: used } };
  },
};

/** `RoleLastUsed` as answers show it: an empty structure for a role that was never used. */
export async function lastUse(ctx: Context, row: RoleRow): Promise<{ LastUsedDate?: Date; Region?: string }> {
  const used = await ctx.records.get(roleUses, row.roleId);
  return used === undefined ? {} : { LastUsedDate: new Date(used.date), Region: used.region };
}

export const ListRoles: Operation<'ListRoles'> = {
  resource: ({ PathPrefix = '/' }, ctx) => roleArn(ctx, PathPrefix, ''),
  handle: async (input, ctx) => {
    const { rows, end } = await pageOfRows(ctx, roles, input, ({ path }) => path.startsWith(input.PathPrefix ?? '/'));
    return { Roles: await Promise.all(rows.map((row) => presentRole(ctx, row))), ...end };
  },
};

export const DeleteRole: Operation<'DeleteRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName }, ctx) => {
    const row = await modifiableRole(ctx, RoleName);
    const id = row.roleName.toLowerCase();
    const profiles = await ctx.records.listIndex(instanceProfiles, 'by-role', { equals: id, limit: 1 });
    if (profiles.length > 0) throw deleteConflict('must remove roles from instance profile');
    if (row.attachedPolicies.length > 0) throw deleteConflict('must detach all policies');
    if (Object.keys(row.inlinePolicies).length > 0) throw deleteConflict('must delete policies');
    await removeRole(ctx, row);
    return {};
  },
};

/** Deletes a role and what is noted of it. */
export async function removeRole(ctx: Context, row: RoleRow): Promise<void> {
  ctx.records.delete(roles, row.roleName.toLowerCase());
  if ((await ctx.records.get(roleUses, row.roleId)) !== undefined) ctx.records.delete(roleUses, row.roleId);
}

export const UpdateRole: Operation<'UpdateRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName, Description, MaxSessionDuration }, ctx) => {
    const row = MaxSessionDuration === undefined ? await roleNamed(ctx, RoleName) : await modifiableRole(ctx, RoleName);
    saveRole(ctx, {
      ...row,
      description: Description ?? row.description,
      maxSessionDuration: MaxSessionDuration ?? row.maxSessionDuration,
    });
    return {};
  },
};

export const UpdateRoleDescription: Operation<'UpdateRoleDescription'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName, Description }, ctx) => {
    const row: RoleRow = { ...(await roleNamed(ctx, RoleName)), description: Description };
    saveRole(ctx, row);
    return { Role: { ...(await presentRole(ctx, row)), ...roleDetails(row) } };
  },
};

export const UpdateAssumeRolePolicy: Operation<'UpdateAssumeRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName, PolicyDocument }, ctx) => {
    const row = await modifiableRole(ctx, RoleName);
    await checkTrustDocument(PolicyDocument, ctx);
    saveRole(ctx, { ...row, trustPolicy: await pinPrincipals(ctx, PolicyDocument) });
    return {};
  },
};
