import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { findStream, ownGroup, streamResource } from './access.ts';
import type { Operation } from './api.ts';
import { sealBlock } from './block.ts';
import { announceMetrics } from './embedded-metrics.ts';
import { type Entry, judgeBatch } from './engine/batch.ts';
import { type Line, pack } from './engine/layout.ts';
import { eventId } from './engine/position.ts';
import { invalid } from './errors.ts';
import { announce } from './ingested.ts';
import { scheduleMerge } from './merge.ts';
import { blocks, type GroupRow, type StreamRow } from './records.ts';
import { note } from './seen.ts';
import { newSpan } from './spans.ts';

export const PutLogEvents: Operation<'PutLogEvents'> = {
  resource: (input, ctx) => streamResource({ logGroupName: input.logGroupName }, input.logStreamName, ctx),
  dataEvent: true,
  handle: async ({ logGroupName, logStreamName, logEvents }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    const stream = await findStream(ctx.records, group, logStreamName);
    const verdict = judgeBatch(logEvents, ctx.now, group.retentionDays);
    if ('refused' in verdict) throw invalid(verdict.refused);
    const { from, to, rejected } = verdict;
    const call = nextCall(ctx);
    if (from < to) {
      const taken = logEvents.slice(from, to);
      await keep(ctx, group, stream, call, taken);
      announceMetrics(ctx, group.name, taken);
    }
    return {
      nextSequenceToken: eventId({ time: ctx.now, call, index: 0 }),
      ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
    };
  },
};

async function keep(
  ctx: Context,
  group: GroupRow,
  stream: StreamRow,
  call: string,
  entries: readonly Entry[],
): Promise<void> {
  const ingested = ctx.now;
  const lines = entries.map(
    ({ timestamp, message }, index): Line => ({ time: timestamp, call, index, ingested, message }),
  );
  const packed = pack(lines);
  const owner = { group: group.id, stream: stream.id, streamName: stream.name, dataKey: group.key?.dataKey };
  const { id, row } = await sealBlock(ctx, ctx.records, owner, packed, false);
  ctx.records.create(blocks, id, row);
  const { first, last, size } = packed;
  await note(ctx, stream, { first, last, ingested }, size);
  if (row.span === newSpan) scheduleMerge(ctx, stream);
  await announce(ctx, group, { stream: stream.name, streamId: stream.id, block: id, first, last, call });
}

/** Calls of this process: the last one's number, and what tells processes apart. */
const calls = slot(() => ({ last: 0, process: '' }));

/** A name for this call that is greater than those before it: time and counter (13 digits), the process (4), all hexadecimal. */
function nextCall(ctx: Context): string {
  const known = ctx.local(calls);
  if (known.process === '') known.process = Buffer.from(ctx.random(2)).toString('hex');
  // Sixteen calls in a millisecond; with more the counter runs ahead of the time for a while.
  known.last = Math.max(ctx.now * 0x10, known.last + 1);
  const number = known.last.toString(16).padStart(13, '0');
  return `${number}${known.process}`.padEnd(20, '0');
}
