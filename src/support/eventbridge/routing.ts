import type { Context } from '#runtime/context.ts';
import type { Deliveries, RoutedEvent } from './deliveries.ts';
import { withoutDots } from './engine/event-fields.ts';
import type { BusReference } from './names.ts';
import { type Taker, takersOn } from './rule-sets.ts';

/** An event, and its value for patterns. */
export type Routable = { readonly event: RoutedEvent; readonly value: Readonly<Record<string, unknown>> };

/** Finds who takes events on a bus. */
export async function route(ctx: Context, bus: BusReference, events: readonly Routable[]): Promise<Deliveries> {
  const index = await takersOn(ctx, bus);
  const takers = new Map<string, Taker & { readonly events: number[] }>();
  const kept: RoutedEvent[] = [];
  for (const { event, value } of events) {
    const found = index(withoutDots(value));
    if (found.length === 0) continue;
    const at = kept.push(event) - 1;
    for (const taker of found) {
      const name = `${taker.kind}|${taker.name}`;
      const known = takers.get(name);
      if (known === undefined) takers.set(name, { ...taker, events: [at] });
      else known.events.push(at);
    }
  }
  return { bus, events: kept, takers: [...takers.values()] };
}
