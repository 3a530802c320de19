import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import { openBlock } from './block.ts';
import { blocksOf, type Direction, type Scope } from './block-source.ts';
import { Breath, linesBetween } from './breath.ts';
import type { Line, Lines } from './engine/layout.ts';
import type { Pattern } from './engine/pattern/pattern.ts';
import { comparePositions, type Position } from './engine/position.ts';
import type { BlockRow } from './records.ts';

export type Found = Line & { readonly stream: string; readonly streamName: string };

export type Reading = {
  readonly scope: Scope;
  /** Exclusive. */
  readonly after: Position;
  /** Exclusive. */
  readonly before: Position;
  readonly direction: Direction;
  readonly pattern?: Pattern;
  readonly streams?: (name: string) => boolean;
  /** Events that it gives at most; so many are held until their order is known. */
  readonly most?: number;
  /** Real time after which it stops, ms. */
  readonly budget?: number;
  /** Takes events in order; false stops. */
  readonly take: (line: Found) => boolean;
};

/** So that few are not sorted again and again. */
const slack = 1_000;

/** Characters of a needle that are searched for; a longer one makes hostile blocks slow. */
const needleLength = 16;

/**
 * Reads events in order.
 *
 * @param records those of the log group's account
 * @returns where it stopped because its time was over: every event before that time was given
 */
export async function readEvents(ctx: Context, records: Records, reading: Reading): Promise<number | undefined> {
  const { scope, after, before, direction, streams, budget = Number.POSITIVE_INFINITY } = reading;
  const breath = new Breath();
  const emit = emitter(reading);
  const search = { ...reading, needle: needleOf(reading.pattern) };
  let pending: Found[] = [];
  for await (const { block, edge } of blocksOf(records, scope, after.time, before.time, direction)) {
    const final = (line: Found) => (direction === 'forward' ? line.time < edge : line.time > edge);
    if (pending.some(final)) {
      if (!emit(pending.filter(final))) return undefined;
      pending = pending.filter((line) => !final(line));
    }
    if (breath.elapsed > budget) return edge;
    if (streams?.(block.streamName) === false) continue;
    const lines = await openBlock(ctx, records, block);
    await addMatches(lines, block, search, breath, pending);
    pending = within(pending, reading);
    await breath.taken();
  }
  emit(pending);
  return undefined;
}

function emitter({ direction, take, most = Number.POSITIVE_INFINITY }: Reading): (lines: readonly Found[]) => boolean {
  let last: Found | undefined;
  let given = 0;
  return (lines) => {
    for (const line of inTurn(lines, direction)) {
      // Found twice: its block was merged while we read.
      if (last !== undefined && comparePositions(last, line) === 0) continue;
      last = line;
      given += 1;
      if (!take(line) || given >= most) return false;
    }
    return true;
  };
}

function inTurn(lines: readonly Found[], direction: Direction): Found[] {
  const sign = direction === 'forward' ? 1 : -1;
  return lines.toSorted((a, b) => sign * comparePositions(a, b));
}

/** Where blocks span long times much waits for its turn: what comes after the last that can be given is let go. */
function within(pending: Found[], { direction, most }: Reading): Found[] {
  if (most === undefined || pending.length <= 2 * most + slack) return pending;
  const sorted = inTurn(pending, direction);
  return sorted.filter((line, at) => at === 0 || comparePositions(line, sorted[at - 1] as Found) !== 0).slice(0, most);
}

type Search = Pick<Reading, 'after' | 'before' | 'pattern'> & { readonly needle: Uint8Array | undefined };

async function addMatches(
  lines: Lines,
  { stream, streamName }: BlockRow,
  { after, before, pattern, needle }: Search,
  breath: Breath,
  found: Found[],
): Promise<void> {
  const end = lines.atTime(before.time + 1);
  let looked = 0;
  for (let at = lines.atTime(after.time); at < end; at += 1) {
    if (needle !== undefined) at = lines.findFrom(at, needle);
    if (at >= end) return;
    looked += 1;
    if (looked % linesBetween === 0) await breath.taken();
    if (pattern !== undefined && !pattern.matches(lines.message(at))) continue;
    const line = lines.line(at);
    if (comparePositions(line, after) > 0 && comparePositions(line, before) < 0)
      found.push({ ...line, stream, streamName });
  }
}

function needleOf(pattern: Pattern | undefined): Uint8Array | undefined {
  // A cut between two halves of a character would make another one.
  const needle = pattern?.needle.slice(0, needleLength).replace(/[\ud800-\udbff]$/, '') ?? '';
  return needle === '' || !needle.isWellFormed() ? undefined : Buffer.from(needle);
}
