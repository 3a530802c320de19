import type { Context } from '#runtime/context.ts';
import type { Subscriber } from '#runtime/service.ts';
import { keepEvents } from './archive-keeping.ts';
import type { Deliveries, RoutedEvent } from './deliveries.ts';
import { counted } from './delivery-counts.ts';
import { type Failed, handBack } from './failed-delivery.ts';
import { parcelFor } from './parcels.ts';
import { findRule, type RuleRow } from './records.ts';
import type { Line, Parcel } from './senders/sender.ts';
import { senderOf } from './senders/senders.ts';
import { sendLater } from './waiting.ts';

/** Takes what matched, and hands it to the targets: to each in the order in which it came, as many at once as the target takes. */
export const deliverAll: Subscriber = async (published, at) => {
  await deliver(
    published.map(({ body }) => body as Deliveries),
    at,
  );
};

/** @param at this service's context at a place, all of one unit */
export async function deliver(
  all: readonly Deliveries[],
  at: (account: string, region: string) => Context,
): Promise<void> {
  const lines = new Map<string, { readonly line: Line; readonly parcels: Parcel[]; readonly refused: Failed[] }>();
  const known = new Map<string, RuleRow | undefined>();
  for (const { bus, events, takers } of all) {
    const ctx = at(bus.account, bus.region);
    for (const taker of takers) {
      const taken = taker.events.flatMap((index) => events[index] ?? []);
      if (taker.kind === 'archive') {
        await keepEvents(ctx, taker.name, taken);
        continue;
      }
      const name = [bus.account, bus.region, bus.name, taker.name].join('|');
      if (!known.has(name)) known.set(name, await findRule(ctx.records, bus, taker.name));
      const rule = known.get(name);
      for (const target of rule?.targets ?? []) {
        if (rule === undefined) break;
        const key = `${name}|${target.Id}`;
        const held = lines.get(key) ?? { line: { bus, rule, target }, parcels: [], refused: [] };
        lines.set(key, held);
        for (const event of taken) addParcel(held, event);
      }
    }
  }
  for (const { line, parcels, refused } of lines.values()) {
    const ctx = at(line.bus.account, line.bus.region);
    await send(ctx, line, parcels);
    for (const failed of refused) await handBack(ctx, line, failed);
  }
}

function addParcel(
  { line, parcels, refused }: { readonly line: Line; readonly parcels: Parcel[]; readonly refused: Failed[] },
  event: RoutedEvent,
): void {
  const parcel = parcelFor(line, event);
  if ('text' in parcel) parcels.push(parcel);
  else refused.push({ event, retries: 0, failure: parcel });
}

/** Hands parcels to a target; those that fail are tried again later. */
async function send(ctx: Context, line: Line, parcels: readonly Parcel[]): Promise<void> {
  if (parcels.length === 0) return;
  const kind = senderOf(line.target.Arn);
  if (kind === undefined) return;
  if (kind.waits === true) {
    for (const { event } of parcels) sendLater(ctx, line, event, 0, ctx.now, true);
    return;
  }
  const failures = await kind.send(ctx, line, parcels);
  counted(ctx, kind.kind, 'delivered', parcels.length - failures.size);
  for (const [index, failure] of failures) {
    const event = parcels[index]?.event;
    if (event !== undefined) await handBack(ctx, line, { event, retries: 0, failure });
  }
}
