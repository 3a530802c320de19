/** Old records are looked for soon after the start, for processes that live shortly, and then some times an hour. */
const FIRST_MS = 60_000;
const EVERY_MS = 10 * 60_000;

export type AuditUpkeepOptions = {
  /** Makes the segments that are missing. */
  readonly index: () => Promise<unknown>;
  /** Deletes some of the oldest blocks whose records are older than `before`; how many. */
  readonly drop: (before: number) => Promise<number>;
  readonly clock: { now(): number };
  /** How long audit records are kept, ms; undefined: for ever. */
  readonly keepMs: number | undefined;
};

/**
 * The work on an audit trail beside its commits: summing up what was written, and deleting what became too old, in small steps. What
 * fails is tried again later; whoever reads meets the same error.
 */
export class AuditUpkeep {
  readonly #options: AuditUpkeepOptions;
  #timer: NodeJS.Timeout | undefined;
  #indexing: Promise<unknown> | undefined;
  #dropping: Promise<unknown> | undefined;
  #stopped = false;

  constructor(options: AuditUpkeepOptions) {
    this.#options = options;
    if (options.keepMs !== undefined) this.#waitFor(FIRST_MS);
  }

  /** When there is something to sum up. */
  index(): void {
    if (this.#indexing !== undefined || this.#stopped) return;
    this.#indexing = this.#options
      .index()
      .catch(() => undefined)
      .finally(() => {
        this.#indexing = undefined;
      });
  }

  /** Deletes everything that is too old; other commits go on between the steps. */
  dropOld(): Promise<unknown> {
    this.#dropping ??= this.#dropAll()
      .catch(() => undefined)
      .finally(() => {
        this.#dropping = undefined;
      });
    return this.#dropping;
  }

  /** Resolves when nothing is under way; nothing begins any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#indexing, this.#dropping]);
  }

  #waitFor(ms: number): void {
    this.#timer = setTimeout(() => {
      void this.dropOld().then(() => {
        if (!this.#stopped) this.#waitFor(EVERY_MS);
      });
    }, ms).unref();
  }

  async #dropAll(): Promise<void> {
    const { drop, clock, keepMs } = this.#options;
    if (keepMs === undefined) return;
    while (!this.#stopped && (await drop(clock.now() - keepMs)) > 0);
  }
}
