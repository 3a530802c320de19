import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { Operation } from './api.ts';
import { claimBoundary } from './managed-policy.ts';
import { userNamed, userResource } from './owner.ts';
import { users } from './records.ts';

export const PutUserPermissionsBoundary: Operation<'PutUserPermissionsBoundary'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ PermissionsBoundary }) => ({ 'iam:PermissionsBoundary': PermissionsBoundary }),
  handle: async ({ UserName, PermissionsBoundary: boundary }, ctx) => {
    const user = await userNamed(ctx, UserName);
    await claimBoundary(ctx, boundary);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, permissionsBoundary: boundary });
    return {};
  },
};

export const DeleteUserPermissionsBoundary: Operation<'DeleteUserPermissionsBoundary'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ UserName }, ctx) => userBoundaryKey(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), { ...user, permissionsBoundary: undefined });
    return {};
  },
};

/** The boundary that a user has, for operations that change what it may do. */
export async function userBoundaryKey(ctx: Context, userName: string): Promise<Conditions> {
  const user = await ctx.records.get(users, userName.toLowerCase());
  return { 'iam:PermissionsBoundary': user?.permissionsBoundary };
}

const boundaryType = 'Policy' as string as 'PermissionsBoundaryPolicy';

/** A user's or role's boundary as answers show it. The model calls the type `PermissionsBoundaryPolicy`; AWS answers `Policy`. */
export function boundaryOf({ permissionsBoundary: arn }: { readonly permissionsBoundary: string | undefined }) {
  if (arn === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: boundaryType, PermissionsBoundaryArn: arn } };
}
