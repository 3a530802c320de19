import { compile, decide, NO_POLICIES, readPolicy } from '#identity/iam/engine/engine.ts';
import type { Context } from '#runtime/context.ts';
import type { Failure } from '../../target-failure.ts';
import { publishDeliveries, type RoutedEvent } from '../deliveries.ts';
import { type BusReference, busArn, busReference } from '../names.ts';
import { forwarded } from '../put-events.ts';
import { findBus } from '../records.ts';
import { route } from '../routing.ts';
import { attempt, callOptions, type Line, type Parcel, type Sender } from './sender.ts';

/** From bus to bus at most: a circle of rules ends here. */
const maxHops = 16;
/** What one PutEvents takes. */
const maxEntries = 10;

/** Forwards events, as they are, to another bus: as the role of the target, or as the account where the bus's policy lets it. */
export const forwardToBus: Sender = async (ctx, line, parcels) => {
  const to = busReference(line.target.Arn, line.bus);
  const failures = new Map<number, Failure>();
  const going: { readonly index: number; readonly parcel: Parcel }[] = [];
  for (const [index, parcel] of parcels.entries()) {
    const failure = tooFar(line.bus, to, parcel.event);
    if (failure === undefined) going.push({ index, parcel });
    else failures.set(index, failure);
  }
  const asRole = (line.target.RoleArn ?? line.rule.roleArn) !== undefined;
  for (let from = 0; from < going.length; from += maxEntries) {
    const part = going.slice(from, from + maxEntries);
    const events = part.map(({ parcel }) => stepped(line.bus, to, parcel.event));
    const failed = await attempt(
      part.map(({ parcel }) => parcel),
      () => (asRole ? putAsRole(ctx, line, to, events) : putAsAccount(ctx, line, to, events)),
    );
    for (const [at, failure] of failed) failures.set(part[at]?.index ?? 0, failure);
  }
  return failures;
};

function crosses(from: BusReference, to: BusReference): boolean {
  return from.account !== to.account || from.region !== to.region;
}

function tooFar(from: BusReference, to: BusReference, event: RoutedEvent): Failure | undefined {
  if (crosses(from, to) && event.crossings > 0) {
    const code = from.account === to.account ? 'THIRD_REGION_HOP_DETECTED' : 'THIRD_ACCOUNT_HOP_DETECTED';
    return { code, message: 'an event goes to another account or Region once', retry: false };
  }
  if (event.hops < maxHops) return undefined;
  return { code: 'INVALID_PARAMETER', message: `the event went over ${maxHops} buses`, retry: false };
}

function stepped(from: BusReference, to: BusReference, event: RoutedEvent): RoutedEvent {
  return { ...event, hops: event.hops + 1, crossings: event.crossings + (crosses(from, to) ? 1 : 0) };
}

async function putAsRole(ctx: Context, line: Line, to: BusReference, events: readonly RoutedEvent[]) {
  const Entries = events.map((event) => ({ ...kindOf(event), EventBusName: busArn(to), [forwarded]: event }));
  await ctx.call('events', 'PutEvents', { Entries }, callOptions(line));
  return new Map<number, Failure>();
}

async function putAsAccount(ctx: Context, { bus, rule }: Line, to: BusReference, events: readonly RoutedEvent[]) {
  const failures = new Map<number, Failure>();
  const row = await findBus(ctx.records, to);
  if (row === undefined) {
    const failure = { code: 'NO_RESOURCE', message: `Event bus ${to.name} does not exist.`, retry: false };
    return new Map(events.map((_, index) => [index, failure]));
  }
  const reading = row.policy === undefined ? undefined : readPolicy(row.policy);
  const arn = busArn(to);
  const resource =
    reading?.ok === true ? compile(reading.policy, { kind: 'resource', name: `policy of ${arn}` }) : null;
  const allowed = events.filter((event, index) => {
    const { Source, DetailType } = kindOf(event);
    const { decision } = decide(
      {
        principal: `arn:aws:iam::${bus.account}:root`,
        action: 'events:PutEvents',
        resource: arn,
        resourceAccount: to.account,
        context: {
          'aws:PrincipalAccount': bus.account,
          'aws:PrincipalArn': `arn:aws:iam::${bus.account}:root`,
          'aws:SourceArn': rule.arn,
          'aws:SourceAccount': bus.account,
          'events:source': Source,
          'events:detail-type': DetailType,
          'events:eventBusInvocation': 'true',
        },
        attributes: { principalIsRoot: true },
      },
      { ...NO_POLICIES, resource },
    );
    if (decision === 'Allowed') return true;
    failures.set(index, { code: 'NO_PERMISSIONS', message: `the policy of ${arn} does not allow it`, retry: false });
    return false;
  });
  const routables = allowed.map((event) => ({ event, value: JSON.parse(event.text) as Record<string, unknown> }));
  publishDeliveries(ctx, await route(ctx, to, routables));
  return failures;
}

function kindOf({ text }: RoutedEvent): { readonly Source: string; readonly DetailType: string } {
  const event = JSON.parse(text) as { readonly source?: string; readonly 'detail-type'?: string };
  return { Source: event.source ?? '', DetailType: event['detail-type'] ?? '' };
}
