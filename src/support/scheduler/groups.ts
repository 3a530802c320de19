import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { jobId } from '#runtime/run-job.ts';
import { conflict, invalid, notFound, type Operation, present } from './api.ts';
import { listPage } from './page.ts';
import { defaultGroup, findGroup, type GroupRow, groupArn, groups, schedules } from './records.ts';
import { cancelRuns } from './schedule-runs.ts';
import { newTags } from './tag-set.ts';

/** Groups of an account in a Region; AWS's quota. */
const maxGroups = 500;
const emptyKind = 'scheduler/empty-group';
/** Schedules that go in one unit. */
const batch = 200;

export const CreateScheduleGroup: Operation<'CreateScheduleGroup'> = {
  action: ({ Tags }) => ['scheduler:CreateScheduleGroup', ...(Tags === undefined ? [] : ['scheduler:TagResource'])],
  resource: ({ Name }, ctx) => groupResource(ctx, Name),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ Name, ClientToken, Tags }, ctx) => {
    const known = await findGroup(ctx.records, Name);
    const ScheduleGroupArn = groupArn(ctx, Name);
    // The same request again gets the same answer.
    if (known !== undefined && ClientToken !== undefined && known.clientToken === ClientToken)
      return { ScheduleGroupArn };
    if (known !== undefined) throw conflict(`Schedule group ${Name} already exists.`);
    if ((await ctx.records.count(groups)) >= maxGroups) {
      throw invalid(`an account has at most ${maxGroups} schedule groups`);
    }
    const row: GroupRow = {
      name: Name,
      state: 'ACTIVE',
      tags: newTags(Tags),
      clientToken: ClientToken,
      created: ctx.now,
      modified: ctx.now,
    };
    ctx.records.create(groups, Name, row);
    return { ScheduleGroupArn };
  },
};

export const GetScheduleGroup: Operation<'GetScheduleGroup'> = {
  resource: ({ Name }, ctx) => groupResource(ctx, Name),
  handle: async ({ Name }, ctx) => shownGroup(ctx, await openGroup(ctx, Name)),
};

export const ListScheduleGroups: Operation<'ListScheduleGroups'> = {
  resource: () => '*',
  handle: async ({ NamePrefix = '', NextToken, MaxResults }, ctx) => {
    const stored = await ctx.records.list(groups, { limit: maxGroups + 1 });
    const all = new Map(stored.map(({ value }) => [value.name, value]));
    const implied = await findGroup(ctx.records, defaultGroup);
    if (implied !== undefined) all.set(defaultGroup, implied);
    const rows = [...all.values()]
      .filter(({ name }) => name.startsWith(NamePrefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { entries, nextToken } = listPage(rows, ({ name }) => name, NextToken, MaxResults);
    return present({ ScheduleGroups: entries.map((row) => shownGroup(ctx, row)), NextToken: nextToken });
  },
};

/** A group goes with its schedules: these by a job, and none of them runs any more. */
export const DeleteScheduleGroup: Operation<'DeleteScheduleGroup'> = {
  resource: ({ Name }, ctx) => groupResource(ctx, Name),
  handle: async ({ Name }, ctx) => {
    if (Name === defaultGroup) throw invalid('The default schedule group cannot be deleted.');
    const row = await openGroup(ctx, Name);
    ctx.records.put(groups, Name, { ...row, state: 'DELETING', modified: ctx.now });
    ctx.schedule({ kind: emptyKind, id: jobId(ctx.account, ctx.region, Name), runAt: ctx.now });
    return {};
  },
};

/** Deletes the schedules of a group that is being deleted, then the group. */
export async function emptyGroup(name: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(groups, name);
  if (row?.state !== 'DELETING') return;
  const found = await ctx.records.list(schedules, { prefix: `${name}|`, limit: batch });
  for (const { id, value } of found) {
    ctx.records.delete(schedules, id);
    cancelRuns(ctx, value);
  }
  if (found.length < batch) ctx.records.delete(groups, name);
  else ctx.schedule({ kind: emptyKind, id: jobId(ctx.account, ctx.region, name), runAt: ctx.now });
}

/** @throws ServiceError ResourceNotFoundException */
export async function openGroup(ctx: Context, name: string): Promise<GroupRow> {
  const row = await findGroup(ctx.records, name);
  if (row === undefined) throw notFound(`Schedule group ${name} does not exist.`);
  return row;
}

/** A group as policies see it. */
export async function groupResource(ctx: Context, name: string): Promise<ResourceRef> {
  const arn = groupArn(ctx, name);
  ctx.audit([{ arn, type: 'AWS::Scheduler::ScheduleGroup' }]);
  return { arn, tags: (await findGroup(ctx.records, name))?.tags };
}

function shownGroup(ctx: Context, row: GroupRow) {
  return present({
    Arn: groupArn(ctx, row.name),
    Name: row.name,
    State: row.state,
    CreationDate: row.created === undefined ? undefined : new Date(row.created),
    LastModificationDate: row.modified === undefined ? undefined : new Date(row.modified),
  });
}
