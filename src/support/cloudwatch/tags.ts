import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { alarmArn, alarmResource, keepAlarm } from './alarm-access.ts';
import { invalidValue, type Operation, validation } from './api.ts';
import { type AlarmRow, alarms } from './records.ts';

const maxTags = 50;

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: ({ ResourceARN }, ctx) => alarmResource(ctx, nameIn(ctx, ResourceARN)),
  handle: async ({ ResourceARN }, ctx) => {
    // As recorded: what is gone has no tags.
    const row = await ctx.records.get(alarms, nameIn(ctx, ResourceARN));
    return { Tags: Object.entries(row?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
  },
};

export const TagResource: Operation<'TagResource'> = {
  resource: ({ ResourceARN }, ctx) => alarmResource(ctx, nameIn(ctx, ResourceARN)),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ ResourceARN, Tags }, ctx) => {
    const row = await tagged(ctx, ResourceARN);
    const tags = { ...row.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
    if (Object.keys(tags).length > maxTags) throw validation(`An alarm can have at most ${maxTags} tags.`);
    keepAlarm(ctx, { ...row, tags });
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: ({ ResourceARN }, ctx) => alarmResource(ctx, nameIn(ctx, ResourceARN)),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ ResourceARN, TagKeys }, ctx) => {
    const row = await tagged(ctx, ResourceARN);
    const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !TagKeys.includes(key)));
    keepAlarm(ctx, { ...row, tags });
    return {};
  },
};

function nameIn(ctx: Context, arn: string): string {
  const prefix = alarmArn(ctx, '');
  if (!arn.startsWith(prefix)) throw invalidValue(`The ARN ${arn} is not of an alarm of this account and Region.`);
  return arn.slice(prefix.length);
}

async function tagged(ctx: Context, arn: string): Promise<AlarmRow> {
  const row = await ctx.records.get(alarms, nameIn(ctx, arn));
  if (row === undefined)
    throw new ServiceError('ResourceNotFoundException', `Unknown resource: ${arn}`, { status: 404 });
  return row;
}
