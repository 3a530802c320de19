import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findGroup, groupResource, placeOf } from './access.ts';
import type { Operation, Output } from './api.ts';
import type { Pattern } from './engine/pattern/pattern.ts';
import { invalid, limitExceeded } from './errors.ts';
import { patternOf } from './filter-events.ts';
import { watched, watchedKey } from './ingested.ts';
import type { Found } from './reading.ts';

/** Time between updates, ms. */
const every = 1_000;
/** Lines of an update (API reference, "StartLiveTail"). */
const maxLines = 500;
/** A session's life, ms. */
const longest = 3 * 3_600_000;
/** Sessions at a time in this process; AWS: of an account in a Region. */
const maxSessions = 15;

/** Somebody who looks at log groups live. */
export type Tail = {
  /** @param arn the log group's */
  offer(account: string, arn: string, lines: readonly Found[]): void;
};

type Stream = NonNullable<Output<'StartLiveTail'>['responseStream']>;
type TailEvent = Stream extends AsyncIterable<infer E> ? E : never;

export const StartLiveTail: Operation<'StartLiveTail'> = {
  resource: ({ logGroupIdentifiers }, ctx) =>
    Promise.all(logGroupIdentifiers.map((logGroupIdentifier) => groupResource({ logGroupIdentifier }, ctx))),
  readOnly: true,
  handle: async (input, ctx) => {
    const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes } = input;
    if (logGroupIdentifiers.some((text) => !text.startsWith('arn:')))
      throw invalid('The specified log group identifier is not valid: expected the ARN of a log group.');
    if ((logStreamNames !== undefined || logStreamNamePrefixes !== undefined) && logGroupIdentifiers.length > 1)
      throw invalid('Log streams can be chosen in one log group only.');
    if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined)
      throw invalid('Specify either logStreamNames or logStreamNamePrefixes.');
    const pattern = patternOf(input.logEventFilterPattern);
    const keys: string[] = [];
    for (const logGroupIdentifier of logGroupIdentifiers) {
      const place = placeOf({ logGroupIdentifier }, ctx);
      keys.push(watchedKey(place.account, ctx.region, (await findGroup(place)).id));
    }
    const wanted = (name: string) =>
      (logStreamNames?.includes(name) ?? true) &&
      (logStreamNamePrefixes?.some((prefix) => name.startsWith(prefix)) ?? true);
    const session = new Session(ctx, keys, pattern, wanted);
    session.open();
    return { responseStream: session.events(input) };
  },
};

class Session implements Tail {
  readonly #ctx: Context;
  readonly #keys: readonly string[];
  readonly #pattern: Pattern | undefined;
  readonly #wanted: (stream: string) => boolean;
  readonly #gone: AbortSignal | undefined;
  #lines: { readonly account: string; readonly arn: string; readonly line: Found }[] = [];
  #matched = 0;
  #wake: (() => void) | undefined;

  constructor(
    ctx: Context,
    keys: readonly string[],
    pattern: Pattern | undefined,
    wanted: (stream: string) => boolean,
  ) {
    this.#ctx = ctx;
    this.#keys = keys;
    this.#pattern = pattern;
    this.#wanted = wanted;
    this.#gone = ctx.request.gone;
  }

  open(): void {
    const sessions = this.#ctx.local(watched);
    if (new Set([...sessions.values()].flatMap((set) => [...set])).size >= maxSessions) throw limitExceeded();
    for (const key of this.#keys) {
      const set = sessions.get(key) ?? new Set();
      sessions.set(key, set.add(this));
    }
    this.#gone?.addEventListener('abort', () => this.#close(), { once: true });
    if (this.#isGone()) this.#close();
  }

  offer(account: string, arn: string, lines: readonly Found[]): void {
    for (const line of lines) {
      if (!this.#wanted(line.streamName) || this.#pattern?.matches(line.message) === false) continue;
      this.#matched += 1;
      if (this.#lines.length < maxLines) this.#lines.push({ account, arn, line });
      // Of too many each has the same chance to be shown.
      else {
        const at = Buffer.from(this.#ctx.random(4)).readUInt32LE(0) % this.#matched;
        if (at < maxLines) this.#lines[at] = { account, arn, line };
      }
    }
    if (this.#lines.length > 0) this.#wake?.();
  }

  async *events(input: Parameters<(typeof StartLiveTail)['handle']>[0]): AsyncGenerator<TailEvent> {
    try {
      const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern } = input;
      const chosen = { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern };
      const { requestId } = this.#ctx;
      yield { sessionStart: { requestId, sessionId: requestId, ...chosen } } as unknown as TailEvent;
      const end = performance.now() + longest;
      while (performance.now() < end && !this.#isGone()) {
        await this.#pause(true);
        if (this.#isGone()) return;
        yield this.#update() as unknown as TailEvent;
        await this.#pause(false);
      }
      if (!this.#isGone())
        throw new ServiceError('SessionTimeoutException', 'The session has been open for three hours.');
    } finally {
      this.#close();
    }
  }

  #isGone(): boolean {
    return this.#gone?.aborted ?? false;
  }

  #update(): object {
    const sampled = this.#matched > maxLines;
    const sessionResults = this.#lines.map(({ account, arn, line }) => ({
      logStreamName: line.streamName,
      logGroupIdentifier: `${account}:${arn.slice(arn.indexOf(':log-group:') + 11)}`,
      message: line.message,
      timestamp: line.time,
      ingestionTime: line.ingested,
    }));
    this.#lines = [];
    this.#matched = 0;
    return { sessionUpdate: { sessionMetadata: { sampled }, sessionResults } };
  }

  /** Waits for a second; where lines may shorten it, until there are some. */
  #pause(forLines: boolean): Promise<void> {
    if ((forLines && this.#lines.length > 0) || this.#isGone()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#gone?.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, every).unref();
      this.#gone?.addEventListener('abort', done, { once: true });
      if (forLines) this.#wake = done;
    });
  }

  #close(): void {
    const sessions = this.#ctx.local(watched);
    for (const key of this.#keys) {
      const set = sessions.get(key);
      set?.delete(this);
      if (set?.size === 0) sessions.delete(key);
    }
  }
}
