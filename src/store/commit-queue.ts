/** A unit of work on its way: it is answered once, after the commit that carries it is durable. */
export type Pending<T> = { readonly unit: T; readonly resolve: () => void; readonly reject: (error: Error) => void };

type Task = { readonly run: () => Promise<void> };

/** Bounds one turn of the event loop: 256 small writes take about 10 ms. */
const UNITS_PER_FLUSH = 256;

/**
 * Gathers units while a commit is under way, so that one durable commit carries many. One flush or task at a time, in order.
 */
export class CommitQueue<T> {
  readonly #flush: (units: readonly Pending<T>[]) => Promise<void>;
  #waiting: (Pending<T> | Task)[] = [];
  #running: Promise<void> | undefined;

  /** @param flush answers every unit that it is given; never rejects */
  constructor(flush: (units: readonly Pending<T>[]) => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves when the unit is durable. */
  commit(unit: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Runs `task` alone, after everything that waits now. */
  run<R>(task: () => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run: () => task().then(resolve, reject) });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    // The requests of one poll of the sockets share the first commit; readers that waited for the last one get their turn.
    do {
      await new Promise(setImmediate);
      const [first] = this.#waiting;
      if (first !== undefined && 'run' in first) {
        this.#waiting.shift();
        await first.run();
      } else {
        const units = this.#takeUnits();
        await this.#flush(units);
      }
    } while (this.#waiting.length > 0);
    this.#running = undefined;
  }

  #takeUnits(): readonly Pending<T>[] {
    const units: Pending<T>[] = [];
    for (const entry of this.#waiting) {
      if ('run' in entry || units.length === UNITS_PER_FLUSH) break;
      units.push(entry);
    }
    this.#waiting = this.#waiting.slice(units.length);
    return units;
  }
}
