import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { claimBoundary } from './managed-policy.ts';
import { modifiableRole, roleBoundary, roleResource, saveRole } from './role-access.ts';

export const PutRolePermissionsBoundary: Operation<'PutRolePermissionsBoundary'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: ({ PermissionsBoundary }) => ({ 'iam:PermissionsBoundary': PermissionsBoundary }),
  handle: async ({ RoleName, PermissionsBoundary }, ctx) => {
    const row = await modifiableRole(ctx, RoleName);
    await claimBoundary(ctx, PermissionsBoundary);
    saveRole(ctx, { ...row, permissionsBoundary: PermissionsBoundary });
    return {};
  },
};

export const DeleteRolePermissionsBoundary: Operation<'DeleteRolePermissionsBoundary'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName }, ctx) => {
    const row = await modifiableRole(ctx, RoleName);
    if (row.permissionsBoundary === undefined) {
      throw new ServiceError('NoSuchEntityException', `Role ${row.roleName} does not have a permissions boundary.`);
    }
    saveRole(ctx, { ...row, permissionsBoundary: undefined });
    return {};
  },
};
