import { placeIn, tokenOf } from '#runtime/page.ts';
import { invalidToken, type Operation, validation } from './api.ts';
import { type QueryResult, readQueries, runQueries } from './metric-queries.ts';
import type { AlarmQuery } from './records.ts';

/** Data points of one answer (API reference, GetMetricData). */
const maxPoints = 100_800;

export const GetMetricData: Operation<'GetMetricData'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const start = Math.floor(input.StartTime.getTime() / 1000);
    const end = Math.ceil(input.EndTime.getTime() / 1000);
    if (start >= end) throw validation('The parameter StartTime must be less than the parameter EndTime.');
    const queries = readQueries(input.MetricDataQueries as readonly AlarmQuery[], 'MetricDataQueries');
    const results = await runQueries(ctx, queries, start, end);
    const skip = Number(placeIn(input.NextToken, invalidToken) ?? 0);
    if (!Number.isInteger(skip) || skip < 0) throw invalidToken();
    const { shown, next } = pageOf(results, skip, input.MaxDatapoints ?? maxPoints);
    return {
      Messages: [],
      MetricDataResults: shown.map(({ id, label, series, whole }) => {
        const ordered = input.ScanBy === 'TimestampAscending' ? series : series.toReversed();
        return {
          Id: id,
          Label: label,
          StatusCode: whole ? 'Complete' : 'PartialData',
          Timestamps: ordered.map(([at]) => new Date(at * 1000)),
          Values: ordered.map(([, value]) => value),
        };
      }),
      ...(next === undefined ? {} : { NextToken: tokenOf(String(next)) }),
    };
  },
};

type Shown = QueryResult & { readonly whole: boolean };

/** The points after the first `skip`, counted through all results, and where the next page begins. */
function pageOf(
  results: readonly QueryResult[],
  skip: number,
  limit: number,
): { readonly shown: readonly Shown[]; readonly next: number | undefined } {
  let seen = 0;
  const shown: Shown[] = [];
  for (const result of results) {
    const from = Math.max(0, skip - seen);
    const room = Math.max(0, skip + limit - seen - from);
    const series = result.series.slice(from, from + room);
    seen += result.series.length;
    if (series.length > 0 || skip === 0)
      shown.push({ ...result, series, whole: from + series.length >= result.series.length });
  }
  return { shown, next: seen > skip + limit ? skip + limit : undefined };
}
