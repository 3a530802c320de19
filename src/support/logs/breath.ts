import { setImmediate as turn } from 'node:timers/promises';

/** Work in one go, ms, before others get their turn. */
const longest = 4;
/** Lines that are looked at without asking what time it is. */
export const linesBetween = 64;

/** Lets others have their turn in long work: this process has one thread. */
export class Breath {
  #since = performance.now();
  readonly #began = this.#since;

  /** Real time since the work began, ms. */
  get elapsed(): number {
    return performance.now() - this.#began;
  }

  async taken(): Promise<void> {
    if (performance.now() - this.#since < longest) return;
    await turn();
    this.#since = performance.now();
  }
}
