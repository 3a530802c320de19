import type { Context } from '#runtime/context.ts';
import { keepAlarm } from './alarm-access.ts';
import { remember } from './alarm-history.ts';
import { alarmData, shownState } from './alarm-shapes.ts';
import type { AlarmState } from './engine/alarm-rule.ts';
import type { AlarmRow } from './records.ts';

/** What the subscriber of state changes gets: the alarm as it was when it changed. */
export type StateChange = {
  readonly alarm: AlarmRow;
  readonly before: {
    readonly state: AlarmState;
    readonly reason: string;
    readonly reasonData?: string | undefined;
    readonly updated: number;
  };
};

export const stateTopic = 'cloudwatch/state';

/** Puts an alarm into a state. A change is on record in its history, is an event, and starts its actions; the same state only updates the reason. */
export function enterState(
  ctx: Context,
  row: AlarmRow,
  state: AlarmState,
  reason: string,
  data: object | undefined,
): AlarmRow {
  const changed = state !== row.state;
  const alarm: AlarmRow = {
    ...row,
    state,
    reason,
    reasonData: data === undefined ? undefined : JSON.stringify(data),
    updated: ctx.now,
    transitioned: changed ? ctx.now : row.transitioned,
  };
  keepAlarm(ctx, alarm);
  if (!changed) return alarm;
  const before = { state: row.state, reason: row.reason, reasonData: row.reasonData, updated: row.updated };
  remember(ctx, alarm, 'StateUpdate', `Alarm updated from ${row.state} to ${state}`, {
    version: '1.0',
    oldState: historyState(before),
    newState: historyState(alarm),
  });
  ctx.emit({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: shownState(alarm),
      previousState: shownState(before),
      configuration: alarmData(alarm),
    },
  });
  ctx.publish(stateTopic, { alarm, before } satisfies StateChange);
  return alarm;
}

function historyState({ state, reason, reasonData }: StateChange['before']): object {
  return {
    stateValue: state,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) }),
  };
}
