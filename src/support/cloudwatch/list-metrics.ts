import { pageOf } from '#runtime/page.ts';
import { type Input, invalidToken, type Operation } from './api.ts';
import { type MetricRow, metrics } from './records.ts';

const pageSize = 500;
/** Records read for one page, so that a filter that matches little does not read everything at once. */
const readAtMost = 5_000;
const threeHours = 3 * 3_600;
/** A metric without data for this long is listed no more (API reference, ListMetrics), seconds. */
const listed = 14 * 86_400;

export const ListMetrics: Operation<'ListMetrics'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { Namespace, MetricName } = input;
    const now = Math.floor(ctx.now / 1000);
    const prefix =
      Namespace === undefined ? '' : MetricName === undefined ? `${Namespace}\n` : `${Namespace}\n${MetricName}\n`;
    let read = 0;
    const { entries, nextToken } = await pageOf<{ readonly id: string; readonly value: MetricRow }>(
      input.NextToken,
      pageSize,
      ({ id }) => id,
      invalidToken,
      async (after, limit) => {
        const found: { readonly id: string; readonly value: MetricRow }[] = [];
        let last = after;
        while (found.length < limit && read < readAtMost) {
          const page = await ctx.records.list(metrics, {
            prefix,
            limit,
            ...(last === undefined ? {} : { after: last }),
          });
          read += page.length;
          last = page.at(-1)?.id ?? last;
          found.push(...page.filter(({ value }) => fits(value, input, now)));
          if (page.length < limit) break;
        }
        return found;
      },
    );
    return {
      Metrics: entries.map(({ value: { namespace, name, dimensions } }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions,
      })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
};

function fits(metric: MetricRow, input: Input<'ListMetrics'>, now: number): boolean {
  const { MetricName, Dimensions = [], RecentlyActive } = input;
  if (MetricName !== undefined && metric.name !== MetricName) return false;
  if (metric.lastSeen < now - (RecentlyActive === undefined ? listed : threeHours)) return false;
  return Dimensions.every(({ Name, Value }) =>
    metric.dimensions.some(
      (dimension) => dimension.Name === Name && (Value === undefined || dimension.Value === Value),
    ),
  );
}
