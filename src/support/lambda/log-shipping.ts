import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { ServiceError } from '#wire/service-error.ts';
import { sessionName } from './engine/function-name.ts';

/** Whose log it is, and where it goes. */
export type LogTarget = {
  readonly account: string;
  readonly region: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly role: string;
  readonly group: string;
  readonly stream: string;
};

type LogEvent = { readonly timestamp: number; readonly message: string };
type Buffered = { readonly target: LogTarget; events: LogEvent[]; bytes: number; dropped: number };

const flushMs = 1_000;
/** A batch of PutLogEvents holds 10,000 events and 1 MB; the rest goes with the next. */
const batchEvents = 5_000;
const batchBytes = 700_000;
/** What waits of one stream while Logs is slow; more is dropped and counted. */
const maxBytes = 4 * 1024 * 1024;
/** After a refusal, a stream is left alone for this long. */
const silenceMs = 60_000;

/** Carries functions' logs to CloudWatch Logs, with the permissions of their roles. */
export class LogShipping {
  readonly #runtime: ServiceRuntime;
  readonly #streams = new Map<string, Buffered>();
  readonly #silent = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime;
  }

  write(target: LogTarget, message: string): void {
    const key = `${target.account}|${target.region}|${target.group}|${target.stream}`;
    const buffered = this.#streams.get(key) ?? { target, events: [], bytes: 0, dropped: 0 };
    this.#streams.set(key, buffered);
    if (buffered.bytes > maxBytes) {
      buffered.dropped += 1;
      return;
    }
    // Logs refuses events without a text.
    buffered.events.push({ timestamp: this.#runtime.clock.now(), message: message === '' ? ' ' : message });
    buffered.bytes += Buffer.byteLength(message) + 26;
    this.#timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Sends what waits. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const streams = [...this.#streams];
    this.#streams.clear();
    await Promise.all(streams.map(([key, buffered]) => this.#send(key, buffered)));
  }

  async #send(key: string, { target, events, dropped }: Buffered): Promise<void> {
    const { clock, log } = this.#runtime;
    if (dropped > 0) log.warn({ function: target.functionArn, dropped }, 'log records of a function were dropped');
    if ((this.#silent.get(key) ?? 0) > clock.now()) return;
    try {
      for (const batch of batches(events)) await this.#put(target, batch);
      this.#silent.delete(key);
    } catch (error) {
      this.#silent.set(key, clock.now() + silenceMs);
      const known = error instanceof ServiceError;
      log[known ? 'info' : 'warn'](
        { function: target.functionArn, err: known ? error.code : error },
        'a log was not kept',
      );
    }
  }

  #put(target: LogTarget, logEvents: readonly LogEvent[]): Promise<void> {
    const { account, region, role, functionArn, functionName, group, stream } = target;
    const as = { as: { role, session: sessionName(functionName) }, source: { arn: functionArn, account } };
    const name = { logGroupName: group, logStreamName: stream };
    return this.#runtime.run({ account, region }, 'ShipLogs', async (ctx) => {
      const put = () => ctx.call('logs', 'PutLogEvents', { ...name, logEvents: [...logEvents] }, as);
      try {
        await put();
      } catch (error) {
        if (!is(error, 'ResourceNotFoundException')) throw error;
        await ctx.call('logs', 'CreateLogGroup', { logGroupName: group }, as).catch(existing);
        await ctx.call('logs', 'CreateLogStream', name, as).catch(existing);
        await put();
      }
    });
  }
}

function is(error: unknown, code: string): boolean {
  return error instanceof ServiceError && error.code === code;
}

/** It is there already, or may not be made but may be there: the next call tells. */
function existing(error: unknown): void {
  if (!is(error, 'ResourceAlreadyExistsException') && !is(error, 'AccessDeniedException')) throw error;
}

function batches(events: readonly LogEvent[]): readonly (readonly LogEvent[])[] {
  const all: LogEvent[][] = [];
  let batch: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + 26;
    if (batch.length >= batchEvents || (batch.length > 0 && bytes + size > batchBytes)) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  return batch.length === 0 ? all : [...all, batch];
}
