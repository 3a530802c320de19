import type { Context } from '#runtime/context.ts';
import { zoned } from './alarm-shapes.ts';
import { enterState } from './alarm-state.ts';
import { type Comparison, evaluate, evaluationStart, type MissingData } from './engine/alarm-evaluation.ts';
import { periodsOf, type Series } from './engine/series.ts';
import { parseStatistic } from './engine/statistic.ts';
import { readQueries, runQueries } from './metric-queries.ts';
import { scheduleEvaluation } from './put-alarm.ts';
import { alarms, type MetricAlarm } from './records.ts';
import { samplesOf } from './samples.ts';

/** Looks at one alarm's metric, every minute or ten seconds, and puts it into the state that it finds. */
export async function evaluateAlarm(name: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(alarms, name);
  if (row?.metric === undefined) return;
  const { metric } = row;
  // Only whole periods count: the one that is under way may still breach or not.
  const last = Math.floor(ctx.now / 1000 / metric.period) * metric.period - metric.period;
  const question = {
    comparison: metric.comparison as Comparison,
    threshold: metric.threshold,
    evaluationPeriods: metric.evaluationPeriods,
    datapointsToAlarm: metric.datapointsToAlarm ?? metric.evaluationPeriods,
    missing: (metric.treatMissingData ?? 'missing') as MissingData,
    period: metric.period,
    last,
  };
  const start = evaluationStart(question);
  const { series, counts } = await watched(ctx, metric, start, last + metric.period);
  const { state, reason, datapoints } = evaluate({ ...question, series });
  if (state !== undefined && state !== row.state) {
    enterState(ctx, row, state, reason, reasonData(ctx, metric, datapoints, counts));
  }
  scheduleEvaluation(ctx, row);
}

/** The series that decides, and how many samples are behind each of its points. */
async function watched(
  ctx: Context,
  { single, queries = [], period }: MetricAlarm,
  start: number,
  end: number,
): Promise<{ readonly series: Series; readonly counts: ReadonlyMap<number, number> }> {
  if (single === undefined) {
    const [result] = await runQueries(ctx, readQueries(queries, 'Metrics'), start, end);
    return { series: result?.series ?? [], counts: new Map() };
  }
  const statistic = parseStatistic(single.statistic);
  const samples = periodsOf(await samplesOf(ctx, single, start, end), period, single.unit);
  const series = samples.flatMap((sample) => {
    const value = statistic?.(sample);
    return value === undefined ? [] : [[sample.at, value] as const];
  });
  return { series, counts: new Map(samples.map(({ at, count }) => [at, count])) };
}

/** What decided, as CloudWatch tells it in StateReasonData. */
function reasonData(
  ctx: Context,
  { single, period, threshold }: MetricAlarm,
  datapoints: readonly { readonly at: number; readonly value: number | undefined }[],
  counts: ReadonlyMap<number, number>,
): object {
  const known = datapoints.filter(({ value }) => value !== undefined);
  const oldest = known.at(-1);
  return {
    version: '1.0',
    queryDate: zoned(ctx.now),
    ...(oldest === undefined ? {} : { startDate: zoned(oldest.at * 1000) }),
    ...(single?.unit === undefined ? {} : { unit: single.unit }),
    ...(single === undefined ? {} : { statistic: single.statistic }),
    period,
    recentDatapoints: known.map(({ value }) => value).reverse(),
    threshold,
    evaluatedDatapoints: datapoints.map(({ at, value }) => ({
      timestamp: zoned(at * 1000),
      ...(counts.get(at) === undefined ? {} : { sampleCount: counts.get(at) }),
      ...(value === undefined ? {} : { value }),
    })),
  };
}
