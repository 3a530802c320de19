import { ConflictError } from '#store/store.ts';
import type { Clock } from './clock.ts';
import type { Context } from './context.ts';
import type { Installation } from './installation.ts';
import { jobContext } from './job-context.ts';
import type { Log } from './log.ts';
import type { Service } from './service.ts';
import type { Slot } from './slot.ts';
import { Staged } from './staged.ts';
import { Unit } from './unit.ts';

/** Attempts before work that others keep overtaking gives up. */
const maxAttempts = 100;

/** What a service's own processes may use: units of work of their own, beside those of requests and jobs. */
export type ServiceRuntime = {
  readonly clock: Clock;
  readonly log: Log;
  /** Directory for temporary files; undefined where the installation lives in memory. */
  readonly scratch: string | undefined;
  /** Where this server listens, for SDKs inside functions: `http://127.0.0.1:4566`; undefined before it does. */
  readonly endpoint: () => string | undefined;
  /**
   * Runs `work` as the service at a place and commits what it did; runs it again when others overtook it.
   *
   * @param name shown in the audit record of calls made inside
   */
  run<T>(place: { readonly account: string; readonly region: string }, name: string, work: Work<T>): Promise<T>;
  /** The same memory as `Context.local`. */
  local<T>(slot: Slot<T>): T;
};

export type Work<T> = (ctx: Context) => Promise<T>;

export function serviceRuntime(house: Installation, service: Service): ServiceRuntime {
  return {
    clock: house.clock,
    log: house.log,
    scratch: house.scratch,
    endpoint: () => house.endpoint.url,
    run: ({ account, region }, name, work) => runUnit(house, service, name, account, region, work),
    local: (slot) => slot.of(house),
  };
}

/** One unit of work of a service. @throws whatever `work` throws; nothing of it is kept then */
export async function runUnit<T>(
  house: Installation,
  service: Service,
  name: string,
  account: string,
  region: string,
  work: Work<T>,
): Promise<T> {
  const staged = new Staged();
  for (let tries = 1; ; tries += 1) {
    const unit = new Unit();
    const { ctx, commit, close } = jobContext(house, unit, service, name, account, region, staged);
    try {
      const result = await work(ctx);
      await commit();
      return result;
    } catch (error) {
      if (!(error instanceof ConflictError) || tries >= maxAttempts) throw error;
      house.metrics.conflicted();
    } finally {
      close();
    }
  }
}
