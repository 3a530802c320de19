import { type ThrottleReason, throttled } from '../errors.ts';

/** Executions at once in an account and Region (Lambda quotas), and what reservations must leave to the others. */
export const accountConcurrency = 1_000;
export const leastUnreserved = 100;

/** Counts what runs, in this process. */
export class Concurrency {
  readonly #running = new Map<string, number>();

  /**
   * Counts an execution for as long as it takes.
   *
   * @param place account and Region
   * @param reserved of this function; undefined: it shares with others
   * @param reservedInAll of all functions of the place
   * @throws ServiceError TooManyRequestsException
   */
  async run<T>(
    place: string,
    name: string,
    reserved: number | undefined,
    reservedInAll: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const shared = reserved === undefined;
    const counter = shared ? place : `${place}|${name}`;
    const limit = shared ? accountConcurrency - reservedInAll : reserved;
    const reason: ThrottleReason = shared
      ? 'ConcurrentInvocationLimitExceeded'
      : 'ReservedFunctionConcurrentInvocationLimitExceeded';
    const running = this.#running.get(counter) ?? 0;
    if (running >= limit) throw throttled(reason);
    this.#running.set(counter, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.#running.get(counter) ?? 1) - 1;
      if (left === 0) this.#running.delete(counter);
      else this.#running.set(counter, left);
    }
  }
}
