import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';

/**
 * What became of deliveries in this process: `delivered`, `filtered` (the filter policy left it out), `retried`, `dead-lettered` (in a
 * dead-letter queue), `dropped` (nobody has it).
 */
export type DeliveryOutcome = 'delivered' | 'filtered' | 'retried' | 'dead-lettered' | 'dropped';

/** By `protocol|outcome`. */
export const deliveryCounts = slot(() => new Map<string, number>());

export function counted(ctx: Context, protocol: string, outcome: DeliveryOutcome, messages: number): void {
  if (messages === 0) return;
  const counts = ctx.local(deliveryCounts);
  const name = `${protocol}|${outcome}`;
  counts.set(name, (counts.get(name) ?? 0) + messages);
  ctx.brought(protocol, outcome, messages);
}
