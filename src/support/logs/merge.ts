import type { Context } from '#runtime/context.ts';
import type { Listed } from '#runtime/records.ts';
import { jobId } from '#runtime/run-job.ts';
import { slot } from '#runtime/slot.ts';
import { openBlock, sealBlock } from './block.ts';
import { Breath } from './breath.ts';
import { inOrder, type Line, pack } from './engine/layout.ts';
import { type BlockRow, blocks, type StreamRow } from './records.ts';
import { newSpan, spans } from './spans.ts';

const kind = 'logs/merge';

/** A stream's new blocks are looked at so long after one came, ms. */
const soon = 60_000;
/** So many are merged at once; fewer wait for more, */
const enough = 32;
/** but not longer than this, ms. */
const patience = 10 * 60_000;

/** Of one run; what is left has another. */
const batch = 200;

/** Size of a merged block: large enough to compress well, small enough to read one line of. */
const targetBytes = 256 * 1024;
const maxCalls = 50_000;
const { width } = spans[2];

/** When this process last scheduled a merge, by stream: once in a while is enough. */
const scheduled = slot(() => new Map<string, number>());
const maxRemembered = 100_000;

/** Sees to it that a stream's new blocks are merged. */
export function scheduleMerge(ctx: Context, { id }: StreamRow): void {
  const known = ctx.local(scheduled);
  if ((known.get(id) ?? 0) > ctx.now) return;
  if (known.size >= maxRemembered) known.clear();
  const runAt = ctx.now + soon;
  known.set(id, runAt);
  ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, id), runAt });
}

/** Makes few large blocks of many small ones. */
export async function merge(stream: string, _payload: unknown, ctx: Context): Promise<void> {
  const waiting = await ctx.records.list(blocks, { prefix: `${stream}/${newSpan}/`, limit: batch });
  const oldest = waiting[0]?.value.batches[0]?.ingested;
  if (oldest === undefined) return;
  const due = oldest + patience;
  const again = (runAt: number) => ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, stream), runAt });
  if (waiting.length < enough && due > ctx.now) return again(due);
  const breath = new Breath();
  for (const part of partsOf(waiting)) await mergePart(ctx, part, breath);
  if (waiting.length === batch) again(ctx.now);
}

async function mergePart(ctx: Context, part: readonly Listed<BlockRow>[], breath: Breath): Promise<void> {
  const lines: Line[] = [];
  for (const { value } of part) {
    const opened = await openBlock(ctx, ctx.records, value);
    for (let at = 0; at < opened.count; at += 1) lines.push(opened.line(at));
    await breath.taken();
  }
  const { value: owner } = part[0] as Listed<BlockRow>;
  const { group, stream, streamName, dataKey } = owner;
  const packed = pack(inOrder(lines));
  const { id, row } = await sealBlock(ctx, ctx.records, { group, stream, streamName, dataKey }, packed, true);
  ctx.records.create(blocks, id, row);
  for (const { id: old } of part) ctx.records.delete(blocks, old);
  await breath.taken();
}

/** Neighbours in time that fit into one block and lie under one data key. */
function partsOf(waiting: readonly Listed<BlockRow>[]): readonly (readonly Listed<BlockRow>[])[] {
  const parts: Listed<BlockRow>[][] = [];
  let [size, calls, first, last] = [0, 0, 0, 0];
  for (const block of waiting.toSorted((a, b) => a.value.first - b.value.first)) {
    const part = parts.at(-1);
    const { value } = block;
    const fits =
      part !== undefined &&
      size + value.size <= targetBytes &&
      calls + value.batches.length <= maxCalls &&
      Math.max(last, value.last) - first <= width &&
      part[0]?.value.dataKey === value.dataKey;
    if (!fits) {
      parts.push([block]);
      [size, calls, first, last] = [value.size, value.batches.length, value.first, value.last];
      continue;
    }
    part.push(block);
    size += value.size;
    calls += value.batches.length;
    last = Math.max(last, value.last);
  }
  return parts;
}
