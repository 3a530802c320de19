import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { alarmResource, alarmResources, keepAlarm } from './alarm-access.ts';
import { remember } from './alarm-history.ts';
import { enterState } from './alarm-state.ts';
import { notFound, type Operation, validation } from './api.ts';
import { scheduleEvaluation } from './put-alarm.ts';
import { alarms } from './records.ts';

export const DeleteAlarms: Operation<'DeleteAlarms'> = {
  resource: ({ AlarmNames }, ctx) => alarmResources(ctx, AlarmNames),
  handle: async ({ AlarmNames }, ctx) => {
    const going = new Set(AlarmNames);
    for (const name of going) {
      const row = await ctx.records.get(alarms, name);
      // As recorded: alarms that do not exist are no error.
      if (row === undefined) continue;
      const parents = await ctx.records.listIndex(alarms, 'by-child', { equals: name });
      const asked = parents.find(({ id }) => !going.has(id));
      if (asked !== undefined) throw validation(`Alarm ${name} is used by the composite alarm ${asked.id}.`);
      ctx.records.delete(alarms, name);
      remember(ctx, row, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { version: '1.0', type: 'Delete' });
      ctx.schedule({ kind: 'cloudwatch/evaluate', id: jobId(ctx.account, ctx.region, name), runAt: undefined });
    }
    return {};
  },
};

export const DisableAlarmActions: Operation<'DisableAlarmActions'> = {
  resource: ({ AlarmNames }, ctx) => alarmResources(ctx, AlarmNames),
  handle: async ({ AlarmNames }, ctx) => switchActions(ctx, AlarmNames, false),
};

export const EnableAlarmActions: Operation<'EnableAlarmActions'> = {
  resource: ({ AlarmNames }, ctx) => alarmResources(ctx, AlarmNames),
  handle: async ({ AlarmNames }, ctx) => switchActions(ctx, AlarmNames, true),
};

async function switchActions(ctx: Context, names: readonly string[], actionsEnabled: boolean): Promise<object> {
  for (const name of new Set(names)) {
    const row = await ctx.records.get(alarms, name);
    if (row === undefined || row.actionsEnabled === actionsEnabled) continue;
    keepAlarm(ctx, { ...row, actionsEnabled, configured: ctx.now });
    remember(ctx, row, 'ConfigurationUpdate', `Alarm "${name}" updated`, { version: '1.0', type: 'Update' });
  }
  return {};
}

/** Until the next evaluation finds otherwise. */
export const SetAlarmState: Operation<'SetAlarmState'> = {
  resource: ({ AlarmName }, ctx) => alarmResource(ctx, AlarmName),
  handle: async ({ AlarmName, StateValue, StateReason, StateReasonData }, ctx) => {
    const row = await ctx.records.get(alarms, AlarmName);
    if (row === undefined) throw notFound();
    const state = enterState(ctx, row, StateValue, StateReason, dataIn(StateReasonData));
    scheduleEvaluation(ctx, state);
    return {};
  },
};

/** @throws ServiceError InvalidFormat for text that is no JSON object */
function dataIn(text: string | undefined): object | undefined {
  if (text === undefined) return undefined;
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data;
  } catch {
    // Said below.
  }
  throw validation('TheStateReasonData was not valid JSON');
}
