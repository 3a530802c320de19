import type { Operation } from './api.ts';
import { attach, attachedPage, detach } from './attachments.ts';
import { groupNamed, groupResource } from './groups.ts';
import { inlineDocument, inlinePage, putInline, removeInline } from './inline-policies.ts';
import { groups } from './records.ts';

export const PutGroupPolicy: Operation<'PutGroupPolicy'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName, PolicyName, PolicyDocument }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    ctx.records.put(
      groups,
      group.groupName.toLowerCase(),
      putInline('group', group.groupName, group, PolicyName, PolicyDocument),
    );
    return {};
  },
};

export const GetGroupPolicy: Operation<'GetGroupPolicy'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName, PolicyName }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    return { GroupName: group.groupName, PolicyName, PolicyDocument: inlineDocument('group', group, PolicyName) };
  },
};

export const DeleteGroupPolicy: Operation<'DeleteGroupPolicy'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async ({ GroupName, PolicyName }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    ctx.records.put(groups, group.groupName.toLowerCase(), removeInline('group', group, PolicyName));
    return {};
  },
};

export const ListGroupPolicies: Operation<'ListGroupPolicies'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async (input, ctx) => inlinePage(await groupNamed(ctx, input.GroupName), input),
};

export const AttachGroupPolicy: Operation<'AttachGroupPolicy'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  conditions: ({ PolicyArn }) => ({ 'iam:PolicyARN': PolicyArn }),
  handle: async ({ GroupName, PolicyArn }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    ctx.records.put(groups, group.groupName.toLowerCase(), await attach(ctx, group, PolicyArn, 'PoliciesPerGroup'));
    return {};
  },
};

export const DetachGroupPolicy: Operation<'DetachGroupPolicy'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  conditions: ({ PolicyArn }) => ({ 'iam:PolicyARN': PolicyArn }),
  handle: async ({ GroupName, PolicyArn }, ctx) => {
    const group = await groupNamed(ctx, GroupName);
    ctx.records.put(groups, group.groupName.toLowerCase(), detach(group, PolicyArn));
    return {};
  },
};

export const ListAttachedGroupPolicies: Operation<'ListAttachedGroupPolicies'> = {
  resource: ({ GroupName }, ctx) => groupResource(ctx, GroupName),
  handle: async (input, ctx) => attachedPage(await groupNamed(ctx, input.GroupName), input),
};
