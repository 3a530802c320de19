import type { Context } from '#runtime/context.ts';
import { counted } from './delivery-counts.ts';
import { handBack } from './failed-delivery.ts';
import { parcelFor } from './parcels.ts';
import { findRule } from './records.ts';
import type { Line } from './senders/sender.ts';
import { senderOf } from './senders/senders.ts';
import type { Waiting } from './waiting.ts';

/** Delivers what waited. Nothing is left to do where the rule or the target is gone. */
export async function deliverLater(_what: string, payload: unknown, ctx: Context): Promise<void> {
  const { bus, rule: name, target: id, event, retries } = payload as Waiting;
  const rule = await findRule(ctx.records, bus, name);
  const target = rule?.targets.find(({ Id }) => Id === id);
  const kind = target === undefined ? undefined : senderOf(target.Arn);
  if (rule === undefined || target === undefined || kind === undefined) return;
  const line: Line = { bus, rule, target };
  const parcel = parcelFor(line, event);
  if ('code' in parcel) return handBack(ctx, line, { event, retries, failure: parcel });
  const failure = (await kind.send(ctx, line, [parcel])).get(0);
  if (failure === undefined) counted(ctx, kind.kind, 'delivered', 1);
  else await handBack(ctx, line, { event, retries, failure });
}
