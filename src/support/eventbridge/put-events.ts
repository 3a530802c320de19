import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { busResource } from './access.ts';
import { type Input, invalid, type Operation, present } from './api.ts';
import { publishDeliveries, type RoutedEvent } from './deliveries.ts';
import { checkEntry, type EntryError, entryBytes, maxBytes } from './engine/entry.ts';
import { envelopeText, envelopeValue } from './engine/envelope.ts';
import { type BusReference, busArn, busReference } from './names.ts';
import { type Routable, route } from './routing.ts';

/**
 * An entry that a bus forwards carries its event as it was. Nobody else can say so: no request has members that are symbols.
 */
export const forwarded = Symbol('forwarded');

type Entry = Input<'PutEvents'>['Entries'][number] & { readonly [forwarded]?: RoutedEvent };

export const PutEvents: Operation<'PutEvents'> = {
  dataEvent: true,
  resource: async ({ Entries }, ctx) => {
    // Policies are asked once for entries of one bus, source and type.
    const kinds = new Map(Entries.map((entry) => [`${entry.EventBusName}|${entry.Source}|${entry.DetailType}`, entry]));
    return Promise.all([...kinds.values()].map((entry) => entryResource(ctx, entry)));
  },
  handle: async ({ Entries, EndpointId }, ctx) => {
    if (EndpointId !== undefined) throw invalid('EndpointId is not valid: global endpoints are not served');
    const total = Entries.reduce((sum, entry) => sum + entryBytes(asEntry(entry)), 0);
    if (total >= maxBytes && !Entries.some((entry: Entry) => entry[forwarded] !== undefined)) {
      throw invalid('Total size of the entries in the request is over the limit.');
    }
    const byBus = new Map<string, { readonly bus: BusReference; readonly events: Routable[] }>();
    const results = Entries.map((entry: Entry) => {
      const made = routable(ctx, entry);
      if ('code' in made) return { ErrorCode: made.code, ErrorMessage: made.message };
      const bus = busReference(entry.EventBusName, ctx);
      const arn = busArn(bus);
      const held = byBus.get(arn) ?? { bus, events: [] };
      byBus.set(arn, held);
      held.events.push(made);
      return { EventId: made.event.id };
    });
    // Events for a bus that does not exist are taken, and go nowhere, as on AWS (recordings).
    for (const { bus, events } of byBus.values()) publishDeliveries(ctx, await route(ctx, bus, events));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },
};

function entryResource(ctx: Context, entry: Entry): Promise<ResourceRef> {
  return busResource(
    ctx,
    busReference(entry.EventBusName, ctx),
    present({
      'events:source': entry.Source,
      'events:detail-type': entry.DetailType,
      'events:eventBusInvocation': entry[forwarded] === undefined ? 'false' : 'true',
    }),
  );
}

function asEntry({ Source, DetailType, Detail, Resources, Time }: Entry) {
  return { source: Source, detailType: DetailType, detail: Detail, resources: Resources, time: Time?.getTime() };
}

function routable(ctx: Context, entry: Entry): Routable | EntryError {
  const event = entry[forwarded];
  if (event !== undefined) return { event, value: JSON.parse(event.text) as Readonly<Record<string, unknown>> };
  const accepted = checkEntry(asEntry(entry));
  if ('code' in accepted) return accepted;
  const arrival = {
    id: ctx.uuid(),
    account: ctx.account,
    region: ctx.region,
    time: entry.Time?.getTime() ?? ctx.now,
  };
  return {
    event: {
      id: arrival.id,
      text: envelopeText(arrival, accepted),
      time: arrival.time,
      arrived: ctx.now,
      crossings: 0,
      hops: 0,
    },
    value: envelopeValue(arrival, accepted),
  };
}
