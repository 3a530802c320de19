import type { Context } from '#runtime/context.ts';
import type { RunningService } from '#runtime/service.ts';
import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { slot } from '#runtime/slot.ts';
import type { OpenQueue } from './access.ts';
import { groups, messages, type Place, timeIn } from './records.ts';

/** A message, or in FIFO queues a group, that can be received; with the index key of the state in which it can. */
export type Candidate = { readonly id: string; readonly key: string };

type Reading = { readonly ready: readonly Candidate[]; readonly nextAt: number | undefined; readonly at: number };

/** Entries of the index read at once. */
const pageSize = 100;
/** Pages read in search of an entry that nobody has claimed: more than that are not on their way at once. */
const maxPages = 20;
/** How long a claim stands whose call never ended: what it took is received again after this. */
const claimMs = 5_000;
/** Queues whose feeds are kept. */
const maxFeeds = 10_000;

/**
 * What the receivers of this process take from one queue: read ahead, a page for all of them, outside their units, so that no receiver
 * depends on the state of messages that others take. Each candidate goes to one receiver. Other processes read the same: their receivers
 * may get the same candidate, and the store lets one of them commit.
 */
export class Feed {
  readonly #read: () => Promise<Reading>;
  /** Until when, by the state that was claimed. */
  readonly #claims = new Map<string, number>();
  /** The next one last. */
  #ready: Candidate[] = [];
  #reading: Promise<void> | undefined;
  /** When the next message shows itself that was not ready at the last reading. */
  nextAt: number | undefined;
  /** The time of the last reading: what it gave is ready by then. */
  readAt = 0;

  constructor(runtime: ServiceRuntime, queue: Place, contents: string, fifo: boolean) {
    this.#read = () => inUnit(runtime, queue, 'ReadAhead', (ctx) => this.#readAhead(ctx, contents, fifo));
  }

  async #readAhead(ctx: Context, contents: string, fifo: boolean): Promise<Reading> {
    const ready: Candidate[] = [];
    let after: { readonly key: string; readonly id: string } | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const range = { prefix: `${contents}|`, limit: pageSize, ...(after === undefined ? {} : { after }) };
      const found = fifo
        ? await ctx.records.listIndex(groups, 'ready', range)
        : await ctx.records.listIndex(messages, 'visible', range);
      for (const { id, indexKey: key } of found) {
        const time = timeIn(key);
        if (time > ctx.now) return { ready, nextAt: time, at: ctx.now };
        if (!this.#claims.has(key + id)) ready.push({ id, key });
      }
      const last = found.at(-1);
      if (ready.length > 0 || last === undefined || found.length < pageSize) break;
      after = { key: last.indexKey, id: last.id };
    }
    return { ready, nextAt: undefined, at: ctx.now };
  }

  /** One candidate that nobody else in this process has; undefined when there is none right now. */
  async take(now: number): Promise<Candidate | undefined> {
    for (let readings = 0; ; ) {
      const candidate = this.#ready.pop();
      if (candidate === undefined) {
        if (readings > 0) return undefined;
        if (await this.#refill()) readings += 1;
      } else if (!this.#claims.has(candidate.key + candidate.id)) {
        this.#claim(candidate, now);
        return candidate;
      }
    }
  }

  /** Gives back what was taken and not received. */
  release(candidates: readonly Candidate[]): void {
    for (const { id, key } of candidates) this.#claims.delete(key + id);
  }

  #claim({ id, key }: Candidate, now: number): void {
    for (const [claimed, until] of this.#claims) {
      if (until > now) break;
      this.#claims.delete(claimed);
    }
    this.#claims.set(key + id, now + claimMs);
  }

  /** @returns false when it only waited for a reading that had begun before */
  async #refill(): Promise<boolean> {
    const underWay = this.#reading;
    if (underWay !== undefined) {
      await underWay;
      if (this.#ready.length > 0) return false;
    }
    // Whoever waited for the same reading shares the next one.
    this.#reading ??= this.#read()
      .then(({ ready, nextAt, at }) => {
        this.#ready = [...ready].reverse();
        this.nextAt = nextAt;
        this.readAt = at;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
    return true;
  }
}

const running = slot((): { runtime: ServiceRuntime | undefined; readonly feeds: Map<string, Feed> } => ({
  runtime: undefined,
  feeds: new Map(),
}));

/** The service's own units of work are those of the runtime that began it. */
export async function startFeeds(runtime: ServiceRuntime): Promise<RunningService> {
  runtime.local(running).runtime = runtime;
  return { stop: async () => undefined };
}

/** The feed of a queue's present contents. */
export function feedOf(ctx: Context, { account, region, row }: OpenQueue): Feed {
  const { feeds } = ctx.local(running);
  const known = feeds.get(row.contents);
  if (known !== undefined) return known;
  if (feeds.size >= maxFeeds) feeds.clear();
  const feed = new Feed(runtimeOf(ctx), { account, region }, row.contents, row.settings.fifo);
  feeds.set(row.contents, feed);
  return feed;
}

/**
 * Waits until something happens to a queue's messages, one of them becomes visible by time, or `until`.
 *
 * @param seen asked once whatever happens from then on is heard: true when there is something to receive already
 * @returns the time by then
 */
export function waitForMessages(
  ctx: Context,
  { account, region, row }: OpenQueue,
  until: number,
  seen: (now: number) => Promise<{ readonly found: boolean; readonly nextAt: number | undefined }>,
): Promise<number> {
  // A unit at the queue's place: its owner may be another account than the caller's.
  return inUnit(runtimeOf(ctx), { account, region }, 'WaitForMessages', async (there) => {
    const watch = there.watch(messages, `${row.contents}|`);
    const { found, nextAt } = await seen(there.now);
    if (found) return there.now;
    return watch.changed(Math.min(until, nextAt ?? until), ctx.request.gone);
  });
}

/** Reads in a unit of the service's own. What was read needs no commit, so nobody waits for it. */
function inUnit<T>(
  runtime: ServiceRuntime,
  place: Place,
  name: string,
  work: (ctx: Context) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    runtime.run(place, name, async (ctx) => resolve(await work(ctx))).catch(reject);
  });
}

function runtimeOf(ctx: Context): ServiceRuntime {
  const { runtime } = ctx.local(running);
  if (runtime === undefined) throw new Error('INVARIANT: the service has begun before it is called');
  return runtime;
}
