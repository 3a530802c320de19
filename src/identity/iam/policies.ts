import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Input, Operation } from './api.ts';
import { checkManagedDocument } from './documents.ts';
import { newEntityId } from './entity-ids.ts';
import { awsManagedPolicies } from './managed-policies/registry.ts';
import {
  type ManagedPolicy,
  ownPolicy,
  type PolicyUsage,
  policyDetails,
  policyResource,
  presentPolicy,
  shownPolicy,
  usageOf,
} from './managed-policy.ts';
import { pageOfList } from './page.ts';
import { type ManagedPolicyRow, managedPolicies } from './records.ts';
import { addTags, tagList } from './tags.ts';

export const CreatePolicy: Operation<'CreatePolicy'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0 ? 'iam:CreatePolicy' : ['iam:CreatePolicy', 'iam:TagPolicy'],
  resource: ({ PolicyName, Path = '/' }, ctx) => policyArn(ctx, Path, PolicyName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    const { PolicyName: name, Path: path = '/', PolicyDocument: document } = input;
    const id = name.toLowerCase();
    if ((await ctx.records.get(managedPolicies, id)) !== undefined) {
      throw new ServiceError(
        'EntityAlreadyExistsException',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      );
    }
    checkManagedDocument(document);
    const row: ManagedPolicyRow = {
      policyName: name,
      policyId: newEntityId(ctx, 'ANPA'),
      path,
      arn: policyArn(ctx, path, name),
      description: input.Description,
      createDate: ctx.now,
      updateDate: ctx.now,
      defaultVersionId: 'v1',
      nextVersion: 2,
      versions: [{ versionId: 'v1', document, createDate: ctx.now }],
      tags: addTags({}, input.Tags, 'Policy'),
    };
    ctx.records.create(managedPolicies, id, row);
    ctx.audit([{ arn: row.arn, type: 'AWS::IAM::ManagedPolicy' }]);
    const tags = tagList(row.tags);
    return {
      Policy: {
        ...presentPolicy({ owner: 'account', row }, { attachments: 0, boundaries: 0 }),
        ...(tags.length === 0 ? {} : { Tags: tags }),
      },
    };
  },
};

export const GetPolicy: Operation<'GetPolicy'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn }, ctx) => {
    const policy = await shownPolicy(ctx, PolicyArn);
    return { Policy: { ...presentPolicy(policy, await usageOf(ctx, PolicyArn)), ...policyDetails(policy) } };
  },
};

export const DeletePolicy: Operation<'DeletePolicy'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    const { attachments, boundaries } = await usageOf(ctx, PolicyArn);
    if (attachments + boundaries > 0) throw conflict('Cannot delete a policy attached to entities.');
    if (row.versions.length > 1) {
      throw conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    ctx.records.delete(managedPolicies, row.policyName.toLowerCase());
    return {};
  },
};

export const ListPolicies: Operation<'ListPolicies'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const candidates = (await inScope(ctx, input)).filter(({ row }) => row.path.startsWith(input.PathPrefix ?? '/'));
    const wanted: { readonly policy: ManagedPolicy; readonly usage: PolicyUsage }[] = [];
    if (input.OnlyAttached === true || input.PolicyUsageFilter !== undefined) {
      for (const policy of candidates) {
        const usage = await usageOf(ctx, policy.row.arn);
        if (isUsed(usage, input)) wanted.push({ policy, usage });
      }
      const { rows, end } = pageOfList(wanted, input, ({ policy }) => placeOf(policy));
      return { Policies: rows.map(({ policy, usage }) => presentPolicy(policy, usage)), ...end };
    }
    const { rows, end } = pageOfList(candidates, input, placeOf);
    return {
      Policies: await Promise.all(
        rows.map(async (policy) => presentPolicy(policy, await usageOf(ctx, policy.row.arn))),
      ),
      ...end,
    };
  },
};

/** Policies of the scope in order of their places. */
async function inScope(ctx: Context, { Scope = 'All' }: Input<'ListPolicies'>): Promise<readonly ManagedPolicy[]> {
  const found: ManagedPolicy[] = [];
  if (Scope !== 'AWS') {
    let last: string | undefined;
    for (;;) {
      const listed = await ctx.records.list(managedPolicies, last === undefined ? {} : { after: last });
      for (const { value } of listed) found.push({ owner: 'account', row: value });
      if (listed.length < 1_000) break;
      last = listed.at(-1)?.id;
    }
  }
  if (Scope !== 'Local') for (const row of awsManagedPolicies) found.push({ owner: 'aws', row });
  return found.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** A name may be taken by AWS and by the account: the owner tells them apart. */
function placeOf({ owner, row }: ManagedPolicy): string {
  return `${row.policyName.toLowerCase()}\u0000${owner}`;
}

function isUsed(
  { attachments, boundaries }: PolicyUsage,
  { OnlyAttached, PolicyUsageFilter }: Input<'ListPolicies'>,
): boolean {
  if (PolicyUsageFilter === 'PermissionsBoundary') return boundaries > 0;
  if (PolicyUsageFilter === 'PermissionsPolicy') return attachments > 0;
  return OnlyAttached !== true || attachments + boundaries > 0;
}

function policyArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:policy${path}${name}`;
}

function conflict(message: string): ServiceError {
  return new ServiceError('DeleteConflictException', message);
}
