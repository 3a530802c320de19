import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import type { Seal } from '../seal.ts';
import { type Store, UnavailableError } from '../store.ts';
import { packEvents, unpackEvents } from './event-batch.ts';
import type { Streams } from './streams.ts';

/** As long as the outbox keeps what nobody takes. */
const maxAgeMs = 24 * 60 * 60 * 1000;
/** A batch comes again, to any process, when it was not acknowledged by then. */
const ackWaitMs = 30_000;
/** Where another process carries events on, this one looks whether it still does. */
const relayPauseMs = 1_000;
const relayBatch = 1_000;
const relaySubscriber = 'streams/relay';

export type JetStreamOptions = {
  /** `nats://host:4222`, several by comma. */
  readonly servers: string;
  readonly store: Pick<Store, 'readOutbox' | 'ackOutbox'>;
  readonly seal: Seal;
  /** Every topic that somebody subscribes to. */
  readonly topics: () => readonly string[];
  readonly failed: (error: unknown) => void;
  /** Instead of 30 s, for tests. */
  readonly ackWaitMs?: number;
};

/**
 * Events through NATS JetStream. A relay carries them from the outbox, where they were committed, to the stream; each subscriber has a durable
 * consumer with one message in flight, so that all processes together take a subscriber's events one batch after the other.
 *
 * @throws UnavailableError when no server answers
 */
export async function openJetStreams(options: JetStreamOptions): Promise<Streams> {
  const connection = await connect({ servers: options.servers.split(','), maxReconnectAttempts: -1 }).catch((cause) => {
    throw new UnavailableError(`no NATS server answers at ${options.servers}`, { cause });
  });
  const manager = await jetstreamManager(connection);
  const { stream, subject } = namesOf(options.seal);
  await manager.streams
    .add({ name: stream, subjects: [`${subject('>')}`], max_age: nanos(maxAgeMs) })
    .catch(async (error: unknown) => {
      // Another process made it, or an operator with settings of their own (replicas, storage).
      await manager.streams.info(stream).catch(() => {
        throw error;
      });
    });
  const client = jetstream(connection);
  const relay = new Relay(options, client, subject);
  relay.wake();
  const consumers = new Consumers(manager, client, stream, subject, options.ackWaitMs ?? ackWaitMs);
  return {
    waits: true,
    async next(subscriber, topic, _limit, wait) {
      const consumer = await consumers.of(subscriber, topic);
      // NATS wants a second at least.
      const message = await consumer.next({ expires: Math.max(wait, 1_000) });
      if (message === null) return undefined;
      const events = unpackEvents(options.seal, topic, message.data);
      return { events, ack: async () => void (await message.ackAck()) };
    },
    wake: () => relay.wake(),
    async close() {
      await relay.stop();
      await connection.drain();
    },
  };
}

/** Durable consumers, made when first asked for. */
class Consumers {
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #stream: string;
  readonly #subject: Subject;
  readonly #ackWaitMs: number;
  readonly #known = new Map<string, Promise<Consumer>>();

  constructor(manager: JetStreamManager, client: JetStreamClient, stream: string, subject: Subject, ackWait: number) {
    this.#manager = manager;
    this.#client = client;
    this.#stream = stream;
    this.#subject = subject;
    this.#ackWaitMs = ackWait;
  }

  of(subscriber: string, topic: string): Promise<Consumer> {
    const name = subscriber.replaceAll(/[^\w-]/g, '_');
    let consumer = this.#known.get(name);
    if (consumer === undefined) {
      consumer = this.#make(name, topic).catch((error: unknown) => {
        this.#known.delete(name);
        throw error;
      });
      this.#known.set(name, consumer);
    }
    return consumer;
  }

  async #make(name: string, topic: string): Promise<Consumer> {
    await this.#manager.consumers.add(this.#stream, {
      durable_name: name,
      filter_subject: this.#subject(topic),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(this.#ackWaitMs),
      // One batch on its way, in whatever process: order.
      max_ack_pending: 1,
    });
    return this.#client.consumers.get(this.#stream, name);
  }
}

/** Carries what was committed to the stream; of several processes the one that holds the outbox's lease. */
class Relay {
  readonly #options: JetStreamOptions;
  readonly #client: JetStreamClient;
  readonly #subject: Subject;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: JetStreamOptions, client: JetStreamClient, subject: Subject) {
    this.#options = options;
    this.#client = client;
    this.#subject = subject;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#running = this.#carry().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#again) return this.wake();
      this.#timer = setTimeout(() => this.wake(), relayPauseMs).unref();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #carry(): Promise<void> {
    const { store, seal, topics, failed } = this.#options;
    try {
      while (!this.#stopped) {
        this.#again = false;
        const events = await store.readOutbox(relaySubscriber, topics(), relayBatch);
        const last = events.at(-1);
        if (last === undefined) return;
        for (const { topic, data } of packEvents(seal, events)) await this.#client.publish(this.#subject(topic), data);
        await store.ackOutbox(relaySubscriber, last.seq);
      }
    } catch (error) {
      this.#again = false;
      failed(error);
    }
  }
}

/** Topics as subjects: `sns/publish` → `ringwall.<installation>.sns.publish`. */
type Subject = (topic: string) => string;

/** Installations that share a NATS server have streams of their own. */
function namesOf(seal: Seal): { readonly stream: string; readonly subject: Subject } {
  const installation = Buffer.from(seal.mac('names', 'nats')).subarray(0, 8).toString('hex');
  const prefix = `ringwall.${installation}.`;
  const subject = (topic: string) => prefix + topic.replaceAll('/', '.').replaceAll(/[^\w.>-]/g, '_');
  return { stream: `RINGWALL_${installation}`, subject };
}
