import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type AwsManagedPolicy, awsManagedPolicy } from './managed-policies/registry.ts';
import { groups, type ManagedPolicyRow, managedPolicies, roles, users } from './records.ts';
import { invalid } from './refusals.ts';
import { tagList } from './tags.ts';

/** A managed policy: the account's own, or one that AWS keeps. */
export type ManagedPolicy =
  | { readonly owner: 'account'; readonly row: ManagedPolicyRow }
  | { readonly owner: 'aws'; readonly row: AwsManagedPolicy };

/** How many entities use a policy, and as what. */
export type PolicyUsage = { readonly attachments: number; readonly boundaries: number };

/** @returns the policy that an ARN names; undefined when there is none. @throws ServiceError ValidationError for what is no ARN */
export function findPolicy(ctx: Context, arn: string): Promise<ManagedPolicy | undefined> {
  return findPolicyOf(ctx.records, ctx.account, arn);
}

/** The same for another account: `records` shows that one. */
export async function findPolicyOf(records: Records, account: string, arn: string): Promise<ManagedPolicy | undefined> {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/(?:.*\/)?([^/]+)$/.exec(arn);
  if (match === null) throw invalid('Invalid ARN:  Could not be parsed!');
  const [, owner, name = ''] = match;
  if (owner === 'aws') {
    const row = awsManagedPolicy(arn);
    return row === undefined ? undefined : { owner: 'aws', row };
  }
  if (owner !== account) return undefined;
  const row = await records.get(managedPolicies, name.toLowerCase());
  return row?.arn === arn ? { owner: 'account', row } : undefined;
}

/** @throws ServiceError NoSuchEntity, in the words of `GetPolicy` and the `Attach…` operations */
export async function attachablePolicy(ctx: Context, arn: string): Promise<ManagedPolicy> {
  const policy = await findPolicy(ctx, arn);
  if (policy === undefined) throw noSuchPolicy(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
}

/**
 * A policy about to be attached. The unit then conflicts with one that deletes the policy meanwhile.
 *
 * @throws ServiceError NoSuchEntity
 */
export async function claimPolicy(ctx: Context, arn: string): Promise<ManagedPolicy> {
  const policy = await attachablePolicy(ctx, arn);
  claim(ctx, policy);
  return policy;
}

/** A policy about to be set as a permissions boundary. @throws ServiceError NoSuchEntity */
export async function claimBoundary(ctx: Context, arn: string): Promise<void> {
  const policy = await findPolicy(ctx, arn);
  if (policy === undefined) throw noSuchPolicy(`Scope ARN: ${arn} does not exist or is not attachable.`);
  claim(ctx, policy);
}

function claim(ctx: Context, { owner, row }: ManagedPolicy): void {
  if (owner === 'account') ctx.records.put(managedPolicies, row.policyName.toLowerCase(), row);
}

/** Any policy, in the words of `GetPolicy`: it knows better of AWS's own policies. @throws ServiceError NoSuchEntity */
export async function shownPolicy(ctx: Context, arn: string): Promise<ManagedPolicy> {
  if (!arn.startsWith('arn:aws:iam::aws:policy/')) return attachablePolicy(ctx, arn);
  const policy = await findPolicy(ctx, arn);
  if (policy === undefined) throw noSuchPolicy(`Policy ${arn} was not found.`);
  return policy;
}

/** The account's own policy, in the words of the operations that change it. @throws ServiceError NoSuchEntity, AccessDenied */
export async function ownPolicy(ctx: Context, arn: string): Promise<ManagedPolicyRow> {
  const policy = await findPolicy(ctx, arn);
  if (policy === undefined) throw noSuchPolicy(`Policy ${arn} was not found.`);
  if (policy.owner === 'account') return policy.row;
  throw new ServiceError('AccessDeniedException', `Policy ${arn} is managed by AWS and cannot be changed.`);
}

export function noSuchPolicy(message: string): ServiceError {
  return new ServiceError('NoSuchEntityException', message);
}

/** The policy as policies see it. */
export async function policyResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const policy = await findPolicy(ctx, arn);
  const account = ctx.account;
  ctx.audit([{ arn, type: 'AWS::IAM::ManagedPolicy', account }]);
  // AWS's policies belong to no account; who reads them asks in the own one.
  return policy?.owner === 'account' ? { arn, account, tags: policy.row.tags } : { arn, account };
}

/** Counts by index who uses a policy. */
export async function usageOf(ctx: Context, arn: string): Promise<PolicyUsage> {
  const [inUsers, inGroups, inRoles, boundsUsers, boundsRoles] = await Promise.all([
    countBy(ctx, users, 'by-policy', arn),
    countBy(ctx, groups, 'by-policy', arn),
    countBy(ctx, roles, 'by-policy', arn),
    countBy(ctx, users, 'by-boundary', arn),
    countBy(ctx, roles, 'by-boundary', arn),
  ]);
  return { attachments: inUsers + inGroups + inRoles, boundaries: boundsUsers + boundsRoles };
}

type Attachable = typeof users | typeof groups | typeof roles;
const batch = 1_000;

/** Rows of a collection under one index key, however many. */
export async function rowsBy<T>(
  ctx: Context,
  collection: Parameters<typeof ctx.records.listIndex<T>>[0],
  index: string,
  key: string,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let last: string | undefined;
  for (;;) {
    const listed = await ctx.records.listIndex<T>(collection, index, {
      equals: key,
      limit: batch,
      ...(last === undefined ? {} : { after: { key, id: last } }),
    });
    for (const { value } of listed) rows.push(value);
    if (listed.length < batch) return rows;
    last = listed.at(-1)?.id;
  }
}

async function countBy(ctx: Context, collection: Attachable, index: string, key: string): Promise<number> {
  return (await rowsBy(ctx, collection as typeof roles, index, key)).length;
}

/** A policy as answers show it, without what only `GetPolicy` tells. */
export function presentPolicy({ owner, row }: ManagedPolicy, { attachments, boundaries }: PolicyUsage) {
  return {
    PolicyName: row.policyName,
    PolicyId: row.policyId,
    Arn: row.arn,
    Path: row.path,
    DefaultVersionId: owner === 'aws' ? row.versionId : row.defaultVersionId,
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(row.createDate),
    UpdateDate: new Date(row.updateDate),
  };
}

/** What `GetPolicy` tells beside. */
export function policyDetails({ owner, row }: ManagedPolicy) {
  return {
    ...(row.description === undefined || row.description === '' ? {} : { Description: row.description }),
    Tags: owner === 'aws' ? [] : tagList(row.tags),
  };
}
