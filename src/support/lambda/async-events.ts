import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { SlowJob } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type Named, named, qualifiedArn } from './access.ts';
import { type Delivery, deliver } from './deliveries.ts';
import { destinationRecord, type Outcome } from './engine/destination-record.ts';
import { latest } from './engine/function-name.ts';
import { afterFailure, longestAgeMs } from './engine/retries.ts';
import { execute } from './execution.ts';
import { targetOf } from './invoke.ts';
import { findInvokeConfig, type InvokeConfigRow, type VersionRow } from './records.ts';
import { reservations } from './reservations.ts';
import { fault, running } from './running.ts';

/** An event that waits for its function. */
type QueuedEvent = {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly requestId: string;
  readonly traceId: string;
  readonly clientContext: string | undefined;
  /** JSON. */
  readonly payload: string;
  readonly queuedAt: number;
  /** Executions so far, and throttles. */
  readonly executions: number;
  readonly throttles: number;
};

/** Throttled events come again after 1 s, 2 s, … (Lambda user guide, "Error handling for asynchronous invocation"). */
const longestBackOffMs = 5 * 60_000;

/** Hands an event to the function's queue, with the commit. */
export function queueEvent(
  ctx: Context,
  of: Named,
  event: Pick<QueuedEvent, 'requestId' | 'traceId' | 'clientContext' | 'payload'>,
): void {
  const { name, qualifier, account, region } = of;
  const payload: QueuedEvent = { ...event, name, qualifier, queuedAt: ctx.now, executions: 0, throttles: 0 };
  ctx.schedule({ kind: 'lambda/event', id: jobId(account, region, event.requestId), runAt: ctx.now, payload });
}

/**
 * Runs a queued event. What it reads is read in a unit of its own: a function that is changed while it runs must not make the event run
 * again. What becomes of it is written with the end of the job.
 */
export const runQueuedEvent: SlowJob = {
  slow: async (id, payload, ctx) => {
    const event = payload as QueuedEvent;
    const { runtime } = running(ctx);
    const loaded = await runtime.run(ctx, 'LoadEvent', (own) => load(own, event));
    // The function is gone, and its events with it.
    if (loaded === undefined) return;
    const { config, version } = loaded;
    const maxAge = config?.maximumAge === undefined ? longestAgeMs : config.maximumAge * 1_000;
    const settle = (outcome: Outcome) => settleEvent(ctx, event, loaded, outcome);
    if (loaded.reserved === 0) return settle({ condition: 'ZeroReservedConcurrency', invocations: 0 });
    if (ctx.now - event.queuedAt > maxAge) {
      return settle({ condition: 'EventAgeExceeded', invocations: event.executions });
    }
    const again = (change: Partial<QueuedEvent>, inMs: number) =>
      ctx.schedule({
        kind: 'lambda/event',
        id: jobId(ctx.account, ctx.region, id),
        runAt: runtime.clock.now() + inMs,
        payload: { ...event, ...change },
      });
    const run = await attempt(ctx, event, loaded);
    // An execution that the server's end cut off is none: the event runs again.
    running(ctx);
    if (run === 'throttled') {
      return again({ throttles: event.throttles + 1 }, Math.min(1_000 * 2 ** event.throttles, longestBackOffMs));
    }
    const invocations = event.executions + 1;
    const answered = { invocations, version: version.version, failed: run.failed, response: run.payload };
    if (!run.failed) return settle({ condition: 'Success', ...answered });
    const age = runtime.clock.now() - event.queuedAt;
    const next = afterFailure(invocations, age, config?.maximumRetries, maxAge);
    if ('retryInMs' in next) return again({ executions: invocations }, next.retryInMs);
    return settle({ condition: next.condition, ...answered });
  },
};

type Loaded = {
  readonly of: Named;
  readonly config: InvokeConfigRow | undefined;
  readonly version: VersionRow;
  readonly target: Awaited<ReturnType<typeof targetOf>>;
  readonly reserved: number | undefined;
};

async function load(ctx: Context, { name, qualifier, requestId }: QueuedEvent): Promise<Loaded | undefined> {
  const of = named({ FunctionName: name, Qualifier: qualifier }, ctx);
  try {
    const target = await targetOf(of, requestId);
    const config = await findInvokeConfig(ctx.records, name, qualifier ?? latest);
    const reserved = (await reservations(ctx.records))[name];
    return { of, config, target, version: target.version, reserved };
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** One execution; what keeps the function from starting counts as its failure. */
async function attempt(
  ctx: Context,
  event: QueuedEvent,
  { of, target }: Loaded,
): Promise<'throttled' | { readonly failed: boolean; readonly payload: string }> {
  const here = running(ctx);
  const { account, region } = of;
  const { requestId, traceId, clientContext } = event;
  const invokedArn = qualifiedArn(of, of.qualifier);
  const payload = Buffer.from(event.payload);
  try {
    const execution = { account, region, requestId, traceId, clientContext, invokedArn, payload, ...target };
    const ended = await here.runtime.run(of, 'RunEvent', (own) => execute(own, execution));
    return { failed: ended.failed, payload: ended.payload.toString() };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === 'TooManyRequestsException') return 'throttled';
    fault(here, of.arn, `an event could not be run: ${error.code}`);
    return { failed: true, payload: JSON.stringify({ errorType: error.code, errorMessage: error.message }) };
  }
}

/** Hands what became of the event to destination and dead-letter queue, as jobs of their own. */
function settleEvent(ctx: Context, event: QueuedEvent, loaded: Loaded, outcome: Outcome): void {
  const { config, version, of } = loaded;
  const succeeded = outcome.condition === 'Success';
  const target = succeeded ? config?.onSuccess : config?.onFailure;
  const { deadLetter, role } = version.settings;
  const common: Omit<Delivery, 'target' | 'body' | 'kind' | 'tries'> = {
    role,
    functionName: of.name,
    functionArn: of.arn,
  };
  const arn = qualifiedArn(of, of.qualifier ?? latest);
  const { requestId, payload } = event;
  if (target !== undefined) {
    const body = destinationRecord({ time: ctx.now, requestId, functionArn: arn, request: payload, outcome });
    const kind = succeeded ? 'success' : 'failure';
    deliver(ctx, requestId, { ...common, target, kind, body, resources: [arn] });
  }
  if (!succeeded && deadLetter !== undefined) {
    deliver(ctx, requestId, {
      ...common,
      target: deadLetter,
      kind: 'dead-letter',
      body: payload,
      attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: errorMessage(outcome.response) },
    });
  }
}

/** The text that dead letters carry, at most 1 KB (Lambda user guide, "Dead-letter queues"). */
function errorMessage(response: string | undefined): string {
  try {
    const { errorMessage: text } = JSON.parse(response ?? '') as { readonly errorMessage?: unknown };
    if (typeof text === 'string' && text !== '') return text.slice(0, 1_024);
  } catch {
    // Custom runtimes answer what they like.
  }
  return 'the function failed';
}
