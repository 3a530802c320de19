import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import type { Operation, Output } from './api.ts';
import { destinationArn } from './engine/names.ts';
import { invalid, invalidToken, notFound } from './errors.ts';
import { type DestinationRow, destinations } from './records.ts';
import { checkTags, tagConditions } from './tags.ts';

const defaultPage = 50;
const maxPolicyBytes = 5_120;
const targetForm = /^arn:aws:(?:kinesis|firehose|lambda):[a-z0-9-]+:\d{12}:.+$/;
const roleForm = /^arn:aws:iam::\d{12}:role\/.+$/;

export const PutDestination: Operation<'PutDestination'> = {
  action: ({ tags }) =>
    Object.keys(tags ?? {}).length > 0 ? ['logs:PutDestination', 'logs:TagResource'] : 'logs:PutDestination',
  resource: ({ destinationName }, ctx) => destinationResource(destinationName, ctx),
  conditions: ({ tags }) => tagConditions(tags),
  handle: async ({ destinationName: name, targetArn, roleArn, tags = {} }, ctx) => {
    if (!targetForm.test(targetArn)) throw invalid('The specified target ARN is not valid.');
    if (!roleForm.test(roleArn)) throw invalid('The specified role ARN is not valid.');
    await ctx.authorise(
      'iam:PassRole',
      { arn: roleArn },
      {
        'iam:PassedToService': 'logs.amazonaws.com',
        'iam:AssociatedResourceArn': destinationArn(ctx.account, ctx.region, name),
      },
    );
    const existing = await ctx.records.get(destinations, name);
    checkTags(existing?.tags ?? {}, tags);
    const row: DestinationRow = {
      name,
      targetArn,
      roleArn,
      accessPolicy: existing?.accessPolicy,
      created: existing?.created ?? ctx.now,
      tags: { ...existing?.tags, ...tags },
    };
    ctx.records.put(destinations, name, row);
    return { destination: await described(ctx, row) };
  },
};

export const PutDestinationPolicy: Operation<'PutDestinationPolicy'> = {
  resource: ({ destinationName }, ctx) => destinationResource(destinationName, ctx),
  handle: async ({ destinationName, accessPolicy }, ctx) => {
    const row = await ownDestination(ctx, destinationName);
    if (Buffer.byteLength(accessPolicy) > maxPolicyBytes)
      throw invalid(`accessPolicy: expected at most ${maxPolicyBytes} bytes`);
    const reading = parsePolicy(accessPolicy, 'resource');
    if (!reading.ok) throw invalid(`Invalid policy document: ${reading.errors[0]?.message ?? ''}`);
    ctx.records.put(destinations, row.name, { ...row, accessPolicy: await pinPrincipals(ctx, accessPolicy) });
    return {};
  },
};

export const DeleteDestination: Operation<'DeleteDestination'> = {
  resource: ({ destinationName }, ctx) => destinationResource(destinationName, ctx),
  handle: async ({ destinationName }, ctx) => {
    const row = await ownDestination(ctx, destinationName);
    ctx.records.delete(destinations, row.name);
    return {};
  },
};

export const DescribeDestinations: Operation<'DescribeDestinations'> = {
  resource: () => '*',
  handle: async ({ DestinationNamePrefix: prefix = '', nextToken, limit = defaultPage }, ctx) => {
    const page = await pageOf<Listed<DestinationRow>>(
      nextToken,
      limit,
      ({ id }) => id,
      invalidToken,
      (after, count) =>
        ctx.records.list(destinations, { prefix, limit: count, ...(after === undefined ? {} : { after }) }),
    );
    const found = await Promise.all(page.entries.map(({ value }) => described(ctx, value)));
    return { destinations: found, nextToken: page.nextToken };
  },
};

async function destinationResource(name: string, ctx: Context): Promise<ResourceRef> {
  const arn = destinationArn(ctx.account, ctx.region, name);
  ctx.audit([{ arn, type: 'AWS::Logs::Destination' }]);
  return { arn, tags: (await ctx.records.get(destinations, name))?.tags };
}

async function ownDestination(ctx: Context, name: string): Promise<DestinationRow> {
  const row = await ctx.records.get(destinations, name);
  if (row === undefined) throw notFound('destination');
  return row;
}

type Described = NonNullable<Output<'PutDestination'>['destination']>;

async function described(ctx: Context, row: DestinationRow): Promise<Described> {
  return {
    destinationName: row.name,
    targetArn: row.targetArn,
    roleArn: row.roleArn,
    ...(row.accessPolicy === undefined ? {} : { accessPolicy: await shownPrincipals(ctx, row.accessPolicy) }),
    arn: destinationArn(ctx.account, ctx.region, row.name),
    creationTime: row.created,
  };
}
