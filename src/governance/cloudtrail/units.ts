import type { Context } from '#runtime/context.ts';
import type { Service } from '#runtime/service.ts';
import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { slot } from '#runtime/slot.ts';

/** How this process makes units of work; known from the start of the server on. */
const runtimes = slot((): { current: ServiceRuntime | undefined } => ({ current: undefined }));

export const keepRuntime: NonNullable<Service['start']> = async (runtime) => {
  runtime.local(runtimes).current = runtime;
  return { stop: async () => {} };
};

/**
 * A step of a job, with a unit of its own at the job's place: a file and the position behind it commit together, and what is done stays
 * done when a later step fails.
 *
 * @param name shown in the audit record of calls made inside
 */
export function inUnit<T>(
  ctx: Context,
  name: string,
  work: (step: Context) => Promise<T>,
  region = ctx.region,
): Promise<T> {
  const { current } = ctx.local(runtimes);
  if (current === undefined) throw new Error('INVARIANT: jobs run after the server has started');
  return current.run({ account: ctx.account, region }, name, work);
}
