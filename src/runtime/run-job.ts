import { ConflictError, type Job } from '#store/store.ts';
import type { Installation } from './installation.ts';
import { jobContext } from './job-context.ts';
import type { JobHandler, Published, Service, SlowJob } from './service.ts';
import { Unit } from './unit.ts';

/** Job kinds are `<service>/<name>`, their ids `<account>|<region>|<what>`: the place where they run. */
export function jobId(account: string, region: string, what: string): string {
  return `${account}|${region}|${what}`;
}

/** Kind of the jobs that hand over what a subscriber failed to take: `<service>/@<topic>`. */
export function redeliveryKind(service: string, topic: string): string {
  return `${service}/@${topic}`;
}

const longestRetryMs = 3_600_000;

/** True for jobs that wait for others. */
export function isSlow(house: Installation, kind: string): boolean {
  const { job } = named(house, kind);
  return typeof job === 'object';
}

/** Runs one job; its changes and its completion commit together. A failure moves it to a later time. */
export async function runJob(house: Installation, job: Job): Promise<void> {
  const { store, clock, log, metrics } = house;
  const [account = '', region = '', ...what] = job.id.split('|');
  const unit = new Unit();
  let close = () => {};
  try {
    const found = named(house, job.kind);
    const handler = handlerOf(found, account, region);
    if (found.service === undefined || handler === undefined)
      throw new Error(`no handler for jobs of kind \`${job.kind}\``);
    unit.job({ kind: job.kind, id: job.id, runAt: undefined });
    const context = jobContext(house, unit, found.service, found.name, account, region);
    close = context.close;
    await handler(what.join('|'), job.payload, context.ctx, context.at);
    await context.commit();
    metrics.ranJob(job.kind, 'done');
  } catch (error) {
    metrics.ranJob(job.kind, 'failed');
    const delay = error instanceof ConflictError ? 0 : Math.min(60_000 * 2 ** job.attempts, longestRetryMs);
    log.warn({ err: error, kind: job.kind, attempts: job.attempts }, 'a job failed and will run again');
    const retry = new Unit();
    retry.job({ kind: job.kind, id: job.id, runAt: clock.now() + delay, payload: job.payload });
    await store.commit(retry.commit([]));
  } finally {
    close();
  }
}

type Named = {
  readonly service: Service | undefined;
  readonly name: string;
  readonly job: JobHandler | SlowJob | undefined;
};

function named(house: Installation, kind: string): Named {
  const slash = kind.indexOf('/');
  const service = house.services.get(kind.slice(0, slash));
  const name = kind.slice(slash + 1);
  return { service, name, job: service?.jobs?.[name] };
}

type Handler = (
  what: string,
  payload: unknown,
  ...contexts: [Parameters<JobHandler>[2], (account: string, region: string) => Parameters<JobHandler>[2]]
) => Promise<void>;

function handlerOf({ service, name, job }: Named, account: string, region: string): Handler | undefined {
  if (typeof job === 'function') return job;
  if (job !== undefined) return job.slow;
  if (!name.startsWith('@')) return undefined;
  const topic = name.slice(1);
  const subscriber = service?.subscribers?.[topic];
  if (subscriber === undefined) return undefined;
  return (_what, body, _ctx, at) => subscriber([{ topic, account, region, body } satisfies Published], at);
}
