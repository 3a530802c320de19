import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { RoutedEvent } from './deliveries.ts';
import type { BusReference } from './names.ts';
import type { Line } from './senders/sender.ts';

/** A delivery that waits for its time, or for its target. */
export type Waiting = {
  readonly bus: BusReference;
  readonly rule: string;
  readonly target: string;
  readonly event: RoutedEvent;
  /** Attempts made again so far. */
  readonly retries: number;
};

/** Tries one event for one target at a time. Targets that are waited for run beside the jobs of the house. */
export function sendLater(
  ctx: Context,
  { bus, rule, target }: Line,
  event: RoutedEvent,
  retries: number,
  runAt: number,
  waits: boolean,
): void {
  const payload: Waiting = { bus, rule: rule.name, target: target.Id, event, retries };
  const kind = waits ? 'events/http' : 'events/retry';
  ctx.schedule({ kind, id: jobId(bus.account, bus.region, ctx.uuid()), runAt, payload });
}
