import type { Context } from '#runtime/context.ts';
import type { BusReference } from './names.ts';
import type { Taker } from './rule-sets.ts';

/** The topic of what matched: events with those that take them. */
export const deliveryTopic = 'events/delivery';

/** An event on its way to targets. Times in ms. */
export type RoutedEvent = {
  readonly id: string;
  /** The envelope. */
  readonly text: string;
  /** The event's own time. */
  readonly time: number;
  /** When it came to the bus. */
  readonly arrived: number;
  /** How often it went to another account or Region: AWS lets it once. */
  readonly crossings: number;
  /** How often it went from bus to bus. */
  readonly hops: number;
};

/** What one call, or one run, hands to targets: each event once, whoever takes it. */
export type Deliveries = {
  readonly bus: BusReference;
  readonly events: readonly RoutedEvent[];
  /** Rules and archives, each with the indexes of its events. */
  readonly takers: readonly (Taker & { readonly events: readonly number[] })[];
};

/** Hands over what matched, with the commit. */
export function publishDeliveries(ctx: Context, deliveries: Deliveries): void {
  if (deliveries.takers.length > 0) ctx.publish(deliveryTopic, deliveries);
}
