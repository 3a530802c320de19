import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';

/**
 * What became of deliveries in this process: `delivered`, `retried`, `dead-lettered` (in a dead-letter queue), `dropped` (nobody has them).
 */
export type DeliveryOutcome = 'delivered' | 'retried' | 'dead-lettered' | 'dropped';

/** By `kind of target|outcome`. */
export const deliveryCounts = slot(() => new Map<string, number>());

export function counted(ctx: Context, kind: string, outcome: DeliveryOutcome, events: number): void {
  if (events === 0) return;
  const counts = ctx.local(deliveryCounts);
  const name = `${kind}|${outcome}`;
  counts.set(name, (counts.get(name) ?? 0) + events);
  ctx.brought(kind, outcome, events);
}
