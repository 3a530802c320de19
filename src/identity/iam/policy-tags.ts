import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Operation } from './api.ts';
import { attachablePolicy, ownPolicy, policyResource } from './managed-policy.ts';
import { managedPolicies } from './records.ts';
import { addTags, removeTags, tagPage } from './tags.ts';

export const TagPolicy: Operation<'TagPolicy'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ PolicyArn, Tags }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    ctx.records.put(managedPolicies, row.policyName.toLowerCase(), { ...row, tags: addTags(row.tags, Tags, 'Policy') });
    return {};
  },
};

export const UntagPolicy: Operation<'UntagPolicy'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ PolicyArn, TagKeys }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    ctx.records.put(managedPolicies, row.policyName.toLowerCase(), { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListPolicyTags: Operation<'ListPolicyTags'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async (input, ctx) => {
    const policy = await attachablePolicy(ctx, input.PolicyArn);
    return tagPage(policy.owner === 'aws' ? {} : policy.row.tags, input);
  },
};
