import type { CommittedChange, RecordKey, Store } from '#store/store.ts';
import type { Clock, MovableClock } from './clock.ts';

type Place = Pick<RecordKey, 'collection' | 'account' | 'region'>;

/** Somebody waits for records to change. Nothing that commits after `watch` is missed. */
export interface Watch {
  /**
   * Resolves when something changed since the watch began or since the last call, when `until` (ms since the epoch) is reached, or when
   * `gone` is aborted.
   *
   * @returns the time by then, ms since the epoch
   */
  changed(until: number, gone?: AbortSignal): Promise<number>;
  /** Ends it; a call's watches end with the call. */
  close(): void;
}

/** Tells those who wait which records changed. */
export class Changes {
  readonly #clock: Clock;
  readonly #watches = new Map<string, Set<PrefixWatch>>();
  #ended = false;

  constructor(store: Store, clock: MovableClock) {
    this.#clock = clock;
    store.onChange((changes) => this.#hear(changes));
    clock.onMove(() => this.#each((watch) => watch.ring()));
  }

  /** Ids that begin with `prefix`, at a place. */
  watch(place: Place, prefix: string): Watch {
    const name = nameOf(place);
    const set = this.#watches.get(name) ?? new Set();
    this.#watches.set(name, set);
    const watch = new PrefixWatch(prefix, this.#clock, () => {
      set.delete(watch);
      if (set.size === 0 && this.#watches.get(name) === set) this.#watches.delete(name);
    });
    set.add(watch);
    if (this.#ended) watch.end();
    return watch;
  }

  /** The server ends: nobody waits any longer. */
  end(): void {
    this.#ended = true;
    this.#each((watch) => watch.end());
  }

  #each(act: (watch: PrefixWatch) => void): void {
    for (const set of this.#watches.values()) for (const watch of set) act(watch);
  }

  #hear(changes: readonly CommittedChange[]): void {
    if (this.#watches.size === 0) return;
    for (const { key } of changes) {
      const set = this.#watches.get(nameOf(key));
      if (set === undefined) continue;
      for (const watch of set) if (key.id.startsWith(watch.prefix)) watch.ring();
    }
  }
}

class PrefixWatch implements Watch {
  readonly prefix: string;
  readonly #clock: Clock;
  readonly #closed: () => void;
  #rung = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(prefix: string, clock: Clock, closed: () => void) {
    this.prefix = prefix;
    this.#clock = clock;
    this.#closed = closed;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async changed(until: number, gone?: AbortSignal): Promise<number> {
    const left = until - this.#clock.now();
    if (!this.#rung && !this.#ended && left > 0 && gone?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        gone?.addEventListener('abort', () => resolve(), { once: true });
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#rung = false;
    return this.#ended || gone?.aborted === true ? Math.max(until, this.#clock.now()) : this.#clock.now();
  }

  close(): void {
    this.#closed();
    this.end();
  }
}

function nameOf({ collection, account, region }: Place): string {
  return `${collection}|${account}|${region}`;
}
