import type { Input, OperationName, Output } from '#runtime/api-types.ts';
import type { Operation } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type AttributeKey, attributeTerm, nameIn, placeTerm, userNameOf } from './look-up-terms.ts';
import type { AuditRecord, TrailEvent } from './record.ts';

type Op<N extends OperationName<'cloudtrail'>> = Operation<'cloudtrail', N>;
type Attribute = { readonly AttributeKey: string; readonly AttributeValue: string };

/** How far back events can be looked up. */
const historyMs = 90 * 86_400_000;
const defaultPage = 50;

export const LookupEvents: Op<'LookupEvents'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { MaxResults: limit = defaultPage, LookupAttributes: attributes = [] } = input;
    if (attributes.length > 1) {
      throw new ServiceError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
    }
    const wanted = attributes[0] as Attribute | undefined;
    const { from, to } = rangeOf(input, ctx.now);
    const page = placeIn(input.NextToken);
    const found: Found[] = [];
    // The page before ended with this event: it comes again, and everything up to it has been shown.
    let shown = page !== undefined;
    const terms = termsFor(ctx, wanted);
    for await (const { id, time, json } of ctx.readAudit({ from, to: Math.min(to, page?.time ?? to), terms })) {
      if (shown) {
        shown = id !== page?.id;
        continue;
      }
      if (!json.includes(ctx.account) || !mayMatch(json, wanted)) continue;
      const { event } = JSON.parse(json) as AuditRecord;
      if (event.recipientAccountId !== ctx.account || event.awsRegion !== ctx.region) continue;
      if (!event.managementEvent) continue;
      if (wanted !== undefined && !matches(event, wanted)) continue;
      found.push({ id, time, event });
      if (found.length > limit) break;
    }
    const events = found.slice(0, limit);
    const last = events.at(-1);
    return {
      Events: events.map(({ event }) => present(event)),
      ...(found.length > limit && last !== undefined ? { NextToken: tokenOf(last) } : {}),
    };
  },
};

function rangeOf(
  { StartTime, EndTime }: Input<'cloudtrail', 'LookupEvents'>,
  now: number,
): { from: number; to: number } {
  const from = Math.max(StartTime?.getTime() ?? 0, now - historyMs);
  const to = EndTime?.getTime() ?? now + 1_000;
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) {
    throw new ServiceError('InvalidTimeRangeException', 'The start time must be before the end time.');
  }
  return { from, to };
}

/** What the record is asked for: most of it is passed over unread. */
function termsFor(
  place: { readonly account: string; readonly region: string },
  wanted: Attribute | undefined,
): readonly string[] {
  if (wanted === undefined) return [placeTerm(place)];
  const { AttributeKey: key, AttributeValue: value } = wanted;
  return key === 'EventId' ? [placeTerm(place), value] : [attributeTerm(place, key as AttributeKey, value)];
}

/** What an event shows word for word stands in its text: most are passed over unread. */
function mayMatch(json: string, wanted: Attribute | undefined): boolean {
  if (
    wanted === undefined ||
    !/^(?:EventId|EventName|EventSource|AccessKeyId|ResourceType)$/.test(wanted.AttributeKey)
  ) {
    return true;
  }
  return json.includes(JSON.stringify(wanted.AttributeValue));
}

function matches(event: TrailEvent, { AttributeKey, AttributeValue: value }: Attribute): boolean {
  switch (AttributeKey) {
    case 'EventId':
      return event.eventID === value;
    case 'EventName':
      return event.eventName === value;
    case 'EventSource':
      return event.eventSource === value;
    case 'ReadOnly':
      return String(event.readOnly) === value;
    case 'Username':
      return userNameOf(event.userIdentity) === value;
    case 'AccessKeyId':
      return event.userIdentity['accessKeyId'] === value;
    case 'ResourceType':
      return event.resources?.some(({ type }) => type === value) ?? false;
    case 'ResourceName':
      return event.resources?.some(({ ARN }) => ARN === value || nameIn(ARN) === value) ?? false;
    default:
      return false;
  }
}

function present(event: TrailEvent): NonNullable<Output<'cloudtrail', 'LookupEvents'>['Events']>[number] {
  const accessKeyId = event.userIdentity['accessKeyId'];
  return {
    EventId: event.eventID,
    EventName: event.eventName,
    ReadOnly: String(event.readOnly),
    ...(typeof accessKeyId === 'string' ? { AccessKeyId: accessKeyId } : {}),
    EventTime: new Date(event.eventTime),
    EventSource: event.eventSource,
    Username: userNameOf(event.userIdentity),
    Resources: (event.resources ?? []).map(({ ARN, type }) => ({ ResourceType: type, ResourceName: ARN })),
    CloudTrailEvent: JSON.stringify(event),
  };
}

/** A page ends at a place in the record: its time in ms, and the id of the event there. */
type Place = { readonly time: number; readonly id: string };
type Found = Place & { readonly event: TrailEvent };

function tokenOf({ time, id }: Place): string {
  return Buffer.from(`${time}|${id}`).toString('base64url');
}

function placeIn(token: string | undefined): Place | undefined {
  if (token === undefined) return undefined;
  const [time = '', id = ''] = Buffer.from(token, 'base64url').toString().split('|');
  if (!/^\d{13,14}$/.test(time) || id === '') {
    throw new ServiceError('InvalidNextTokenException', 'The specified token is not valid.');
  }
  return { time: Number(time), id };
}
