import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findGroup, placeOf } from './access.ts';
import type { Input, Operation, Output } from './api.ts';
import { groupArn, readGroup } from './engine/names.ts';
import { invalid, invalidToken, limitExceeded } from './errors.ts';
import { type PoliciesRow, policies, type StoredPolicy } from './records.ts';

/** Of an account in a Region (API reference, "PutResourcePolicy"). */
const maxPolicies = 10;
const maxBytes = 5_120;
const defaultPage = 50;

const none: PoliciesRow = { policies: [], whole: undefined, byGroup: {} };

export const PutResourcePolicy: Operation<'PutResourcePolicy'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { policyDocument: text, resourceArn } = input;
    if (text === undefined) throw invalid('policyDocument is required.');
    checkDocument(text);
    const name = await nameIn(ctx, input);
    const row = (await ctx.records.get(policies, 'all')) ?? none;
    const existing = row.policies.find((policy) => isNamed(policy, name, resourceArn));
    if (resourceArn !== undefined) matchRevision(existing, input.expectedRevisionId);
    else if (
      existing === undefined &&
      row.policies.filter((policy) => policy.resourceArn === undefined).length >= maxPolicies
    )
      throw limitExceeded();
    const stored: StoredPolicy = {
      name,
      resourceArn,
      text: await pinPrincipals(ctx, text),
      updated: ctx.now,
      revision: await ctx.once('revision', async () => ctx.uuid()),
    };
    save(ctx, [...row.policies.filter((policy) => policy !== existing), stored]);
    return {
      resourcePolicy: await shown(ctx, stored),
      ...(resourceArn === undefined ? {} : { revisionId: stored.revision }),
    };
  },
};

export const DeleteResourcePolicy: Operation<'DeleteResourcePolicy'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { resourceArn } = input;
    const name = resourceArn ?? input.policyName;
    if (name === undefined) throw invalid('policyName is required.');
    const row = (await ctx.records.get(policies, 'all')) ?? none;
    const existing = row.policies.find((policy) => isNamed(policy, name, resourceArn));
    if (existing === undefined)
      throw new ServiceError('ResourceNotFoundException', `Policy with name [${name}] does not exist.`);
    if (resourceArn !== undefined) matchRevision(existing, input.expectedRevisionId);
    save(
      ctx,
      row.policies.filter((policy) => policy !== existing),
    );
    return {};
  },
};

export const DescribeResourcePolicies: Operation<'DescribeResourcePolicies'> = {
  resource: () => '*',
  handle: async ({ resourceArn, policyScope, nextToken, limit = defaultPage }, ctx) => {
    const row = (await ctx.records.get(policies, 'all')) ?? none;
    const scope = resourceArn === undefined ? (policyScope ?? 'ACCOUNT') : 'RESOURCE';
    const wanted = row.policies
      .filter((policy) => (policy.resourceArn === undefined) === (scope === 'ACCOUNT'))
      .filter((policy) => resourceArn === undefined || policy.resourceArn === resourceArn)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const page = await pageOf<StoredPolicy>(
      nextToken,
      limit,
      ({ name }) => name,
      invalidToken,
      async (after, count) => wanted.filter(({ name }) => after === undefined || name > after).slice(0, count),
    );
    const resourcePolicies = await Promise.all(page.entries.map((policy) => shown(ctx, policy)));
    return { resourcePolicies, nextToken: page.nextToken };
  },
};

function isNamed(policy: StoredPolicy, name: string, resourceArn: string | undefined): boolean {
  return resourceArn === undefined
    ? policy.resourceArn === undefined && policy.name === name
    : policy.resourceArn === resourceArn;
}

/** @throws ServiceError InvalidParameterException, ResourceNotFoundException */
async function nameIn(ctx: Context, { policyName, resourceArn }: Input<'PutResourcePolicy'>): Promise<string> {
  if (resourceArn === undefined) {
    if (policyName === undefined || policyName === '') throw invalid('policyName is required.');
    return policyName;
  }
  const reference = readGroup(resourceArn);
  if (reference?.account !== ctx.account) throw invalid('The specified resource ARN is not valid.');
  const group = await findGroup(placeOf({ logGroupIdentifier: resourceArn }, ctx));
  if (groupArn(ctx.account, ctx.region, group.name) !== resourceArn)
    throw invalid('The specified resource ARN is not valid.');
  return policyName ?? resourceArn;
}

function checkDocument(text: string): void {
  if (Buffer.byteLength(text) > maxBytes) throw limitExceeded();
  const reading = parsePolicy(text, 'resource');
  if (!reading.ok) throw invalid(`Invalid policy document: ${reading.errors[0]?.message ?? ''}`);
}

/** Policies on log groups are changed by those who know the latest. */
function matchRevision(existing: StoredPolicy | undefined, expected: string | undefined): void {
  if (existing?.revision === expected) return;
  throw new ServiceError(
    'OperationAbortedException',
    'The resource policy was changed meanwhile: its revision is another one.',
  );
}

function save(ctx: Context, list: readonly StoredPolicy[]): void {
  const ofAccount = list.filter(({ resourceArn }) => resourceArn === undefined);
  const byGroup: Record<string, string> = {};
  for (const policy of list) {
    const group = policy.resourceArn === undefined ? undefined : readGroup(policy.resourceArn);
    if (group !== undefined) byGroup[group.name] = joined([...ofAccount, policy]);
  }
  ctx.records.put(policies, 'all', {
    policies: list,
    whole: ofAccount.length === 0 ? undefined : joined(ofAccount),
    byGroup,
  });
}

/** Several documents as one. Statements lose their ids, which may be the same in two. */
function joined(list: readonly StoredPolicy[]): string {
  const statements = list.flatMap(({ text }) => {
    const { Statement } = JSON.parse(text) as { readonly Statement: object | readonly object[] };
    return Array.isArray(Statement) ? (Statement as readonly object[]) : [Statement];
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ ...statement, Sid: undefined })),
  });
}

type Shown = NonNullable<Output<'PutResourcePolicy'>['resourcePolicy']>;

async function shown(ctx: Context, { name, resourceArn, text, updated, revision }: StoredPolicy): Promise<Shown> {
  return {
    policyName: name,
    policyDocument: await shownPrincipals(ctx, text),
    lastUpdatedTime: updated,
    policyScope: resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE',
    ...(resourceArn === undefined ? {} : { resourceArn, revisionId: revision }),
  };
}
