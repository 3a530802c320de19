import { type Input, invalidCombination, invalidValue, missingParameter, type Operation } from './api.ts';
import { periodsOf } from './engine/series.ts';
import { parseStatistic } from './engine/statistic.ts';
import type { Dimension } from './records.ts';
import { samplesOf } from './samples.ts';

/** Data points of one answer (API reference, GetMetricStatistics). */
const maxPoints = 1_440;

export const GetMetricStatistics: Operation<'GetMetricStatistics'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { Statistics = [], ExtendedStatistics = [], Period: period, Unit, MetricName } = input;
    if (Statistics.length === 0 && ExtendedStatistics.length === 0)
      throw missingParameter('Must specify either Statistics or ExtendedStatistics.');
    checkPeriod(period);
    const [start, end] = rangeOf(input);
    if ((end - start) / period > maxPoints) {
      throw invalidCombination(
        `You have requested up to ${Math.floor((end - start) / period)} datapoints, which exceeds the limit of ${maxPoints}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    }
    const extended = ExtendedStatistics.map((name) => {
      const statistic = parseStatistic(name);
      if (statistic === undefined)
        throw invalidValue(`The value ${name} for parameter ExtendedStatistics.member.1 is not a valid statistic.`);
      return [name, statistic] as const;
    });
    const metric = {
      namespace: input.Namespace,
      name: MetricName,
      dimensions: input.Dimensions as readonly Dimension[],
    };
    const samples = await samplesOf(ctx, metric, start, end);
    const units = Unit === undefined ? [...new Set(samples.map(({ unit }) => unit))] : [Unit];
    const datapoints = units.flatMap((unit) =>
      periodsOf(samples, period, unit).map((sample) => ({
        Timestamp: new Date(sample.at * 1000),
        Unit: unit as never,
        ...Object.fromEntries(Statistics.map((name) => [name, parseStatistic(name)?.(sample)])),
        ...(extended.length === 0
          ? {}
          : {
              ExtendedStatistics: Object.fromEntries(
                extended.flatMap(([name, statistic]) => {
                  const value = statistic(sample);
                  return value === undefined ? [] : [[name, value]];
                }),
              ),
            }),
      })),
    );
    return { Label: MetricName, Datapoints: datapoints };
  },
};

/** Seconds; the begin is rounded down to a whole second. @throws ServiceError for an end before the start */
function rangeOf({ StartTime, EndTime }: Input<'GetMetricStatistics'>): readonly [number, number] {
  const [start, end] = [Math.floor(StartTime.getTime() / 1000), Math.ceil(EndTime.getTime() / 1000)];
  if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  return [start, end];
}

/** 1, 5, 10, 20, 30 or a multiple of 60. */
export function checkPeriod(period: number): void {
  if (![1, 5, 10, 20, 30].includes(period) && (period % 60 !== 0 || period <= 0))
    throw invalidValue('The parameter Period must be equal to 1, 5, 10, 20, 30, or any multiple of 60.');
}
