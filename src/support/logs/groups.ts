import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findGroup, groupResource, ownGroup, placeOf } from './access.ts';
import type { Operation, Output } from './api.ts';
import { newDataKey } from './data-keys.ts';
import { groupArn, nameTest } from './engine/names.ts';
import { exists, invalid, invalidToken } from './errors.ts';
import { forgetGroup } from './purge.ts';
import { type GroupRow, groups, sizes } from './records.ts';
import { scheduleExpiry } from './retention.ts';
import { checkTags, tagConditions } from './tags.ts';

/** Names of log groups that AWS keeps for itself. */
const reserved = /^aws\//;

const defaultPage = 50;
/** Groups read at once while a list looks for those that fit. */
const scanned = 500;

export const CreateLogGroup: Operation<'CreateLogGroup'> = {
  action: ({ tags }) => (hasTags(tags) ? ['logs:CreateLogGroup', 'logs:TagResource'] : 'logs:CreateLogGroup'),
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  conditions: ({ tags }) => tagConditions(tags),
  handle: async (input, ctx) => {
    const { logGroupName: name, kmsKeyId, tags = {} } = input;
    if (reserved.test(name)) throw invalid("Log groups starting with 'aws/' are reserved for AWS.");
    if ((await ctx.records.get(groups, name)) !== undefined) throw exists('log group');
    checkTags({}, tags);
    const arn = groupArn(ctx.account, ctx.region, name);
    const key =
      kmsKeyId === undefined ? undefined : { keyArn: kmsKeyId, dataKey: await newDataKey(ctx, kmsKeyId, arn) };
    const row: GroupRow = {
      name,
      id: ctx.uuid().replaceAll('-', '').slice(0, 16),
      created: ctx.now,
      logClass: classOf(input.logGroupClass),
      // What deliveries bring is kept for two days (API reference, "CreateLogGroup").
      retentionDays: input.logGroupClass === 'DELIVERY' ? 2 : undefined,
      deletionProtected: input.deletionProtectionEnabled ?? false,
      tags,
      key,
      metricFilters: 0,
      subscriptionFilters: 0,
    };
    ctx.records.put(groups, name, row);
    scheduleExpiry(ctx, row);
    return {};
  },
};

export const DeleteLogGroup: Operation<'DeleteLogGroup'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName }, ctx) => {
    const row = await ownGroup(ctx, logGroupName);
    if (row.deletionProtected) {
      throw new ServiceError(
        'ValidationException',
        `The log group \`${row.name}\` is protected from deletion: disable its deletion protection first.`,
      );
    }
    await forgetGroup(ctx, row);
    return {};
  },
};

export const PutLogGroupDeletionProtection: Operation<'PutLogGroupDeletionProtection'> = {
  resource: (input, ctx) => groupResource(input, ctx),
  handle: async ({ logGroupIdentifier, deletionProtectionEnabled }, ctx) => {
    const place = placeOf({ logGroupIdentifier }, ctx);
    const row = await findGroup(place);
    place.records.put(groups, row.name, { ...row, deletionProtected: deletionProtectionEnabled });
    return {};
  },
};

export const DescribeLogGroups: Operation<'DescribeLogGroups'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupClass } = input;
    if (prefix !== undefined && pattern !== undefined)
      throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
    const wanted = (row: GroupRow) =>
      (pattern === undefined || row.name.toLowerCase().includes(pattern.toLowerCase())) &&
      (logGroupClass === undefined || row.logClass === logGroupClass) &&
      (input.logGroupIdentifiers === undefined || namesGroup(ctx, input.logGroupIdentifiers, row.name));
    const page = await listGroups(ctx, prefix, input.limit ?? defaultPage, input.nextToken, wanted);
    const logGroups = await Promise.all(page.entries.map((row) => described(ctx, row, pattern !== undefined)));
    return { logGroups, nextToken: page.nextToken };
  },
};

export const ListLogGroups: Operation<'ListLogGroups'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { logGroupNamePattern: pattern, logGroupClass, logGroupTags = [] } = input;
    if (input.dataSources !== undefined || input.fieldIndexNames !== undefined)
      throw invalid('Data sources and field indexes are not supported.');
    const named = pattern === undefined ? () => true : nameTest(pattern);
    const wanted = (row: GroupRow) =>
      named(row.name) &&
      (logGroupClass === undefined || row.logClass === logGroupClass) &&
      logGroupTags.every(({ key, values }) => {
        const value = row.tags[key];
        return value !== undefined && (values === undefined || values.length === 0 || values.includes(value));
      });
    const page = await listGroups(ctx, undefined, input.limit ?? defaultPage, input.nextToken, wanted);
    const logGroups = page.entries.map(({ name, logClass }) => ({
      logGroupName: name,
      logGroupArn: groupArn(ctx.account, ctx.region, name),
      logGroupClass: logClass,
    }));
    return { logGroups, nextToken: page.nextToken };
  },
};

function classOf(text: string | undefined): GroupRow['logClass'] {
  return text === 'INFREQUENT_ACCESS' || text === 'DELIVERY' ? text : 'STANDARD';
}

function hasTags(tags: Readonly<Record<string, string>> | undefined): boolean {
  return tags !== undefined && Object.keys(tags).length > 0;
}

function namesGroup(ctx: Context, identifiers: readonly string[], name: string): boolean {
  const arn = groupArn(ctx.account, ctx.region, name);
  return identifiers.includes(name) || identifiers.includes(arn);
}

function listGroups(
  ctx: Context,
  prefix: string | undefined,
  limit: number,
  token: string | undefined,
  wanted: (row: GroupRow) => boolean,
) {
  return pageOf<GroupRow>(
    token,
    limit,
    ({ name }) => name,
    invalidToken,
    async (after, count) => {
      const found: GroupRow[] = [];
      for (let last = after; ; ) {
        const listed = await ctx.records.list(groups, {
          ...(prefix === undefined ? {} : { prefix }),
          ...(last === undefined ? {} : { after: last }),
          limit: scanned,
        });
        for (const { value } of listed) {
          if (found.length < count && wanted(value)) found.push(value);
        }
        last = listed.at(-1)?.id;
        if (found.length >= count || listed.length < scanned) return found;
      }
    },
  );
}

type Described = NonNullable<Output<'DescribeLogGroups'>['logGroups']>[number];

/** @param brief what AWS answers when it looks for a pattern: less */
async function described(ctx: Context, row: GroupRow, brief: boolean): Promise<Described> {
  const arn = groupArn(ctx.account, ctx.region, row.name);
  const stored = brief ? undefined : await ctx.records.get(sizes, row.id);
  return {
    logGroupName: row.name,
    creationTime: row.created,
    retentionInDays: row.retentionDays,
    metricFilterCount: row.metricFilters,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: row.logClass,
    kmsKeyId: row.key?.keyArn,
    ...(brief ? {} : { storedBytes: stored?.bytes ?? 0, deletionProtectionEnabled: row.deletionProtected }),
  };
}
