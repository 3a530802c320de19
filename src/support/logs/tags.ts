import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findGroup, groupResource, ownGroup, placeOf } from './access.ts';
import type { Operation } from './api.ts';
import { readDestination, readGroup } from './engine/names.ts';
import { invalid, notFound } from './errors.ts';
import { destinations, groups } from './records.ts';

type Tags = Readonly<Record<string, string>>;

/** Tags that a resource carries at most. */
const maxTags = 50;

export const TagLogGroup: Operation<'TagLogGroup'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  conditions: ({ tags }) => tagConditions(tags),
  handle: async ({ logGroupName, tags }, ctx) => {
    const row = await ownGroup(ctx, logGroupName);
    ctx.records.put(groups, row.name, { ...row, tags: added(row.tags, tags) });
    return {};
  },
};

export const UntagLogGroup: Operation<'UntagLogGroup'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  conditions: ({ tags }) => ({ 'aws:TagKeys': tags }),
  handle: async ({ logGroupName, tags }, ctx) => {
    const row = await ownGroup(ctx, logGroupName);
    ctx.records.put(groups, row.name, { ...row, tags: without(row.tags, tags) });
    return {};
  },
};

export const ListTagsLogGroup: Operation<'ListTagsLogGroup'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName }, ctx) => ({ tags: (await ownGroup(ctx, logGroupName)).tags }),
};

export const TagResource: Operation<'TagResource'> = {
  resource: ({ resourceArn }, ctx) => taggedResource(resourceArn, ctx),
  conditions: ({ tags }) => tagConditions(tags),
  handle: async ({ resourceArn, tags }, ctx) => {
    const tagged = await find(resourceArn, ctx);
    tagged.save(added(tagged.tags, tags));
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: ({ resourceArn }, ctx) => taggedResource(resourceArn, ctx),
  conditions: ({ tagKeys }) => ({ 'aws:TagKeys': tagKeys }),
  handle: async ({ resourceArn, tagKeys }, ctx) => {
    const tagged = await find(resourceArn, ctx);
    tagged.save(without(tagged.tags, tagKeys));
    return {};
  },
};

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: ({ resourceArn }, ctx) => taggedResource(resourceArn, ctx),
  handle: async ({ resourceArn }, ctx) => ({ tags: (await find(resourceArn, ctx)).tags }),
};

/** `aws:RequestTag/…` and `aws:TagKeys`. */
export function tagConditions(tags: Tags | undefined): Conditions {
  const entries = Object.entries(tags ?? {});
  if (entries.length === 0) return {};
  return {
    'aws:TagKeys': entries.map(([key]) => key),
    ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** @throws ServiceError when a tag is reserved, or one too many */
export function checkTags(existing: Tags, more: Tags): void {
  if (Object.keys(more).some((key) => /^aws:/i.test(key)))
    throw invalid('Tag keys beginning with aws: are reserved for AWS use.');
  const { size } = new Set([...Object.keys(existing), ...Object.keys(more)]);
  if (size > maxTags) throw new ServiceError('TooManyTagsException', `A resource can have at most ${maxTags} tags.`);
}

function added(existing: Tags, more: Tags): Tags {
  checkTags(existing, more);
  return { ...existing, ...more };
}

function without(existing: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(existing).filter(([key]) => !keys.includes(key)));
}

async function taggedResource(arn: string, ctx: Context): Promise<ResourceRef> {
  const destination = readDestination(arn);
  if (destination === undefined) {
    if (!arn.startsWith('arn:') || readGroup(arn) === undefined)
      throw invalid('The specified resource ARN is not valid.');
    return groupResource({ logGroupIdentifier: arn }, ctx);
  }
  const row = await ctx.records.at({ account: destination.account }).get(destinations, destination.name);
  ctx.audit([{ arn, type: 'AWS::Logs::Destination', account: destination.account }]);
  return { arn, account: destination.account, tags: row?.tags };
}

type Tagged = { readonly tags: Tags; readonly save: (tags: Tags) => void };

async function find(arn: string, ctx: Context): Promise<Tagged> {
  const destination = readDestination(arn);
  if (destination === undefined) {
    const place = placeOf({ logGroupIdentifier: arn }, ctx);
    const row = await findGroup(place);
    return { tags: row.tags, save: (tags) => place.records.put(groups, row.name, { ...row, tags }) };
  }
  const records = ctx.records.at({ account: destination.account });
  const row = destination.region === ctx.region ? await records.get(destinations, destination.name) : undefined;
  if (row === undefined) throw notFound('resource');
  return { tags: row.tags, save: (tags) => records.put(destinations, row.name, { ...row, tags }) };
}
