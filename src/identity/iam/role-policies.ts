import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { Operation } from './api.ts';
import { attach, attachedPage, detach } from './attachments.ts';
import { inlineDocument, inlinePage, putInline, removeInline } from './inline-policies.ts';
import { modifiableRole, roleBoundary, roleNamed, roleResource, saveRole } from './role-access.ts';

export const PutRolePolicy: Operation<'PutRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName, PolicyName, PolicyDocument }, ctx) => {
    const row = await modifiableRole(ctx, RoleName);
    saveRole(ctx, putInline('role', row.roleName, row, PolicyName, PolicyDocument));
    return {};
  },
};

export const GetRolePolicy: Operation<'GetRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async ({ RoleName, PolicyName }, ctx) => {
    const row = await roleNamed(ctx, RoleName);
    return { RoleName: row.roleName, PolicyName, PolicyDocument: inlineDocument('role', row, PolicyName) };
  },
};

export const DeleteRolePolicy: Operation<'DeleteRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: roleBoundary,
  handle: async ({ RoleName, PolicyName }, ctx) => {
    saveRole(ctx, removeInline('role', await modifiableRole(ctx, RoleName), PolicyName));
    return {};
  },
};

export const ListRolePolicies: Operation<'ListRolePolicies'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async (input, ctx) => inlinePage(await roleNamed(ctx, input.RoleName), input),
};

export const AttachRolePolicy: Operation<'AttachRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: attachmentKeys,
  handle: async ({ RoleName, PolicyArn }, ctx) => {
    saveRole(ctx, await attach(ctx, await modifiableRole(ctx, RoleName), PolicyArn, 'PoliciesPerRole'));
    return {};
  },
};

export const DetachRolePolicy: Operation<'DetachRolePolicy'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  conditions: attachmentKeys,
  handle: async ({ RoleName, PolicyArn }, ctx) => {
    saveRole(ctx, detach(await modifiableRole(ctx, RoleName), PolicyArn));
    return {};
  },
};

export const ListAttachedRolePolicies: Operation<'ListAttachedRolePolicies'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async (input, ctx) => attachedPage(await roleNamed(ctx, input.RoleName), input),
};

async function attachmentKeys(
  input: { readonly RoleName: string; readonly PolicyArn: string },
  ctx: Context,
): Promise<Conditions> {
  return { ...(await roleBoundary(input, ctx)), 'iam:PolicyARN': input.PolicyArn };
}
