import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { groupResource, ownGroup } from './access.ts';
import type { Operation, Output } from './api.ts';
import { readDestination } from './engine/names.ts';
import { compilePattern } from './engine/pattern/pattern.ts';
import { invalid, invalidToken, limitExceeded, notFound } from './errors.ts';
import { destinations, filterKey, groups, type SubscriptionRow, subscriptionFilters } from './records.ts';
import { announceSubscription } from './subscriber-delivery.ts';

/** Of one log group (API reference, "PutSubscriptionFilter"). */
const maxFilters = 2;
const defaultPage = 50;

export const PutSubscriptionFilter: Operation<'PutSubscriptionFilter'> = {
  resource: async ({ logGroupName, destinationArn }, ctx) => [
    await groupResource({ logGroupName }, ctx),
    ...(await destinationResource(destinationArn, ctx)),
  ],
  handle: async (input, ctx) => {
    const { logGroupName, filterName: name, filterPattern: pattern, destinationArn, roleArn } = input;
    await checkDestination(ctx, destinationArn, roleArn);
    const group = await ownGroup(ctx, logGroupName);
    if (group.logClass !== 'STANDARD') {
      throw new ServiceError(
        'InvalidOperationException',
        `Subscription filters are not supported for log groups of the ${group.logClass} class.`,
      );
    }
    checkPattern(pattern);
    if (
      input.applyOnTransformedLogs === true ||
      input.fieldSelectionCriteria !== undefined ||
      input.emitSystemFields !== undefined
    )
      throw invalid('Log transformation and system fields are not supported.');
    const key = filterKey(group.name, name);
    const existing = await ctx.records.get(subscriptionFilters, key);
    if (existing === undefined) {
      if (group.subscriptionFilters >= maxFilters) throw limitExceeded();
      ctx.records.put(groups, group.name, { ...group, subscriptionFilters: group.subscriptionFilters + 1 });
    }
    const row: SubscriptionRow = {
      name,
      groupName: group.name,
      pattern,
      destinationArn,
      roleArn,
      distribution: input.distribution ?? 'ByLogStream',
      created: existing?.created ?? ctx.now,
    };
    ctx.records.put(subscriptionFilters, key, row);
    await announceSubscription(ctx, row);
    return {};
  },
};

export const DeleteSubscriptionFilter: Operation<'DeleteSubscriptionFilter'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName, filterName }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    const key = filterKey(group.name, filterName);
    if ((await ctx.records.get(subscriptionFilters, key)) === undefined) throw notFound('subscription filter');
    ctx.records.delete(subscriptionFilters, key);
    ctx.records.put(groups, group.name, { ...group, subscriptionFilters: group.subscriptionFilters - 1 });
    return {};
  },
};

export const DescribeSubscriptionFilters: Operation<'DescribeSubscriptionFilters'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName, filterNamePrefix = '', nextToken, limit = defaultPage }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    const page = await pageOf<Listed<SubscriptionRow>>(
      nextToken,
      limit,
      ({ id }) => id,
      invalidToken,
      (after, count) =>
        ctx.records.list(subscriptionFilters, {
          prefix: filterKey(group.name, filterNamePrefix),
          limit: count,
          ...(after === undefined ? {} : { after }),
        }),
    );
    return { subscriptionFilters: page.entries.map(({ value }) => described(value)), nextToken: page.nextToken };
  },
};

/** A destination of Logs as policies see it: its access policy says who may subscribe to it. */
async function destinationResource(arn: string, ctx: Context): Promise<readonly ResourceRef[]> {
  const place = readDestination(arn);
  if (place === undefined) return [];
  const row = await ctx.records.at({ account: place.account }).get(destinations, place.name);
  const text = row?.accessPolicy;
  return [
    {
      arn,
      account: place.account,
      tags: row?.tags,
      policy: text === undefined ? undefined : { kind: 'resource', source: `access policy of ${arn}`, text },
    },
  ];
}

export function checkPattern(text: string): void {
  const compiled = compilePattern(text);
  if ('refused' in compiled) throw invalid(`Invalid filter pattern: ${compiled.refused}`);
}

/** @throws ServiceError InvalidParameterException, AccessDeniedException */
export async function checkDestination(ctx: Context, arn: string, roleArn: string | undefined): Promise<void> {
  const [prefix, , vendor = '', region, account] = arn.split(':', 6);
  if (prefix !== 'arn') throw invalid('The specified destination ARN is not valid.');
  if (vendor === 'kinesis' || vendor === 'firehose') {
    if (roleArn === undefined) throw invalid(`destinationArn for vendor ${vendor} cannot be used without roleArn`);
    throw invalid(`destinationArn for vendor ${vendor} is not supported: there is no such service here.`);
  }
  if (vendor === 'lambda') {
    if (account === ctx.account && region === ctx.region) return;
    throw new ServiceError(
      'AccessDeniedException',
      'Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.',
    );
  }
  const place = readDestination(arn);
  if (place === undefined || place.region !== ctx.region) throw invalid('The specified destination ARN is not valid.');
  const row = await ctx.records.at({ account: place.account }).get(destinations, place.name);
  if (row === undefined) throw notFound('destination');
  if (!row.targetArn.startsWith('arn:aws:lambda:'))
    throw invalid(`The destination's target is not supported: expected a Lambda function, found \`${row.targetArn}\`.`);
}

type Described = NonNullable<Output<'DescribeSubscriptionFilters'>['subscriptionFilters']>[number];

function described({
  name,
  groupName,
  pattern,
  destinationArn,
  roleArn,
  distribution,
  created,
}: SubscriptionRow): Described {
  return {
    filterName: name,
    logGroupName: groupName,
    filterPattern: pattern,
    destinationArn,
    roleArn,
    distribution,
    applyOnTransformedLogs: false,
    creationTime: created,
  };
}
