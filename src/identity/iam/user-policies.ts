import type { Operation } from './api.ts';
import { attach, attachedPage, detach } from './attachments.ts';
import { inlineDocument, inlinePage, putInline, removeInline } from './inline-policies.ts';
import { userNamed, userResource } from './owner.ts';
import { userBoundaryKey } from './permissions-boundary.ts';
import { users } from './records.ts';

export const PutUserPolicy: Operation<'PutUserPolicy'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ UserName }, ctx) => userBoundaryKey(ctx, UserName),
  handle: async ({ UserName, PolicyName, PolicyDocument }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(
      users,
      user.userName.toLowerCase(),
      putInline('user', user.userName, user, PolicyName, PolicyDocument),
    );
    return {};
  },
};

export const GetUserPolicy: Operation<'GetUserPolicy'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, PolicyName }, ctx) => {
    const user = await userNamed(ctx, UserName);
    return { UserName: user.userName, PolicyName, PolicyDocument: inlineDocument('user', user, PolicyName) };
  },
};

export const DeleteUserPolicy: Operation<'DeleteUserPolicy'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ UserName }, ctx) => userBoundaryKey(ctx, UserName),
  handle: async ({ UserName, PolicyName }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), removeInline('user', user, PolicyName));
    return {};
  },
};

export const ListUserPolicies: Operation<'ListUserPolicies'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => inlinePage(await userNamed(ctx, input.UserName), input),
};

export const AttachUserPolicy: Operation<'AttachUserPolicy'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: async ({ UserName, PolicyArn }, ctx) => ({
    ...(await userBoundaryKey(ctx, UserName)),
    'iam:PolicyARN': PolicyArn,
  }),
  handle: async ({ UserName, PolicyArn }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), await attach(ctx, user, PolicyArn, 'PoliciesPerUser'));
    return {};
  },
};

export const DetachUserPolicy: Operation<'DetachUserPolicy'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: async ({ UserName, PolicyArn }, ctx) => ({
    ...(await userBoundaryKey(ctx, UserName)),
    'iam:PolicyARN': PolicyArn,
  }),
  handle: async ({ UserName, PolicyArn }, ctx) => {
    const user = await userNamed(ctx, UserName);
    ctx.records.put(users, user.userName.toLowerCase(), detach(user, PolicyArn));
    return {};
  },
};

export const ListAttachedUserPolicies: Operation<'ListAttachedUserPolicies'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => attachedPage(await userNamed(ctx, input.UserName), input),
};
