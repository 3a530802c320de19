/** Time as the installation sees it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The same, never moved: signatures are judged by the time that their makers have. */
  wireNow(): number;
}

export const systemClock: Clock = { now: () => Date.now(), wireNow: () => Date.now() };

/** A clock that can be moved forward: tests and open mode's `/_ringwall/clock`. */
export class MovableClock implements Clock {
  #offset = 0;
  readonly #base: Clock;
  #listeners = new Set<() => void>();

  constructor(base: Clock = systemClock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  wireNow(): number {
    return this.#base.wireNow();
  }

  /** @param ms how far; never backwards */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('a clock moves forward only');
    this.#offset += ms;
    for (const listener of this.#listeners) listener();
  }

  reset(): void {
    this.#offset = 0;
  }

  /** Called after each move, so that due work runs at once. */
  onMove(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
