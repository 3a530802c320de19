import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { throttled } from './errors.ts';
import { planEnvironment } from './plan.ts';
import type { FunctionRow, VersionRow } from './records.ts';
import { reservations } from './reservations.ts';
import { running } from './running.ts';
import type { Ended } from './sandbox/environment.ts';

/** One execution of a function. */
export type Execution = {
  readonly account: string;
  readonly region: string;
  readonly row: FunctionRow;
  readonly version: VersionRow;
  /** The ARN that the function sees: as it was called. */
  readonly invokedArn: string;
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly traceId: string;
  /** JSON. */
  readonly clientContext: string | undefined;
};

/**
 * Runs a function and waits for what becomes of it.
 *
 * @param ctx of the caller, or of the service
 * @throws ServiceError TooManyRequestsException, and what keeps an environment from starting
 */
export async function execute(ctx: Context, execution: Execution): Promise<Ended> {
  const { account, region, row, version, payload } = execution;
  const here = running(ctx);
  const reserved = await reservations(ctx.records.at({ account, region }));
  const place = { account, region };
  const work = () =>
    here.pool.run({
      key: version.instance,
      plan: () => planEnvironment(here, place, version, 'on-demand'),
      event: {
        requestId: execution.requestId,
        payload: payload.length === 0 ? Buffer.from('{}') : payload,
        functionArn: execution.invokedArn,
        traceId: execution.traceId,
        clientContext: execution.clientContext,
      },
      timeoutMs: version.settings.timeout * 1_000,
      now: here.runtime.clock.now(),
    });
  const inAll = Object.values(reserved).reduce((sum, each) => sum + each, 0);
  const ended = await here.concurrency.run(`${account}|${region}`, row.name, reserved[row.name], inAll, work);
  if (ended === undefined) throw throttled('ConcurrentInvocationLimitExceeded');
  return ended;
}

/** A trace id in X-Ray's form, for functions that hand it on: nothing is traced here. */
export function newTraceId(ctx: Context): string {
  const hex = (length: number) => Buffer.from(ctx.random(length)).toString('hex');
  const seconds = Math.floor(ctx.now / 1_000).toString(16);
  return `Root=1-${seconds}-${hex(12)};Parent=${hex(8)};Sampled=0`;
}

/** A number from 0 to 1 that one request always gives: attempts at it choose alike. */
export function lot(requestId: string): number {
  return createHash('sha256').update(requestId).digest().readUInt32BE() / 0x1_0000_0000;
}
