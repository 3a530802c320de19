import { ConflictError } from '#store/store.ts';
import type { Installation } from './installation.ts';
import { runJob } from './run-job.ts';
import { upkeep } from './upkeep.ts';

/** How long a process may hold a job before another takes it over. */
const leaseMs = 60_000;
/** Longest sleep: a clock set forward from outside is noticed within this time. */
const longestSleepMs = 30_000;
const batch = 50;
/** Services write down what they keep in memory this often. */
const upkeepMs = 60_000;

/**
 * Runs the services' jobs when they are due, at least once, each in a unit of its own. A job that fails is tried again after
 * 2, 4, 8 … minutes, up to an hour.
 */
export class Scheduler {
  readonly #house: Installation;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
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

  /** Resolves when no due work is left. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Resolves when the job under way is done; no other begins. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#upkeep);
    await this.#running;
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
          await runJob(this.#house, job);
        }
      }
      const next = await store.nextJobAt();
      this.#sleep(next === undefined ? longestSleepMs : next - clock.now());
    } catch (error) {
      if (!(error instanceof ConflictError)) log.error({ err: error }, 'the scheduler could not look for work');
      this.#sleep(1_000);
    }
  }

  #sleep(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(ms, 10), longestSleepMs));
    this.#timer.unref();
  }
}
