import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { RoutedEvent } from './deliveries.ts';
import { type ArchiveRow, archived, archivedId, archiveSizes, archives, keptKey } from './records.ts';

const retentionKind = 'events/retention';
const clearKind = 'events/clear-archive';
const dayMs = 86_400_000;
/** Archives are looked through this often. */
const everyMs = 3_600_000;
/** Events that go in one unit. */
const batch = 500;

/** Puts events into an archive, which counts them. An event that comes twice is kept once. */
export async function keepEvents(ctx: Context, name: string, events: readonly RoutedEvent[]): Promise<void> {
  const { records } = ctx;
  if ((await records.get(archives, name)) === undefined) return;
  let { events: count, bytes } = (await records.get(archiveSizes, name)) ?? { events: 0, bytes: 0 };
  for (const { id, text, time } of events) {
    const key = archivedId(name, time, id);
    if ((await records.get(archived, key)) !== undefined) continue;
    records.put(archived, key, { text, time, kept: ctx.now });
    count += 1;
    bytes += Buffer.byteLength(text);
  }
  records.put(archiveSizes, name, { events: count, bytes });
}

export function scheduleRetention(ctx: Context, { name, retentionDays }: ArchiveRow): void {
  const runAt = retentionDays === 0 ? undefined : ctx.now + everyMs;
  ctx.schedule({ kind: retentionKind, id: jobId(ctx.account, ctx.region, name), runAt });
}

/** Drops what is older than an archive keeps it. */
export async function dropExpired(name: string, _payload: unknown, ctx: Context): Promise<void> {
  const archive = await ctx.records.get(archives, name);
  if (archive === undefined || archive.retentionDays === 0) return;
  const oldest = keptKey(name, ctx.now - archive.retentionDays * dayMs);
  const found = await ctx.records.listIndex(archived, 'by-kept', { prefix: `${name}|`, limit: batch });
  const expired = found.filter(({ indexKey }) => indexKey < oldest);
  const size = await ctx.records.get(archiveSizes, name);
  for (const { id } of expired) ctx.records.delete(archived, id);
  if (size !== undefined && expired.length > 0) {
    const bytes = expired.reduce((sum, { value }) => sum + Buffer.byteLength(value.text), 0);
    ctx.records.put(archiveSizes, name, { events: size.events - expired.length, bytes: size.bytes - bytes });
  }
  const runAt = ctx.now + (expired.length === batch ? 0 : everyMs);
  ctx.schedule({ kind: retentionKind, id: jobId(ctx.account, ctx.region, name), runAt });
}

/** Empties an archive that is gone. What it held until now goes: an archive of the same name may take its place. */
export function clearArchive(ctx: Context, name: string): void {
  ctx.schedule({ kind: retentionKind, id: jobId(ctx.account, ctx.region, name), runAt: undefined });
  ctx.schedule({ kind: clearKind, id: jobId(ctx.account, ctx.region, name), runAt: ctx.now, payload: ctx.now });
}

/** Deletes what a deleted archive holds, a part at a time. */
export async function clearHeld(name: string, payload: unknown, ctx: Context): Promise<void> {
  const last = keptKey(name, Number(payload) + 1);
  const found = await ctx.records.listIndex(archived, 'by-kept', { prefix: `${name}|`, limit: batch });
  const held = found.filter(({ indexKey }) => indexKey < last);
  for (const { id } of held) ctx.records.delete(archived, id);
  if (held.length < batch) return;
  ctx.schedule({ kind: clearKind, id: jobId(ctx.account, ctx.region, name), runAt: ctx.now, payload });
}
