import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { parseSchedule } from '../schedule-expression.ts';
import { timeZone } from '../time-zone.ts';
import { conflict, type Input, invalid, notFound, type Operation, present } from './api.ts';
import { openGroup } from './groups.ts';
import { invalidToken, pageSize } from './page.ts';
import { defaultGroup, findGroup, type ScheduleRow, scheduleArn, scheduleId, schedules } from './records.ts';
import { cancelRuns, scheduleRuns } from './schedule-runs.ts';
import { checkTarget } from './targets.ts';

/** Schedules of an account in a Region. AWS's quota is a million. */
const maxSchedules = 1_000_000;

type Named = { readonly Name: string; readonly GroupName?: string | undefined };

export const CreateSchedule: Operation<'CreateSchedule'> = {
  resource: scheduleResource,
  handle: async (input, ctx) => {
    const group = input.GroupName ?? defaultGroup;
    const id = scheduleId(group, input.Name);
    const ScheduleArn = scheduleArn(ctx, group, input.Name);
    await checkGroup(ctx, group);
    const known = await ctx.records.get(schedules, id);
    // The same request again gets the same answer.
    if (known !== undefined && input.ClientToken !== undefined && known.clientToken === input.ClientToken) {
      return { ScheduleArn };
    }
    if (known !== undefined) throw conflict(`Schedule ${input.Name} already exists.`);
    if ((await ctx.records.count(schedules)) >= maxSchedules) {
      throw new ServiceError('ServiceQuotaExceededException', `an account has at most ${maxSchedules} schedules`);
    }
    const row = await rowOf(ctx, input, group, ctx.now);
    ctx.records.create(schedules, id, row);
    scheduleRuns(ctx, row);
    return { ScheduleArn };
  },
};

/** Replaces the whole schedule: what a request does not say goes back to its default. */
export const UpdateSchedule: Operation<'UpdateSchedule'> = {
  resource: scheduleResource,
  handle: async (input, ctx) => {
    const known = await openSchedule(ctx, input);
    const row = await rowOf(ctx, input, known.group, known.created);
    ctx.records.put(schedules, scheduleId(row.group, row.name), row);
    scheduleRuns(ctx, row);
    return { ScheduleArn: scheduleArn(ctx, row.group, row.name) };
  },
};

export const GetSchedule: Operation<'GetSchedule'> = {
  resource: scheduleResource,
  handle: async (input, ctx) => {
    const row = await openSchedule(ctx, input);
    return present({
      ...shownSchedule(ctx, row),
      ActionAfterCompletion: row.afterCompletion,
      Description: row.description,
      StartDate: row.from === undefined ? undefined : new Date(row.from),
      EndDate: row.to === undefined ? undefined : new Date(row.to),
      FlexibleTimeWindow: row.window,
      KmsKeyArn: row.kmsKey,
      ScheduleExpression: row.expression,
      ScheduleExpressionTimezone: row.zone,
      Target: row.target,
    });
  },
};

export const DeleteSchedule: Operation<'DeleteSchedule'> = {
  resource: scheduleResource,
  handle: async (input, ctx) => {
    const row = await openSchedule(ctx, input);
    ctx.records.delete(schedules, scheduleId(row.group, row.name));
    cancelRuns(ctx, row);
    return {};
  },
};

export const ListSchedules: Operation<'ListSchedules'> = {
  resource: () => '*',
  handle: async ({ GroupName, NamePrefix = '', State, NextToken, MaxResults = pageSize }, ctx) => {
    if (GroupName !== undefined) await openGroup(ctx, GroupName);
    const prefix = GroupName === undefined ? '' : scheduleId(GroupName, NamePrefix);
    const keep = ({ value }: Listed<ScheduleRow>) =>
      value.name.startsWith(NamePrefix) && (State === undefined || value.state === State);
    const { entries, nextToken } = await pageOf<Listed<ScheduleRow>>(
      NextToken,
      MaxResults,
      ({ id }) => id,
      invalidToken,
      async (start, limit) => {
        const found: Listed<ScheduleRow>[] = [];
        for (let after = start; ; ) {
          const read = await ctx.records.list(schedules, { prefix, ...(after === undefined ? {} : { after }) });
          found.push(...read.filter(keep));
          after = read.at(-1)?.id;
          if (after === undefined || found.length >= limit) return found.slice(0, limit);
        }
      },
    );
    return present({ Schedules: entries.map(({ value }) => summary(ctx, value)), NextToken: nextToken });
  },
};

async function scheduleResource({ Name, GroupName = defaultGroup }: Named, ctx: Context): Promise<ResourceRef> {
  const arn = scheduleArn(ctx, GroupName, Name);
  ctx.audit([{ arn, type: 'AWS::Scheduler::Schedule' }]);
  // Schedules carry no tags of their own; those of their group count.
  return { arn, tags: (await findGroup(ctx.records, GroupName))?.tags };
}

async function openSchedule(ctx: Context, { Name, GroupName = defaultGroup }: Named): Promise<ScheduleRow> {
  const row = await ctx.records.get(schedules, scheduleId(GroupName, Name));
  if (row === undefined) throw notFound(`Schedule ${Name} does not exist.`);
  return row;
}

async function checkGroup(ctx: Context, name: string): Promise<void> {
  const { state } = await openGroup(ctx, name);
  if (state === 'DELETING') throw conflict(`Schedule group ${name} is being deleted.`);
}

type ScheduleInput = Input<'CreateSchedule'> | Input<'UpdateSchedule'>;

async function rowOf(ctx: Context, input: ScheduleInput, group: string, created: number): Promise<ScheduleRow> {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: zone = 'UTC' } = input;
  if (parseSchedule(expression) === undefined) throw invalid(`Invalid Schedule Expression ${expression}.`);
  if (timeZone(zone) === undefined) throw invalid(`Invalid Schedule Expression Timezone ${zone}.`);
  const window = input.FlexibleTimeWindow;
  if ((window.Mode === 'FLEXIBLE') !== (window.MaximumWindowInMinutes !== undefined)) {
    throw invalid(
      'Invalid FlexibleTimeWindow: expected MaximumWindowInMinutes with the mode FLEXIBLE, and only with it.',
    );
  }
  const [from, to] = [input.StartDate?.getTime(), input.EndDate?.getTime()];
  if (to !== undefined && to <= (from ?? ctx.now)) {
    throw invalid('The EndDate you specify must come after the StartDate, and be in the future.');
  }
  await checkTarget(ctx, input.Target, scheduleArn(ctx, group, input.Name));
  return {
    name: input.Name,
    group,
    description: input.Description,
    expression,
    zone,
    from,
    to,
    window,
    state: input.State ?? 'ENABLED',
    afterCompletion: input.ActionAfterCompletion ?? 'NONE',
    target: withRetryPolicy(input.Target),
    kmsKey: input.KmsKeyArn,
    clientToken: input.ClientToken,
    created,
    modified: ctx.now,
  };
}

/** Answers show the policy that counts. */
function withRetryPolicy(target: ScheduleRow['target']): ScheduleRow['target'] {
  return {
    ...target,
    RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...target.RetryPolicy },
  };
}

function shownSchedule(ctx: Context, row: ScheduleRow) {
  return {
    Arn: scheduleArn(ctx, row.group, row.name),
    GroupName: row.group,
    Name: row.name,
    State: row.state,
    CreationDate: new Date(row.created),
    LastModificationDate: new Date(row.modified),
  };
}

function summary(ctx: Context, row: ScheduleRow) {
  return { ...shownSchedule(ctx, row), Target: { Arn: row.target.Arn } };
}
