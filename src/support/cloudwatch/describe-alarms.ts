import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { alarmArn } from './alarm-access.ts';
import { type Input, invalidToken, type Operation, validation } from './api.ts';
import { type AlarmRow, alarms, metricId, sorted } from './records.ts';

const pageSize = 50;

export const DescribeAlarms: Operation<'DescribeAlarms'> = {
  resource: (_input, ctx) => alarmArn(ctx, '*'),
  handle: async (input, ctx) => {
    const { AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, ParentsOfAlarmName } = input;
    if (AlarmNames !== undefined && AlarmNamePrefix !== undefined)
      throw validation('AlarmNames and AlarmNamePrefix are mutually exclusive.');
    const related = ChildrenOfAlarmName ?? ParentsOfAlarmName;
    const found =
      related === undefined
        ? undefined
        : ParentsOfAlarmName === undefined
          ? await childrenOf(ctx, related)
          : (await ctx.records.listIndex(alarms, 'by-child', { equals: related })).map(({ value }) => value);
    if (found !== undefined) return shown(found);
    if (AlarmNames !== undefined) {
      const rows = await Promise.all([...new Set(AlarmNames)].map((name) => ctx.records.get(alarms, name)));
      return shown(rows.filter((row) => row !== undefined).filter((row) => fits(row, input)));
    }
    const { entries, nextToken } = await pageOf<Listed<AlarmRow>>(
      input.NextToken,
      input.MaxRecords ?? pageSize,
      ({ id }) => id,
      invalidToken,
      async (after, limit) => {
        const rows: Listed<AlarmRow>[] = [];
        let last = after;
        for (;;) {
          const page = await ctx.records.list(alarms, {
            prefix: AlarmNamePrefix ?? '',
            limit,
            ...(last === undefined ? {} : { after: last }),
          });
          rows.push(...page.filter(({ value }) => fits(value, input)));
          last = page.at(-1)?.id ?? last;
          if (page.length < limit || rows.length >= limit) return rows;
        }
      },
    );
    return {
      ...shown(entries.map(({ value }) => value)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
};

async function childrenOf(ctx: Context, name: string): Promise<readonly AlarmRow[]> {
  const parent = await ctx.records.get(alarms, name);
  const rows = await Promise.all((parent?.children ?? []).map((child) => ctx.records.get(alarms, child)));
  return rows.filter((row) => row !== undefined);
}

/** Composite alarms are shown when they are asked for. */
function fits(row: AlarmRow, { StateValue, ActionPrefix, AlarmTypes }: Input<'DescribeAlarms'>): boolean {
  const kinds = AlarmTypes === undefined || AlarmTypes.length === 0 ? ['MetricAlarm'] : AlarmTypes;
  if (!kinds.includes(row.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm')) return false;
  if (StateValue !== undefined && row.state !== StateValue) return false;
  const actions = [...row.okActions, ...row.alarmActions, ...row.insufficientActions];
  return ActionPrefix === undefined || actions.some((action) => action.startsWith(ActionPrefix));
}

function shown(rows: readonly AlarmRow[]) {
  return {
    MetricAlarms: rows.filter(({ kind }) => kind === 'metric').map(metricAlarm),
    CompositeAlarms: rows.filter(({ kind }) => kind === 'composite').map(compositeAlarm),
  };
}

function common(row: AlarmRow) {
  return {
    AlarmName: row.name,
    AlarmArn: row.arn,
    ...(row.description === undefined ? {} : { AlarmDescription: row.description }),
    AlarmConfigurationUpdatedTimestamp: new Date(row.configured),
    ActionsEnabled: row.actionsEnabled,
    OKActions: row.okActions,
    AlarmActions: row.alarmActions,
    InsufficientDataActions: row.insufficientActions,
    StateValue: row.state,
    StateReason: row.reason,
    ...(row.reasonData === undefined ? {} : { StateReasonData: row.reasonData }),
    StateUpdatedTimestamp: new Date(row.updated),
    StateTransitionedTimestamp: new Date(row.transitioned),
  };
}

function metricAlarm(row: AlarmRow) {
  const { metric } = row;
  const { single, queries } = metric ?? {};
  return {
    ...common(row),
    ...(single === undefined
      ? { Metrics: queries }
      : {
          MetricName: single.name,
          Namespace: single.namespace,
          Dimensions: single.dimensions,
          Period: metric?.period,
          ...(single.extended ? { ExtendedStatistic: single.statistic } : { Statistic: single.statistic }),
          ...(single.unit === undefined ? {} : { Unit: single.unit }),
        }),
    EvaluationPeriods: metric?.evaluationPeriods,
    ...(metric?.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: metric.datapointsToAlarm }),
    Threshold: metric?.threshold,
    ComparisonOperator: metric?.comparison,
    ...(metric?.treatMissingData === undefined ? {} : { TreatMissingData: metric.treatMissingData }),
    ...(metric?.evaluateLowSampleCount === undefined
      ? {}
      : { EvaluateLowSampleCountPercentile: metric.evaluateLowSampleCount }),
  } as object;
}

function compositeAlarm(row: AlarmRow) {
  const { suppressor } = row;
  return {
    ...common(row),
    AlarmRule: row.rule,
    ...(suppressor === undefined
      ? {}
      : {
          ActionsSuppressor: suppressor.alarm,
          ActionsSuppressorWaitPeriod: suppressor.waitSeconds,
          ActionsSuppressorExtensionPeriod: suppressor.extensionSeconds,
        }),
  } as object;
}

export const DescribeAlarmsForMetric: Operation<'DescribeAlarmsForMetric'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const wanted = metricId(input.Namespace, input.MetricName, sorted(input.Dimensions as never));
    const found: AlarmRow[] = [];
    let after: string | undefined;
    do {
      const page = await ctx.records.list(alarms, { ...(after === undefined ? {} : { after }) });
      for (const { value } of page) {
        const { single } = value.metric ?? {};
        if (single === undefined || metricId(single.namespace, single.name, single.dimensions) !== wanted) continue;
        const statistic = input.Statistic ?? input.ExtendedStatistic;
        if (statistic !== undefined && single.statistic !== statistic) continue;
        if (input.Period !== undefined && value.metric?.period !== input.Period) continue;
        if (input.Unit !== undefined && single.unit !== input.Unit) continue;
        found.push(value);
      }
      after = page.at(-1)?.id;
    } while (after !== undefined);
    return { MetricAlarms: found.map(metricAlarm) };
  },
};
