import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation, Output } from './api.ts';
import { groupArn } from './engine/names.ts';
import { invalid, limitExceeded } from './errors.ts';
import { type AccountPolicyRow, accountPolicies, type SubscriptionRow } from './records.ts';
import { announceSubscription } from './subscriber-delivery.ts';
import { checkDestination, checkPattern } from './subscription-filters.ts';

/** The one kind of account policy that is served. */
const kind = 'SUBSCRIPTION_FILTER_POLICY';
const id = 'subscription';

const selectionForm = /^\s*LogGroupName\s+NOT\s+IN\s+(\[.*\])\s*$/s;

export const PutAccountPolicy: Operation<'PutAccountPolicy'> = {
  resource: () => '*',
  handle: async ({ policyName: name, policyDocument: text, policyType, selectionCriteria: selection }, ctx) => {
    if (policyType !== kind) throw invalid(`Account policies of the type ${policyType} are not supported.`);
    await mayFilter(ctx, 'logs:PutSubscriptionFilter');
    const document = documentIn(text);
    if (selection !== undefined) excludedBy(selection);
    const { DestinationArn, RoleArn, FilterPattern } = document;
    await checkDestination(ctx, DestinationArn, RoleArn);
    checkPattern(FilterPattern);
    const existing = await ctx.records.get(accountPolicies, id);
    if (existing !== undefined && existing.name !== name) throw limitExceeded();
    const row: AccountPolicyRow = { name, text, updated: ctx.now, selection };
    ctx.records.put(accountPolicies, id, row);
    await announceSubscription(ctx, { groupName: '*', destinationArn: DestinationArn });
    return { accountPolicy: described(ctx, row) };
  },
};

export const DeleteAccountPolicy: Operation<'DeleteAccountPolicy'> = {
  resource: () => '*',
  handle: async ({ policyName, policyType }, ctx) => {
    if (policyType === kind) await mayFilter(ctx, 'logs:DeleteSubscriptionFilter');
    const row = policyType === kind ? await ctx.records.get(accountPolicies, id) : undefined;
    if (row?.name !== policyName)
      throw new ServiceError('ResourceNotFoundException', `Policy with name [${policyName}] does not exist.`);
    ctx.records.delete(accountPolicies, id);
    return {};
  },
};

export const DescribeAccountPolicies: Operation<'DescribeAccountPolicies'> = {
  resource: () => '*',
  handle: async ({ policyType, policyName }, ctx) => {
    const row = policyType === kind ? await ctx.records.get(accountPolicies, id) : undefined;
    const wanted = row !== undefined && (policyName === undefined || row.name === policyName) ? [row] : [];
    return { accountPolicies: wanted.map((each) => described(ctx, each)) };
  },
};

/** It is a filter of every group, and asks for the permission on all of them, too (API reference, "PutAccountPolicy"). */
function mayFilter(ctx: Context, action: string): Promise<void> {
  return ctx.authorise(action, { arn: groupArn(ctx.account, ctx.region, '*') });
}

/** The account's subscription as a filter of a group; undefined when there is none, or it leaves the group out. */
export async function accountSubscription(
  ctx: Context,
  groupName: string,
): Promise<Pick<SubscriptionRow, 'name' | 'groupName' | 'destinationArn' | 'pattern'> | undefined> {
  const row = await ctx.records.get(accountPolicies, id);
  if (row === undefined || (row.selection !== undefined && excludedBy(row.selection).includes(groupName)))
    return undefined;
  const { DestinationArn, FilterPattern } = documentIn(row.text);
  return { name: row.name, groupName, destinationArn: DestinationArn, pattern: FilterPattern };
}

type Document = { readonly DestinationArn: string; readonly RoleArn?: string; readonly FilterPattern: string };

/** @throws ServiceError InvalidParameterException */
function documentIn(text: string): Document {
  const parsed = parsedOr(text, 'Invalid policy document: it is no JSON.') as Partial<Document> | null;
  const { DestinationArn, FilterPattern, RoleArn } = parsed ?? {};
  if (typeof DestinationArn !== 'string' || typeof FilterPattern !== 'string')
    throw invalid('Invalid policy document: expected DestinationArn and FilterPattern.');
  return { DestinationArn, FilterPattern, ...(typeof RoleArn === 'string' ? { RoleArn } : {}) };
}

/** Names that a selection leaves out. @throws ServiceError InvalidParameterException */
function excludedBy(selection: string): readonly string[] {
  const list = parsedOr(
    selectionForm.exec(selection)?.[1] ?? '',
    'Invalid selectionCriteria: expected LogGroupName NOT IN [...].',
  );
  if (!Array.isArray(list) || list.some((each) => typeof each !== 'string'))
    throw invalid('Invalid selectionCriteria: expected a list of names.');
  return list as string[];
}

function parsedOr(text: string, refusal: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(refusal);
  }
}

type Described = NonNullable<Output<'PutAccountPolicy'>['accountPolicy']>;

function described(ctx: Context, { name, text, updated, selection }: AccountPolicyRow): Described {
  return {
    policyName: name,
    policyDocument: text,
    lastUpdatedTime: updated,
    policyType: kind,
    scope: 'ALL',
    accountId: ctx.account,
    ...(selection === undefined ? {} : { selectionCriteria: selection }),
  };
}
