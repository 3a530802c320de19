import type { Context } from '#runtime/context.ts';
import { OutboundError } from '#runtime/outbound.ts';
import { slot } from '#runtime/slot.ts';
import type { Failure } from '../../target-failure.ts';
import { invocation } from '../api-destinations.ts';
import { AuthorisationError, authorisationHeaders, forgetToken } from '../authorisation.ts';
import { type HttpCall, httpCall } from '../engine/http-call.ts';
import { arnParts } from '../names.ts';
import { type ConnectionRow, connections, type DestinationRow, destinations } from '../records.ts';
import { attempt, callOptions, type Line, type Parcel, type Sender } from './sender.ts';

/** How long a destination may take, ms (user guide, "API destinations"). */
const timeoutMs = 5_000;
/** Answers after which AWS tries again (user guide, "API destinations"). */
const retried: ReadonlySet<number> = new Set([401, 407, 409, 429]);

/** Requests of the second under way, by destination. */
const windows = slot(() => new Map<string, { readonly second: number; readonly requests: number }>());
const maxWindows = 10_000;

/** Sends an event to somebody's HTTP server. The target's role must be allowed to invoke the destination. */
export const callDestination: Sender = async (ctx, line, parcels) => {
  const failures = new Map<number, Failure>();
  for (const [index, parcel] of parcels.entries()) {
    const failed = await attempt([parcel], async () => {
      const failure = await invoke(ctx, line, parcel);
      return failure === undefined ? new Map() : new Map([[0, failure]]);
    });
    for (const failure of failed.values()) failures.set(index, failure);
  }
  return failures;
};

async function invoke(ctx: Context, line: Line, parcel: Parcel): Promise<Failure | undefined> {
  const [, name = '', id] = arnParts(line.target.Arn)?.resource.split('/') ?? [];
  await ctx.call('events', 'DescribeApiDestination', { Name: name, [invocation]: true } as never, callOptions(line));
  const row = await ctx.records.get(destinations, name);
  const connection = row === undefined ? undefined : await ctx.records.get(connections, row.connection);
  if (row === undefined || row.id !== id || connection === undefined) {
    return { code: 'NO_RESOURCE', message: `the API destination ${name} or its connection is gone`, retry: false };
  }
  if (connection.state === 'DEAUTHORIZED') {
    return { code: 'CONNECTION_FAILURE', message: `the connection ${connection.name} is not authorized`, retry: true };
  }
  const waitMs = overRate(ctx, row);
  if (waitMs > 0)
    return { code: 'THROTTLING', message: 'over the rate limit', retry: true, afterMs: waitMs, untried: true };
  return request(ctx, line, parcel, row, connection);
}

async function request(
  ctx: Context,
  { target }: Line,
  { event, text }: Parcel,
  row: DestinationRow,
  connection: ConnectionRow,
): Promise<Failure | undefined> {
  try {
    const authorization = await authorisationHeaders(ctx, connection);
    const parameters = connection.auth.InvocationHttpParameters ?? {};
    const call = httpCall(row, target.HttpParameters ?? {}, parameters, authorization, event.text, text);
    if (call === undefined) return { code: 'INVALID_PARAMETER', message: 'the endpoint is no URL', retry: false };
    const { status, headers } = await ctx.fetch(outboundOf(call));
    if (status >= 200 && status < 300) return undefined;
    if (status === 401 || status === 407) forgetToken(ctx, connection);
    const patience = Number(headers['retry-after']);
    return {
      code: status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET',
      message: `the API destination answered ${status}`,
      retry: status >= 500 || retried.has(status),
      ...(patience > 0 ? { afterMs: Math.min(patience, 86_400) * 1_000 } : {}),
    };
  } catch (error) {
    if (error instanceof OutboundError || error instanceof AuthorisationError) {
      return { code: 'CONNECTION_FAILURE', message: error.message, retry: true };
    }
    throw error;
  }
}

function outboundOf({ body, ...call }: HttpCall) {
  return { ...call, ...(body === undefined ? {} : { body }), timeoutMs };
}

/** How long to wait for the next second, ms, where this one is used up; 0 and counted where it is not. */
function overRate(ctx: Context, { id, rate }: DestinationRow): number {
  const held = ctx.local(windows);
  const second = Math.floor(ctx.now / 1_000);
  const known = held.get(id);
  const requests = known?.second === second ? known.requests : 0;
  if (requests >= rate) return (second + 1) * 1_000 - ctx.now;
  if (held.size >= maxWindows) held.clear();
  held.set(id, { second, requests: requests + 1 });
  return 0;
}
