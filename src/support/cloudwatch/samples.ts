import type { Context } from '#runtime/context.ts';
import type { Sample } from './engine/sample.ts';
import { beginOf, type Dimension, type Level, levelPrefix, metricId, pointPrefix, points, sorted } from './records.ts';

/** Seconds that a point record of each level covers. */
export const spans: Readonly<Record<Level, number>> = { raw: 3_600, 60: 3_600, 300: 86_400, 3600: 10 * 86_400 };

const pageSize = 500;

/** Samples of a metric whose time is from `start` up to, not including, `end` (seconds), as they came and as they were rolled up. */
export async function samplesOf(
  ctx: Pick<Context, 'records'>,
  metric: { readonly namespace: string; readonly name: string; readonly dimensions?: readonly Dimension[] | undefined },
  start: number,
  end: number,
): Promise<readonly Sample[]> {
  const prefix = pointPrefix(metricId(metric.namespace, metric.name, sorted(metric.dimensions)));
  const found: Sample[] = [];
  for (const level of ['raw', '60', '300', '3600'] as const) {
    const first = levelPrefix(prefix, level);
    const begin = Math.max(0, Math.floor(start / spans[level]) * spans[level]);
    let after = `${first}${String(begin).padStart(10, '0')}`;
    for (;;) {
      const page = await ctx.records.list(points, { prefix: first, after, limit: pageSize });
      for (const { id, value } of page) {
        if (beginOf(id) >= end) break;
        for (const sample of value.samples) if (sample.at >= start && sample.at < end) found.push(sample);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize || beginOf(last.id) >= end) break;
      after = last.id;
    }
  }
  return found;
}
