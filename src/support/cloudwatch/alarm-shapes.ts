import type { StateChange } from './alarm-state.ts';
import type { AlarmQuery, AlarmRow } from './records.ts';

/** A state as events and functions get it. */
export function shownState({ state, reason, reasonData, updated }: StateChange['before']): object {
  return {
    value: state,
    reason,
    ...(reasonData === undefined ? {} : { reasonData }),
    timestamp: zoned(updated),
  };
}

/** What an alarm watches, as events and functions get it (CloudWatch user guide, "Alarm events and EventBridge"). */
export function alarmData(alarm: AlarmRow): object {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.metric === undefined) return { ...description, alarmRule: alarm.rule };
  const { single, queries = [], period } = alarm.metric;
  const stats: readonly AlarmQuery[] =
    single === undefined
      ? queries
      : [
          {
            Id: alarm.arn
              .replaceAll(/[^a-z0-9]/gi, '')
              .slice(-32)
              .toLowerCase(),
            ReturnData: true,
            MetricStat: {
              Metric: { Namespace: single.namespace, MetricName: single.name, Dimensions: single.dimensions },
              Period: period,
              Stat: single.statistic,
              Unit: single.unit,
            },
          },
        ];
  return { ...description, metrics: stats.map(queryData) };
}

function queryData({ Id, Expression, Label, ReturnData = true, MetricStat }: AlarmQuery): object {
  if (MetricStat === undefined) return { id: Id, expression: Expression, label: Label, returnData: ReturnData };
  const { Metric, Period, Stat, Unit } = MetricStat;
  return {
    id: Id,
    metricStat: {
      metric: {
        namespace: Metric.Namespace,
        name: Metric.MetricName,
        dimensions: Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
      },
      period: Period,
      stat: Stat,
      ...(Unit === undefined ? {} : { unit: Unit }),
    },
    returnData: ReturnData,
  };
}

/** `2026-11-23T21:00:00.000+0000`, as CloudWatch writes times. */
export function zoned(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}+0000`;
}
