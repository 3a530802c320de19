import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { alarmArn, alarmResource, keepAlarm } from './alarm-access.ts';
import { remember } from './alarm-history.ts';
import { type Input, invalidCombination, invalidValue, missingParameter, type Operation, validation } from './api.ts';
import { parseStatistic } from './engine/statistic.ts';
import { checkPeriod } from './get-statistics.ts';
import { readQueries } from './metric-queries.ts';
import { type AlarmQuery, type AlarmRow, alarms, type Dimension, type MetricAlarm, sorted } from './records.ts';

type Asked = Input<'PutMetricAlarm'>;

const comparisons = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
/** Seconds that all periods of an evaluation may take: a day, for periods of an hour and more a week. */
const day = 86_400;

export const PutMetricAlarm: Operation<'PutMetricAlarm'> = {
  resource: ({ AlarmName }, ctx) => alarmResource(ctx, AlarmName),
  conditions: (input) => ({ ...requestTagKeys(input.Tags), 'cloudwatch:AlarmActions': actionsOf(input) }),
  handle: async (input, ctx) => {
    const metric = metricOf(input);
    checkActions(input);
    const known = await ctx.records.get(alarms, input.AlarmName);
    if (known?.kind === 'composite')
      throw validation(`A composite alarm has the name ${input.AlarmName}: it cannot become a metric alarm.`);
    const row = configured(ctx, input, known, { kind: 'metric', metric });
    keepAlarm(ctx, row);
    scheduleEvaluation(ctx, row);
    return {};
  },
};

type Common = Pick<
  Asked,
  | 'AlarmName'
  | 'AlarmDescription'
  | 'ActionsEnabled'
  | 'OKActions'
  | 'AlarmActions'
  | 'InsufficientDataActions'
  | 'Tags'
>;

/** The record of an alarm that was made or changed; tags count when it is made. */
export function configured(
  ctx: Context,
  input: Common,
  known: AlarmRow | undefined,
  kind: Pick<AlarmRow, 'kind' | 'metric' | 'rule' | 'parsedRule' | 'children' | 'suppressor'>,
): AlarmRow {
  const row: AlarmRow = {
    ...(known ?? {
      name: input.AlarmName,
      arn: alarmArn(ctx, input.AlarmName),
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updated: ctx.now,
      transitioned: ctx.now,
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    }),
    ...kind,
    description: input.AlarmDescription,
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: input.OKActions ?? [],
    alarmActions: input.AlarmActions ?? [],
    insufficientActions: input.InsufficientDataActions ?? [],
    configured: ctx.now,
  };
  const done = known === undefined ? 'created' : 'updated';
  const type = known === undefined ? 'Create' : 'Update';
  remember(ctx, row, 'ConfigurationUpdate', `Alarm "${row.name}" ${done}`, { version: '1.0', type });
  return row;
}

/** The next whole minute, or ten seconds for short periods; from then on the alarm looks after itself. */
export function scheduleEvaluation(ctx: Context, { name, metric }: AlarmRow): void {
  if (metric === undefined) return;
  const step = everyMs(metric);
  const runAt = Math.floor(ctx.now / step) * step + step;
  ctx.schedule({ kind: 'cloudwatch/evaluate', id: jobId(ctx.account, ctx.region, name), runAt });
}

export function everyMs({ period }: MetricAlarm): number {
  return period < 60 ? 10_000 : 60_000;
}

function actionsOf({
  OKActions = [],
  AlarmActions = [],
  InsufficientDataActions = [],
}: Common): readonly string[] | undefined {
  const all = [...OKActions, ...AlarmActions, ...InsufficientDataActions];
  return all.length === 0 ? undefined : all;
}

/** What an alarm can do: tell a topic, call a function. @throws ServiceError ValidationError */
export function checkActions(input: Common): void {
  for (const action of actionsOf(input) ?? []) {
    if (!/^arn:aws:(?:sns:[a-z0-9-]+:\d{12}:[\w.-]+|lambda:[a-z0-9-]+:\d{12}:function:[\w:$-]+)$/.test(action))
      throw validation(`Invalid arn syntax or unsupported action: ${action}`);
  }
}

/** @throws ServiceError for parameters that do not fit together */
function metricOf(input: Asked): MetricAlarm {
  const { ComparisonOperator: comparison, Threshold: threshold, EvaluationPeriods: evaluationPeriods } = input;
  if (input.ThresholdMetricId !== undefined || !comparisons.includes(comparison ?? ''))
    throw validation('Alarms on anomaly detection models are not supported.');
  if (threshold === undefined) throw missingParameter('The parameter Threshold is required.');
  if (evaluationPeriods === undefined) throw missingParameter('The parameter EvaluationPeriods is required.');
  const watched = input.Metrics === undefined ? singleOf(input) : queriesOf(input);
  const { DatapointsToAlarm: points } = input;
  if (points !== undefined && points > evaluationPeriods)
    throw validation('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  const limit = watched.period >= 3_600 ? 7 * day : day;
  if (watched.period * evaluationPeriods > limit)
    throw validation(
      `Metrics cannot be checked across more than ${limit === day ? 'a day' : 'a week'} (EvaluationPeriods * Period must be <= ${limit}).`,
    );
  return {
    ...watched,
    evaluationPeriods,
    datapointsToAlarm: points,
    threshold,
    comparison: comparison ?? '',
    treatMissingData: treatment(input.TreatMissingData),
    evaluateLowSampleCount: input.EvaluateLowSampleCountPercentile,
  };
}

function treatment(asked: string | undefined): string | undefined {
  if (asked !== undefined && !['missing', 'ignore', 'breaching', 'notBreaching'].includes(asked))
    throw validation(
      `Option ${asked} is not supported. Supported options for TreatMissingData are [breaching, notBreaching, ignore, missing].`,
    );
  return asked;
}

function singleOf(input: Asked): Pick<MetricAlarm, 'single' | 'period'> {
  const { MetricName: name, Namespace: namespace, Statistic, ExtendedStatistic, Period: period, Unit } = input;
  if (name === undefined || namespace === undefined)
    throw missingParameter('The parameters MetricName and Namespace are required.');
  if (period === undefined) throw missingParameter('The parameter Period is required.');
  checkPeriod(period);
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw invalidCombination('Exactly one of Statistic and ExtendedStatistic must be specified.');
  const statistic = Statistic ?? ExtendedStatistic ?? '';
  if (parseStatistic(statistic) === undefined)
    throw invalidValue(`The value ${statistic} for parameter ExtendedStatistic is not supported.`);
  const dimensions = sorted(input.Dimensions as readonly Dimension[] | undefined);
  return { single: { namespace, name, dimensions, statistic, extended: Statistic === undefined, unit: Unit }, period };
}

function queriesOf(input: Asked): Pick<MetricAlarm, 'queries' | 'period'> {
  const single = ['MetricName', 'Namespace', 'Dimensions', 'Period', 'Unit', 'Statistic', 'ExtendedStatistic'] as const;
  const both = single.filter((name) => input[name] !== undefined);
  if (both.length > 0) throw validation(`${both[0]} must not be set when using Metrics.`);
  const queries = (input.Metrics ?? []) as readonly AlarmQuery[];
  readQueries(queries, 'Metrics');
  const returning = queries.filter(({ ReturnData }) => ReturnData !== false);
  if (returning.length !== 1) throw validation('Exactly one element of the metrics list should return data.');
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []);
  return { queries, period: Math.max(...periods, 0) || 300 };
}
