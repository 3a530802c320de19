import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { mergeSamples, type Sample } from './engine/sample.ts';
import { beginOf, type Level, levelPrefix, metrics, pointId, points } from './records.ts';
import { spans } from './samples.ts';

const hour = 3_600;
const day = 24 * hour;

/** What is older than `after` becomes `to` (CloudWatch user guide, "Metrics retention"); after 15 months it goes. */
const steps: readonly { readonly from: Level; readonly to: Level; readonly period: number; readonly after: number }[] =
  [
    { from: 'raw', to: '60', period: 60, after: 3 * hour },
    { from: '60', to: '300', period: 300, after: 15 * day },
    { from: '300', to: '3600', period: hour, after: 63 * day },
  ];
const kept = 455 * day;
/** Records merged in one run: one that has more goes on at once. */
const batch = 400;

/** Rolls one metric's data up, once an hour for as long as there is any. */
export async function rollUp(prefix: string, payload: unknown, ctx: Context): Promise<void> {
  const now = Math.floor(ctx.now / 1000);
  let full = false;
  for (const step of steps) full = (await roll(ctx, prefix, step, now)) || full;
  const { metric } = payload as { readonly metric: string };
  const old = await ctx.records.list(points, { prefix: levelPrefix(prefix, '3600'), limit: batch });
  const gone = old.filter(({ id }) => beginOf(id) + spans['3600'] < now - kept);
  for (const { id } of gone) ctx.records.delete(points, id);
  const [left] = await ctx.records.list(points, { prefix: `${prefix}|`, limit: 1 });
  if (left === undefined) {
    const row = await ctx.records.get(metrics, metric);
    // Data may be on its way that this did not see; a metric without any is shown for as long as its data was kept.
    if (row !== undefined && row.lastSeen < now - kept) ctx.records.delete(metrics, metric);
    if (row === undefined || row.lastSeen < now - kept) return;
  }
  const runAt = ctx.now + (full || gone.length === batch ? 1_000 : hour * 1_000);
  ctx.schedule({ kind: 'cloudwatch/roll-up', id: jobId(ctx.account, ctx.region, prefix), runAt, payload });
}

/** @returns whether there may be more */
async function roll(
  ctx: Context,
  prefix: string,
  { from, to, period, after }: (typeof steps)[number],
  now: number,
): Promise<boolean> {
  const found = await ctx.records.list(points, { prefix: levelPrefix(prefix, from), limit: batch });
  const due = found.filter(({ id }) => beginOf(id) + spans[from] < now - after);
  if (due.length === 0) return false;
  const spanOf = (at: number) => Math.floor(at / spans[to]) * spans[to];
  const groups = Map.groupBy(
    due.flatMap(({ value }) => value.samples),
    ({ at }) => spanOf(at),
  );
  for (const [begin, samples] of groups) {
    // A uuid: an earlier run may have rolled up a part of the same span.
    ctx.records.create(points, pointId(prefix, to, begin, ctx.uuid()), { samples: rolled(samples, period) });
  }
  for (const { id } of due) ctx.records.delete(points, id);
  return due.length === batch;
}

function rolled(samples: readonly Sample[], period: number): readonly Sample[] {
  const groups = Map.groupBy(samples, ({ at, unit }) => `${Math.floor(at / period) * period} ${unit}`);
  return [...groups].flatMap(([name, group]) => mergeSamples(Number(name.split(' ')[0]), group) ?? []);
}
