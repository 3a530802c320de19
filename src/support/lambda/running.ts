import type { Context } from '#runtime/context.ts';
import type { RunningService } from '#runtime/service.ts';
import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import { maxUnzippedBytes } from './code.ts';
import { LogShipping } from './log-shipping.ts';
import { CodeCache } from './sandbox/code-cache.ts';
import { Concurrency } from './sandbox/concurrency.ts';
import { probeIsolation } from './sandbox/isolation.ts';
import { Pool } from './sandbox/pool.ts';

/** What runs functions in this process. */
export type Running = {
  readonly runtime: ServiceRuntime;
  readonly pool: Pool;
  readonly cache: CodeCache;
  readonly concurrency: Concurrency;
  readonly logs: LogShipping;
  /** What functions did that they should not, counted by kind. */
  readonly faults: Map<string, number>;
};

const held = slot<{ current: Running | undefined }>(() => ({ current: undefined }));

/** @throws ServiceError where the server does not run functions (yet, or any more) */
export function running(ctx: Pick<Context, 'local'>): Running {
  const { current } = ctx.local(held);
  if (current === undefined)
    throw new ServiceError('ServiceException', 'functions are not running here', { status: 500 });
  return current;
}

/** Begins with the server: environments are made when they are needed. */
export async function startRunning(runtime: ServiceRuntime): Promise<Running & RunningService> {
  const place = runtime.local(held);
  const isolation = await probeIsolation();
  const current: Running = {
    runtime,
    pool: new Pool(isolation),
    cache: new CodeCache(runtime.scratch, maxUnzippedBytes),
    concurrency: new Concurrency(),
    logs: new LogShipping(runtime),
    faults: new Map(),
  };
  place.current = current;
  return {
    ...current,
    stop: async () => {
      place.current = undefined;
      await current.pool.stop();
      await current.logs.flush();
      current.cache.close();
    },
  };
}

/** Ends the warm environments of what was changed or deleted. Other processes' end when they have been idle for long enough. */
export function forget(ctx: Pick<Context, 'local'>, instance: string): void {
  ctx.local(held).current?.pool.forget(instance);
}

/** Counts and tells what no function should do. */
export function fault({ faults, runtime }: Running, functionArn: string, what: string): void {
  const count = (faults.get(what) ?? 0) + 1;
  faults.set(what, count);
  // The first of a kind, and then ever fewer: a broken function must not fill the server's log.
  if ((count & (count - 1)) === 0) runtime.log.warn({ function: functionArn, what, count }, 'a function misbehaved');
}
