import type { Context } from '#runtime/context.ts';
import { type SelectableEvent, selectorOf } from './engine/selectors.ts';
import type { AuditRecord, TrailEvent } from './record.ts';
import { deletedId, type Interval, type TrailRow, trailId, trails } from './records.ts';

/** An event on its way: `text` is its JSON. */
export type Recorded = {
  readonly id: string;
  readonly time: number;
  readonly event: TrailEvent;
  readonly text: string;
};

/** Events between two times, the first exclusive; oldest first. */
export type Slice = { readonly events: readonly Recorded[]; readonly from: number; readonly to: number };

/** Events that are taken at once, and end up in one file for each Region; some ten megabytes. */
export const sliceEvents = 20_000;

type Takes = (event: TrailEvent, time: number) => boolean;
type Span = { readonly from: number; readonly to: number };

/**
 * Events of the account in a time, in slices that memory can hold; mostly there is one.
 *
 * @param span `from` exclusive, `to` inclusive; ms since the epoch
 * @param mark text that every event that is wanted has in its JSON: the others are passed over unread
 */
export async function* readSlices(ctx: Context, span: Span, takes: Takes, mark = ''): AsyncGenerator<Slice> {
  const { from, to } = span;
  let events: Recorded[] | undefined = [];
  const cuts = [to];
  let count = 0;
  // The record comes newest first: where slices begin is known at the end.
  for await (const { id, time, json } of ctx.readAudit({ from: from + 1, to })) {
    if (!json.includes(mark) || !json.includes(ctx.account)) continue;
    count += 1;
    if (count % sliceEvents === 0) cuts.push(time - 1);
    if (events === undefined) continue;
    const event = wantedEvent(json, ctx.account);
    if (event === undefined || !takes(event, time)) continue;
    events.push({ id, time, event, text: JSON.stringify(event) });
    if (events.length > sliceEvents) events = undefined;
  }
  if (events !== undefined) return yield { events: events.reverse(), from, to };
  let begin = from;
  for (const cut of cuts.reverse()) {
    if (cut <= begin) continue;
    yield await readSlice(ctx, { from: begin, to: cut }, takes, mark);
    begin = cut;
  }
}

async function readSlice(ctx: Context, { from, to }: Span, takes: Takes, mark: string): Promise<Slice> {
  const events: Recorded[] = [];
  for await (const { id, time, json } of ctx.readAudit({ from: from + 1, to })) {
    if (!json.includes(mark) || !json.includes(ctx.account)) continue;
    const event = wantedEvent(json, ctx.account);
    if (event !== undefined && takes(event, time)) events.push({ id, time, event, text: JSON.stringify(event) });
  }
  return { events: events.reverse(), from, to };
}

function wantedEvent(json: string, account: string): TrailEvent | undefined {
  const { event } = JSON.parse(json) as AuditRecord;
  return event.recipientAccountId === account ? event : undefined;
}

/** Services that have one endpoint for all Regions: single-Region trails have their events if they ask for them. */
const globalSources = new Set([
  'cloudfront.amazonaws.com',
  'iam.amazonaws.com',
  'organizations.amazonaws.com',
  'route53.amazonaws.com',
]);

/** Whether a trail records an event: at that time, of that Region, by its selectors. */
export function recordedBy(trail: TrailRow): (event: TrailEvent, time: number) => boolean {
  const selects = selectorOf(trail.selectors);
  return (event, time) =>
    trail.intervals.some(({ from, to = Number.POSITIVE_INFINITY }) => from <= time && time <= to) &&
    (trail.multiRegion ||
      (event.awsRegion === trail.region && (trail.globalEvents || !globalSources.has(event.eventSource)))) &&
    selects(event as TrailEvent & SelectableEvent) &&
    !isOwnWork(event);
}

/** What CloudTrail does to deliver is not delivered: each file would bring forth the next one. */
function isOwnWork(event: TrailEvent): boolean {
  const { sourceIPAddress } = event as TrailEvent & { readonly sourceIPAddress?: string };
  return event.userIdentity['invokedBy'] === host || sourceIPAddress === host;
}
const host = 'cloudtrail.amazonaws.com';

export function byRegion(events: readonly Recorded[]): ReadonlyMap<string, readonly Recorded[]> {
  return Map.groupBy(events, ({ event }) => event.awsRegion);
}

/** The trail of a job: by its name, or by its uid once it is deleted. */
export async function trailOfTask(ctx: Context, what: string): Promise<TrailRow | undefined> {
  const [name = '', uid = ''] = what.split('|');
  const row = await ctx.records.get(trails, trailId({ region: ctx.region, name }));
  return row?.uid === uid ? row : ctx.records.get(trails, deletedId(uid));
}

/** What is to be delivered next; undefined when nothing is. @param settled events after this are not yet taken */
export function nextWindow(
  { intervals }: Pick<TrailRow, 'intervals'>,
  through: number,
  settled: number,
): { readonly from: number; readonly to: number } | undefined {
  const first = intervals.find(({ to = Number.POSITIVE_INFINITY }) => to > through);
  if (first === undefined) return undefined;
  const from = Math.max(through, first.from - 1);
  const to = Math.min(settled, endOf(intervals));
  return to > from ? { from, to } : undefined;
}

/** When the last of the intervals ends; infinite while a trail is logging. */
export function endOf(intervals: readonly Interval[]): number {
  const last = intervals.at(-1);
  return last === undefined ? 0 : (last.to ?? Number.POSITIVE_INFINITY);
}
