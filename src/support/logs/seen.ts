import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { type Seen, type StreamRow, sizes, streamKey, streams } from './records.ts';

/** What came into a stream since it was last written down. */
type Arrival = {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly key: string;
  readonly seen: Seen;
  readonly bytes: number;
};

/**
 * Times and sizes of what came in, by stream id. Writing them with every call would make calls on one stream conflict; AWS, too, tells them
 * late.
 */
const arrivals = slot(() => new Map<string, Arrival>());

/** Notes what a call brought; the first of a stream is written down at once. */
export async function note(ctx: Context, row: StreamRow, seen: Seen, bytes: number): Promise<void> {
  if (row.seen === undefined) ctx.records.put(streams, streamKey(row.group, row.name), { ...row, seen });
  await ctx.once('arrival', async () => add(ctx, row, seen, bytes));
}

function add(ctx: Context, row: StreamRow, seen: Seen, bytes: number): void {
  const known = ctx.local(arrivals).get(row.id);
  ctx.local(arrivals).set(row.id, {
    account: ctx.account,
    region: ctx.region,
    group: row.group,
    key: streamKey(row.group, row.name),
    seen: joined(known?.seen, seen),
    bytes: (known?.bytes ?? 0) + bytes,
  });
}

/** A stream with what this process knows of it. */
export function withArrivals(ctx: Context, row: StreamRow): StreamRow {
  const known = ctx.local(arrivals).get(row.id);
  return known === undefined ? row : { ...row, seen: joined(row.seen, known.seen) };
}

function joined(a: Seen | undefined, b: Seen): Seen {
  if (a === undefined) return b;
  return {
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    ingested: Math.max(a.ingested, b.ingested),
  };
}

/**
 * Writes everything down; every minute, and before the end. What was written the last time is looked at once more: its commit may have been
 * overtaken. Sizes may miss that; times don't.
 */
export async function writeArrivals(ctx: Context): Promise<void> {
  const known = ctx.local(arrivals);
  const written = ctx.local(lastWritten);
  const again = written.list;
  const taken = [...known.values()];
  known.clear();
  written.list = taken;
  for (const arrival of again) await write(ctx, { ...arrival, bytes: 0 });
  for (const arrival of taken) await write(ctx, arrival);
}

const lastWritten = slot((): { list: readonly Arrival[] } => ({ list: [] }));

async function write(ctx: Context, { account, region, group, key, seen, bytes }: Arrival): Promise<void> {
  const records = ctx.records.at({ account, region });
  const row = await records.get(streams, key);
  // Deleted meanwhile.
  if (row === undefined || row.group !== group) return;
  const all = joined(row.seen, seen);
  if (!isSame(row.seen, all)) records.put(streams, key, { ...row, seen: all });
  if (bytes === 0) return;
  const size = await records.get(sizes, group);
  records.put(sizes, group, { bytes: (size?.bytes ?? 0) + bytes });
}

function isSame(a: Seen | undefined, b: Seen): boolean {
  return a?.first === b.first && a.last === b.last && a.ingested === b.ingested;
}
