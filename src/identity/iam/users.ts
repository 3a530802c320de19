import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { claimBoundary } from './managed-policy.ts';
import { accountRow, ownerNamed, userArn, userNamed, userResource } from './owner.ts';
import { pageOfRows } from './page.ts';
import { boundaryOf } from './permissions-boundary.ts';
import { accessKeys, type UserRow, users } from './records.ts';
import { loginProfiles, mfaDevices, serviceCredentials, signingCertificates, sshKeys } from './records-users.ts';
import { alreadyExists, deleteConflict } from './refusals.ts';
import { addTags, tagList } from './tags.ts';

export const CreateUser: Operation<'CreateUser'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0 ? 'iam:CreateUser' : ['iam:CreateUser', 'iam:TagUser'],
  resource: ({ UserName, Path = '/' }, ctx) => userArn(ctx, Path, UserName),
  conditions: ({ Tags, PermissionsBoundary }) => ({
    ...requestTagKeys(Tags),
    'iam:PermissionsBoundary': PermissionsBoundary,
  }),
  handle: async ({ UserName: userName, Path: path = '/', PermissionsBoundary: boundary, Tags }, ctx) => {
    if ((await ctx.records.get(users, userName.toLowerCase())) !== undefined)
      throw alreadyExists(`User with name ${userName}`);
    if (boundary !== undefined) await claimBoundary(ctx, boundary);
    const user: UserRow = {
      userName,
      userId: newEntityId(ctx, 'AIDA'),
      path,
      arn: userArn(ctx, path, userName),
      createDate: ctx.now,
      tags: addTags({}, Tags, 'User'),
      permissionsBoundary: boundary,
      groups: [],
      passwordLastUsed: undefined,
      inlinePolicies: {},
      attachedPolicies: [],
    };
    ctx.records.create(users, userName.toLowerCase(), user);
    return { User: { ...presentUser(user), ...presentDetails(user) } };
  },
};

export const GetUser: Operation<'GetUser'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const { user } = await ownerNamed(ctx, UserName);
    if (user !== undefined) return { User: { ...presentUser(user), ...presentDetails(user) } };
    return { User: await presentRoot(ctx) };
  },
};

export const ListUsers: Operation<'ListUsers'> = {
  resource: ({ PathPrefix = '/' }, ctx) => userArn(ctx, PathPrefix, ''),
  handle: async (input, ctx) => {
    const { PathPrefix: prefix = '/' } = input;
    const { rows, end } = await pageOfRows(ctx, users, input, ({ path }) => path.startsWith(prefix));
    return { Users: rows.map(presentUser), ...end };
  },
};

export const UpdateUser: Operation<'UpdateUser'> = {
  // Who renames needs permission for the old name and the new one (IAM user guide, "Renaming an IAM user").
  resource: async ({ UserName, NewUserName, NewPath }, ctx) => {
    const from = await userResource(ctx, UserName);
    const user = await ctx.records.get(users, UserName.toLowerCase());
    const to = userArn(ctx, NewPath ?? user?.path ?? '/', NewUserName ?? user?.userName ?? UserName);
    return to === from.arn ? [from] : [from, { ...from, arn: to }];
  },
  handle: async ({ UserName, NewUserName, NewPath }, ctx) => {
    const user = await userNamed(ctx, UserName);
    const userName = NewUserName ?? user.userName;
    const path = NewPath ?? user.path;
    await rename(ctx, user, { ...user, userName, path, arn: userArn(ctx, path, userName) });
    return {};
  },
};

export const DeleteUser: Operation<'DeleteUser'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const user = await userNamed(ctx, UserName);
    const conflict = await whatIsLeft(ctx, user);
    if (conflict !== undefined) throw deleteConflict(conflict);
    ctx.records.delete(users, user.userName.toLowerCase());
    return {};
  },
};

/** Moves the row, and the access keys that refer to it by name. */
async function rename(ctx: Context, from: UserRow, to: UserRow): Promise<void> {
  const id = to.userName.toLowerCase();
  const oldId = from.userName.toLowerCase();
  if (id === oldId) {
    ctx.records.put(users, id, to);
  } else {
    if ((await ctx.records.get(users, id)) !== undefined) throw alreadyExists(`User with name ${to.userName}`);
    ctx.records.delete(users, oldId);
    ctx.records.create(users, id, to);
  }
  if (to.userName === from.userName) return;
  const keys = await ctx.records.listIndex(accessKeys, 'by-owner', { equals: `${ctx.account}/${from.userName}` });
  for (const { id: keyId, value } of keys) ctx.records.put(accessKeys, keyId, { ...value, userName: to.userName });
}

/** What has to go before the user can, in the order in which IAM names it. */
async function whatIsLeft(ctx: Context, user: UserRow): Promise<string | undefined> {
  const { userId: equals } = user;
  const one = { equals, limit: 1 };
  if (user.attachedPolicies.length > 0) return 'must detach all policies';
  if (Object.keys(user.inlinePolicies).length > 0) return 'must delete policies';
  const keys = { equals: `${ctx.account}/${user.userName}`, limit: 1 };
  if ((await ctx.records.listIndex(accessKeys, 'by-owner', keys)).length > 0) return 'must delete access keys';
  if ((await ctx.records.get(loginProfiles, equals)) !== undefined) return 'must delete login profile';
  if ((await ctx.records.listIndex(mfaDevices, 'by-owner', one)).length > 0) return 'must delete MFA device';
  const others =
    user.groups.length +
    (await ctx.records.listIndex(sshKeys, 'by-owner', one)).length +
    (await ctx.records.listIndex(signingCertificates, 'by-owner', one)).length +
    (await ctx.records.listIndex(serviceCredentials, 'by-owner', one)).length;
  return others > 0 ? 'must remove referenced objects' : undefined;
}

/** A user as lists show it. */
export function presentUser(user: UserRow) {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: new Date(user.createDate),
    ...(user.passwordLastUsed === undefined ? {} : { PasswordLastUsed: new Date(user.passwordLastUsed) }),
  };
}

/** What single answers show beside: boundary and tags, as far as there are any. */
export function presentDetails(user: UserRow) {
  return {
    ...boundaryOf(user),
    ...(Object.keys(user.tags).length === 0 ? {} : { Tags: tagList(user.tags) }),
  };
}

/** The root user has neither path nor name. */
export async function presentRoot(ctx: Context) {
  const { createDate } = await accountRow(ctx);
  return {
    Path: undefined,
    UserName: undefined,
    UserId: ctx.account,
    Arn: `arn:aws:iam::${ctx.account}:root`,
    CreateDate: new Date(createDate),
  };
}
