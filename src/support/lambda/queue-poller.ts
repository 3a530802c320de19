import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallOptions, Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueUrl } from '../queue-url.ts';
import { named, qualifiedArn } from './access.ts';
import type { ActiveWork } from './active-work.ts';
import { type Pattern, parsePattern } from './engine/filter-pattern.ts';
import { sessionName } from './engine/function-name.ts';
import { failedItems, inBatches, passes, type QueueMessage, recordOf } from './engine/sqs-batch.ts';
import { execute, newTraceId } from './execution.ts';
import { targetOf } from './invoke.ts';
import { mappingArn } from './mapping-access.ts';
import { settingsFor } from './mapping-rules.ts';
import { type MappingRow, mappings } from './records.ts';
import { fault, type Running } from './running.ts';

/** Batches of one mapping that run at once, where it names no number (Lambda begins with five pollers). */
const defaultConcurrency = 5;
/** Longest wait of a receive (SQS API reference). */
const longPollSeconds = 20;
const receiveAtOnce = 10;
const longestBackOffMs = 30_000;
const breathMs = 20;

type Batch = {
  readonly row: MappingRow;
  readonly as: CallOptions;
  readonly url: string;
  readonly messages: readonly QueueMessage[];
};

/** Carries the messages of one queue to one function, as the function's role. */
export class QueuePoller {
  readonly #running: Running;
  readonly #work: ActiveWork;
  readonly #stop = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  readonly #ended: Promise<void>;

  constructor(running: Running, work: ActiveWork) {
    this.#running = running;
    this.#work = work;
    this.#ended = this.#run();
  }

  /** Resolves when no further message is taken and what runs has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    await Promise.all(this.#busy);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { runtime } = this.#running;
    let backOffMs = 1_000;
    while (!signal.aborted) {
      try {
        const batch = await this.#receive();
        backOffMs = 1_000;
        if (batch === undefined) return;
        if (batch.messages.length === 0) {
          // When the server ends, no receive waits any longer: this loop must not keep the rest from running.
          await pause(breathMs, undefined, { signal, ref: false }).catch(() => {});
          continue;
        }
        const limit = batch.row.maximumConcurrency ?? defaultConcurrency;
        while (this.#busy.size >= limit) await Promise.race(this.#busy);
        const handling = this.#handle(batch)
          .catch((error: unknown) => runtime.log.warn({ err: error }, 'a batch of messages failed'))
          .finally(() => this.#busy.delete(handling));
        this.#busy.add(handling);
      } catch (error) {
        if (signal.aborted) return;
        const why = error instanceof ServiceError ? error.code : String(error);
        fault(this.#running, this.#work.what, `a queue could not be read: ${why}`);
        await pause(backOffMs, undefined, { signal, ref: false }).catch(() => {});
        backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
      }
    }
  }

  /** Collects a batch: as many as there are, for as long as the window says. undefined when the mapping is gone. */
  async #receive(): Promise<Batch | undefined> {
    const { runtime } = this.#running;
    const found = await runtime.run(this.#work, 'LoadMapping', (ctx) => this.#load(ctx));
    if (found === undefined) return undefined;
    const { row, as, url } = found;
    const messages: QueueMessage[] = [];
    let until = Number.POSITIVE_INFINITY;
    do {
      const wait = Math.min(longPollSeconds, Math.max(0, Math.ceil((until - runtime.clock.now()) / 1_000)));
      const most = Math.min(receiveAtOnce, row.batchSize - messages.length);
      const got = await this.#receiveOnce(as, url, most, wait);
      if (got.length === 0 && messages.length === 0) break;
      messages.push(...got);
      if (until === Number.POSITIVE_INFINITY) until = runtime.clock.now() + row.windowSeconds * 1_000;
    } while (messages.length < row.batchSize && runtime.clock.now() < until && !this.#stop.signal.aborted);
    return { ...found, messages };
  }

  #receiveOnce(as: CallOptions, url: string, most: number, wait: number): Promise<readonly QueueMessage[]> {
    const input = {
      QueueUrl: url,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: wait,
      MessageSystemAttributeNames: ['All' as const],
      MessageAttributeNames: ['All'],
    };
    return this.#running.runtime.run(this.#work, 'ReceiveMessages', async (ctx) => {
      const { Messages = [] } = await ctx.call('sqs', 'ReceiveMessage', input, as);
      return Messages as readonly QueueMessage[];
    });
  }

  async #load(ctx: Context): Promise<Omit<Batch, 'messages'> | undefined> {
    const row = await ctx.records.get(mappings, this.#work.what);
    if (row === undefined || !row.enabled) return undefined;
    const settings = await settingsFor(ctx, row);
    if (settings === undefined) throw new ServiceError('ResourceNotFoundException', 'the function is gone');
    const source = { arn: mappingArn(ctx.region, ctx.account, row.uuid), account: ctx.account };
    return {
      row,
      as: { as: { role: settings.role, session: sessionName(row.functionName) }, source },
      url: queueUrl(row.source),
    };
  }

  async #handle({ row, as, url, messages }: Batch): Promise<void> {
    const patterns = row.filters.map(parsePattern).filter((pattern): pattern is Pattern => pattern !== undefined);
    const records = messages.map((message) => recordOf(message, row.source, this.#work.region));
    const wanted = records.filter((record) => passes(record, patterns));
    const done = records.filter((record) => !wanted.includes(record));
    for (const batch of inBatches(wanted, row.batchSize)) done.push(...(await this.#invoke(row, batch)));
    for (const batch of inBatches(done, receiveAtOnce)) await this.#delete(as, url, batch);
  }

  /** Runs the function on a batch. @returns the records that it has dealt with */
  async #invoke(row: MappingRow, batch: readonly Readonly<Record<string, unknown>>[]) {
    const { runtime } = this.#running;
    const payload = Buffer.from(JSON.stringify({ Records: batch }));
    const requestId = randomUUID();
    try {
      const ended = await runtime.run(this.#work, 'RunBatch', async (ctx) => {
        const of = named({ FunctionName: row.functionName, Qualifier: row.qualifier }, ctx);
        const { account, region } = of;
        const target = await targetOf(of, requestId);
        const invokedArn = qualifiedArn(of, of.qualifier);
        const common = { account, region, requestId, payload, invokedArn, clientContext: undefined };
        return execute(ctx, { ...common, traceId: newTraceId(ctx), ...target });
      });
      if (ended.failed) return [];
      if (!row.reportsItems) return batch;
      const ids = batch.map(({ messageId }) => String(messageId));
      const failed = failedItems(ended.payload.toString(), ids);
      return failed === undefined ? [] : batch.filter(({ messageId }) => !failed.includes(String(messageId)));
    } catch (error) {
      // What is not dealt with comes back when its visibility timeout ends.
      if (!(error instanceof ServiceError)) throw error;
      fault(this.#running, row.functionName, `a batch could not be run: ${error.code}`);
      return [];
    }
  }

  #delete(as: CallOptions, url: string, batch: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const Entries = batch.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: String(receiptHandle) }));
    return this.#running.runtime.run(this.#work, 'DeleteMessages', async (ctx) => {
      await ctx.call('sqs', 'DeleteMessageBatch', { QueueUrl: url, Entries }, as);
    });
  }
}
