import type { Accepted } from './entry.ts';

/** Where and when an event came in. `time` in ms. */
export type Arrival = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly time: number;
};

/** The event as targets get it: AWS's members in AWS's order. */
export function envelopeText(arrival: Arrival, event: Omit<Accepted, 'detail'>): string {
  const { source, detailType, detailText, resources } = event;
  const head = {
    version: '0',
    id: arrival.id,
    'detail-type': detailType,
    source,
    account: arrival.account,
    time: eventTime(arrival.time),
    region: arrival.region,
    resources,
  };
  return `${JSON.stringify(head).slice(0, -1)},"detail":${detailText}}`;
}

/** The same event as a value, for patterns. */
export function envelopeValue(
  arrival: Arrival,
  event: Omit<Accepted, 'detailText'>,
): Readonly<Record<string, unknown>> {
  return {
    version: '0',
    id: arrival.id,
    'detail-type': event.detailType,
    source: event.source,
    account: arrival.account,
    time: eventTime(arrival.time),
    region: arrival.region,
    resources: event.resources,
    detail: event.detail,
  };
}

/** `2026-01-31T12:00:00Z` */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Marks an archived event as replayed. */
export function replayedText(text: string, replay: string): string {
  const { detail: _, ...head } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  // The head was written by the same writer, without the bracket that closes it: the detail begins where it ends.
  const at = JSON.stringify(head).length - 1;
  return `${text.slice(0, at)},"replay-name":${JSON.stringify(replay)}${text.slice(at)}`;
}
