import { ConflictError, type Job } from '#store/store.ts';
import type { Installation } from './installation.ts';
import { isSlow, runJob } from './run-job.ts';
import { Unit } from './unit.ts';
import { upkeep } from './upkeep.ts';

/** How long a process may hold a job before another takes it over. */
const leaseMs = 60_000;
/** A slow job's lease is renewed this often, by the wall clock. */
const renewMs = 20_000;
/** Longest sleep: a clock set forward from outside is noticed within this time. */
const longestSleepMs = 30_000;
const batch = 50;
/** Slow jobs at once. What is due beyond waits a little. */
const maxSlow = 64;
const crowdedMs = 500;
/** Services write down what they keep in memory this often. */
const upkeepMs = 60_000;

/**
 * Runs the services' jobs when they are due, at least once, each in a unit of its own. A job that fails is tried again after
 * 2, 4, 8 … minutes, up to an hour. Jobs that wait for others run beside the rest.
 */
export class Scheduler {
  readonly #house: Installation;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  readonly #slow = new Set<Promise<void>>();
  #again = false;
  #stopped = false;
  readonly #upkeep: NodeJS.Timeout;

  constructor(house: Installation) {
    this.#house = house;
    this.#upkeep = setInterval(() => void upkeep(house), upkeepMs).unref();
  }

  /** Looks for due work now; called at start, after commits that schedule and when the clock moves. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  /** True while jobs run. */
  get busy(): boolean {
    return this.#running !== undefined || this.#slow.size > 0;
  }

  /** Resolves when no due work is left. */
  async idle(): Promise<void> {
    while (this.busy) await Promise.all([this.#running, ...this.#slow]);
  }

  /** Resolves when the jobs under way are done; no other begins. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#upkeep);
    await Promise.all([this.#running, ...this.#slow]);
    await upkeep(this.#house);
  }

  async #drain(): Promise<void> {
    const { store, clock, log } = this.#house;
    try {
      while (!this.#stopped) {
        const jobs = await store.leaseJobs(clock.now(), leaseMs, batch);
        if (jobs.length === 0) break;
        for (const job of jobs) {
          // What is left of the batch is due again when its lease ends.
          if (this.#stopped) return;
          if (isSlow(this.#house, job.kind)) await this.#beginSlow(job);
          else await runJob(this.#house, job);
        }
      }
      const next = await store.nextJobAt();
      this.#sleep(next === undefined ? longestSleepMs : next - clock.now());
    } catch (error) {
      if (!(error instanceof ConflictError)) log.error({ err: error }, 'the scheduler could not look for work');
      this.#sleep(1_000);
    }
  }

  async #beginSlow(job: Job): Promise<void> {
    if (this.#slow.size >= maxSlow) return this.#lease(job, crowdedMs);
    const renewal = setInterval(() => void this.#renew(job), renewMs).unref();
    const running = runJob(this.#house, job)
      .catch((error: unknown) => this.#house.log.error({ err: error, kind: job.kind }, 'a job was not put back'))
      .finally(() => {
        clearInterval(renewal);
        this.#slow.delete(running);
      });
    this.#slow.add(running);
  }

  async #renew(job: Job): Promise<void> {
    try {
      await this.#lease(job, leaseMs);
    } catch (error) {
      this.#house.log.warn({ err: error, kind: job.kind }, 'the lease of a job was not renewed');
    }
  }

  /** Keeps a job for `ms` more: nobody else takes it, and it is due then. */
  #lease({ kind, id, payload }: Job, ms: number): Promise<void> {
    const unit = new Unit();
    unit.job({ kind, id, runAt: this.#house.clock.now() + ms, payload });
    return this.#house.store.commit(unit.commit([]));
  }

  #sleep(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(ms, 10), longestSleepMs));
    this.#timer.unref();
  }
}
