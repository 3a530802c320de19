import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { publishDeliveries } from './deliveries.ts';
import { replayedText } from './engine/envelope.ts';
import { ruleArn } from './names.ts';
import { archived, archivedId, type ReplayRow, replays } from './records.ts';
import { type Routable, route } from './routing.ts';

export const replayKind = 'events/replay';

/** Events that a replay hands over in one unit. */
const batch = 100;

/** Hands over the next events of a replay, in the order of their times, and goes on until the last. */
export async function runReplay(name: string, payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(replays, name);
  if (row === undefined || row.ended !== undefined) return;
  if (row.state === 'CANCELLING') return ctx.records.put(replays, name, { ...row, state: 'CANCELLED', ended: ctx.now });
  const after = typeof payload === 'string' ? payload : archivedId(row.archive, row.from, '');
  const read = await ctx.records.list(archived, { prefix: `${row.archive}|`, after, limit: batch });
  const end = archivedId(row.archive, row.to + 1, '');
  const found = read.filter(({ id }) => id < end);
  await handOver(
    ctx,
    row,
    found.map(({ value }) => value.text),
  );
  const last = found.at(-1);
  const lastReplayed = last?.value.time ?? row.lastReplayed;
  if (last !== undefined && found.length === batch) {
    ctx.records.put(replays, name, { ...row, state: 'RUNNING', lastReplayed });
    ctx.schedule({ kind: replayKind, id: jobId(ctx.account, ctx.region, name), runAt: ctx.now, payload: last.id });
  } else {
    ctx.records.put(replays, name, { ...row, state: 'COMPLETED', lastReplayed, ended: ctx.now });
  }
}

/** Replayed events carry the replay's name, and go to rules only: not into archives again, and to those rules that the replay names. */
async function handOver(ctx: Context, { name, bus: busName, filterArns }: ReplayRow, texts: readonly string[]) {
  const bus = { account: ctx.account, region: ctx.region, name: busName };
  const events: Routable[] = texts.map((original) => {
    const text = replayedText(original, name);
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> & {
      readonly id: string;
      readonly time: string;
    };
    const time = Date.parse(value.time);
    return { event: { id: value.id, text, time, arrived: ctx.now, crossings: 0, hops: 0 }, value };
  });
  const wanted = filterArns === undefined || filterArns.length === 0 ? undefined : new Set(filterArns);
  const deliveries = await route(ctx, bus, events);
  const takers = deliveries.takers.filter(
    (taker) => taker.kind === 'rule' && (wanted?.has(ruleArn(bus, taker.name)) ?? true),
  );
  publishDeliveries(ctx, { ...deliveries, takers });
}
