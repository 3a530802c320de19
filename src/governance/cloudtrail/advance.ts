import { createHash } from 'node:crypto';
import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import type { Selectors } from './engine/selectors.ts';
import type { TrailEvent } from './record.ts';
import { type Position, type ReceiptRow, receipts, type TrailRow } from './records.ts';
import { lateMs, settleMs } from './schedule.ts';
import { byRegion, endOf, nextWindow, type Recorded, readSlices, recordedBy, type Slice } from './trail-events.ts';

/** Hands a Region's events over. @returns whether it could */
export type Deliver = (region: string, events: readonly Recorded[], through: number) => Promise<boolean>;

/** How far it went: `more` is ready now, the rest comes later, or never. */
export type Progress = { readonly state: 'failed' | 'more' | 'waiting' | 'finished'; readonly events: number };

/**
 * Takes a trail's next events and moves its position behind them.
 *
 * Events have the time of their call's beginning and are on record at its end. Management calls end within `settleMs`; uploads and
 * functions may take longer. So slices with data events leave a receipt of what they had, and are looked at again after `lateMs` for what
 * came late.
 */
export async function advance(
  ctx: Context,
  trail: TrailRow,
  positions: Collection<Position>,
  deliver: Deliver,
): Promise<Progress> {
  const { uid, intervals } = trail;
  const position = (await ctx.records.get(positions, uid))?.through ?? 0;
  const prefix = `${positions.name}/${uid}/`;
  const [oldest] = await ctx.records.list(receipts, { prefix, limit: 1 });
  if (oldest !== undefined && oldest.value.to <= ctx.now - lateMs) {
    if (!(await deliverLate(ctx, trail, oldest.value, deliver))) return { state: 'failed', events: 0 };
    ctx.records.delete(receipts, oldest.id);
    return { state: 'more', events: 0 };
  }
  const window = nextWindow(trail, position, ctx.now - settleMs);
  const stateAt = (through: number) => (oldest !== undefined || through < endOf(intervals) ? 'waiting' : 'finished');
  if (window === undefined) return { state: stateAt(position), events: 0 };
  const to = Math.min(window.to, window.from + longestMs);
  const leavesReceipts = selectsData(trail.selectors);
  let count = 0;
  for await (const slice of readSlices(ctx, { from: window.from, to }, recordedBy(trail))) {
    if (!(await deliverAll(slice, deliver))) return { state: 'failed', events: count };
    ctx.records.put(positions, uid, { through: slice.to });
    count += slice.events.length;
    if (leavesReceipts) ctx.records.put(receipts, `${prefix}${String(slice.to).padStart(15, '0')}`, receiptOf(slice));
  }
  if (to < window.to) return { state: 'more', events: count };
  return { state: leavesReceipts ? 'waiting' : stateAt(to), events: count };
}

/** What is taken up at once when a server was down for long. */
const longestMs = 3_600_000;

/** Whether everything that a trail has recorded was delivered, what may come late included. */
export async function isDelivered(ctx: Context, trail: TrailRow, positions: Collection<Position>): Promise<boolean> {
  const position = await ctx.records.get(positions, trail.uid);
  const waiting = await ctx.records.list(receipts, { prefix: `${positions.name}/${trail.uid}/`, limit: 1 });
  return waiting.length === 0 && (position?.through ?? 0) >= endOf(trail.intervals);
}

async function deliverAll({ events, to }: Slice, deliver: Deliver): Promise<boolean> {
  for (const [region, ofRegion] of byRegion(events)) if (!(await deliver(region, ofRegion, to))) return false;
  return true;
}

function selectsData(selectors: Selectors): boolean {
  if ('basic' in selectors) return selectors.basic.some(({ DataResources }) => DataResources.length > 0);
  return selectors.advanced.some(({ FieldSelectors }) =>
    FieldSelectors.some(({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.includes('Data')),
  );
}

/** Bytes of an event's hash: one in some hundred million million others has the same. */
const markBytes = 6;

function markOf(id: string): string {
  return createHash('sha256').update(id).digest().toString('base64url', 0, markBytes);
}

function receiptOf({ events, from, to }: Slice): ReceiptRow {
  return { from, to, marks: events.map(({ id }) => markOf(id)).join('') };
}

/** What a slice has by now and did not have when it was delivered. */
async function deliverLate(ctx: Context, trail: TrailRow, receipt: ReceiptRow, deliver: Deliver): Promise<boolean> {
  const known = new Set(receipt.marks.match(/.{8}/g));
  const recorded = recordedBy(trail);
  const isLate = (event: TrailEvent, time: number) => recorded(event, time) && !known.has(markOf(event.eventID));
  for await (const slice of readSlices(ctx, receipt, isLate)) {
    if (!(await deliverAll(slice, deliver))) return false;
  }
  return true;
}
