import { ConflictError, type Job } from '#store/store.ts';
import type { Installation } from './installation.ts';
import { jobContext } from './job-context.ts';
import { Unit } from './unit.ts';

/** Job kinds are `<service>/<name>`, their ids `<account>|<region>|<what>`: the place where they run. */
export function jobId(account: string, region: string, what: string): string {
  return `${account}|${region}|${what}`;
}

const longestRetryMs = 3_600_000;

/** Runs one job; its changes and its completion commit together. A failure moves it to a later time. */
export async function runJob(house: Installation, job: Job): Promise<void> {
  const { store, clock, log, metrics } = house;
  const [serviceName = '', name = ''] = job.kind.split('/');
  const service = house.services.get(serviceName);
  const handler = service?.jobs?.[name];
  const [account = '', region = '', ...what] = job.id.split('|');
  const unit = new Unit();
  try {
    if (service === undefined || handler === undefined) throw new Error(`no handler for jobs of kind \`${job.kind}\``);
    unit.job({ kind: job.kind, id: job.id, runAt: undefined });
    const { ctx, audits } = jobContext(house, unit, service, name, account, region);
    await handler(what.join('|'), job.payload, ctx);
    await store.commit(unit.commit(audits));
    metrics.ranJob(job.kind, 'done');
  } catch (error) {
    metrics.ranJob(job.kind, 'failed');
    const delay = error instanceof ConflictError ? 0 : Math.min(60_000 * 2 ** job.attempts, longestRetryMs);
    log.warn({ err: error, kind: job.kind, attempts: job.attempts }, 'a job failed and will run again');
    const retry = new Unit();
    retry.job({ kind: job.kind, id: job.id, runAt: clock.now() + delay, payload: job.payload });
    await store.commit(retry.commit([]));
  }
}
