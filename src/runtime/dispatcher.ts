import { setTimeout as pause } from 'node:timers/promises';
import { ConflictError, type OutboxEvent } from '#store/store.ts';
import type { Installation } from './installation.ts';
import { jobContext } from './job-context.ts';
import { newRequestId } from './request-id.ts';
import { jobId, redeliveryKind } from './run-job.ts';
import type { Service } from './service.ts';
import { Staged } from './staged.ts';
import { Unit } from './unit.ts';

/** Events handed over at once. */
const batch = 200;
/** Where several processes share a store, another one's commits are noticed within this time. */
const idleMs = 1_000;
/** What is published within this time is taken at once: every call's event alone would cost a reading and a commit. */
const gatherMs = 4;
/** Streams that wait are asked again after this time, so that the server can end. */
const waitMs = 5_000;
const maxAttempts = 100;

/** Feeds the subscribers of all services with what was published, each in the order of commits. */
export class Dispatcher {
  readonly #house: Installation;
  readonly #feeds = new Map<string, Feed>();
  #stopped = false;

  constructor(house: Installation) {
    this.#house = house;
  }

  /**
   * Looks for what was published: at start, and after commits that published.
   *
   * @param topics default: all
   */
  wake(topics?: readonly string[]): void {
    if (this.#stopped) return;
    this.#house.streams.wake();
    for (const service of this.#house.services.values()) {
      for (const topic in service.subscribers) {
        if (topics === undefined || topics.includes(topic)) this.#feedOf(service, topic).wake();
      }
    }
  }

  #feedOf(service: Service, topic: string): Feed {
    const name = `${service.name}/${topic}`;
    const known = this.#feeds.get(name);
    if (known !== undefined) return known;
    const feed = new Feed(this.#house, service.name, topic);
    this.#feeds.set(name, feed);
    return feed;
  }

  /** True while a subscriber takes something. */
  get busy(): boolean {
    return [...this.#feeds.values()].some((feed) => feed.busy);
  }

  /** Resolves when everything published so far was taken. */
  async idle(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.idle()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
  }
}

/** One subscriber of one topic. */
class Feed {
  readonly #house: Installation;
  readonly #service: string;
  readonly #topic: string;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(house: Installation, service: string, topic: string) {
    this.#house = house;
    this.#service = service;
    this.#topic = topic;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (this.#running !== undefined || this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => this.#begin(), gatherMs);
  }

  #begin(): void {
    this.#gathering = undefined;
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#again) return this.wake();
      this.#timer = setTimeout(() => this.wake(), idleMs).unref();
    });
  }

  /** False where streams wait: what is left to take is known to them alone. */
  get busy(): boolean {
    return (this.#running !== undefined || this.#gathering !== undefined) && !this.#house.streams.waits;
  }

  async idle(): Promise<void> {
    while (this.busy) await (this.#running ?? pause(1));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#gathering);
    await this.#running;
  }

  async #drain(): Promise<void> {
    const { streams, log } = this.#house;
    const subscriber = `${this.#service}/${this.#topic}`;
    try {
      while (!this.#stopped) {
        this.#again = false;
        const taken = await streams.next(subscriber, this.#topic, batch, waitMs);
        if (taken === undefined) {
          if (streams.waits) continue;
          return;
        }
        await this.#hand(taken.events);
        await taken.ack();
        if (taken.events.length < batch) await pause(gatherMs);
      }
    } catch (error) {
      log.error({ err: error, subscriber }, 'published events could not be handed over');
      await pause(idleMs, undefined, { ref: false });
    }
  }

  /** A batch that fails is handed over event by event; an event that fails then becomes a job. */
  async #hand(events: readonly OutboxEvent[]): Promise<void> {
    const { metrics, log, store, clock } = this.#house;
    try {
      await this.#commit(events);
      metrics.handedOver(this.#service, this.#topic, events.length);
      return;
    } catch (error) {
      log.warn({ err: error, topic: this.#topic, events: events.length }, 'a batch of published events failed');
    }
    for (const event of events) {
      try {
        await this.#commit([event]);
        metrics.handedOver(this.#service, this.#topic, 1);
      } catch (error) {
        log.warn({ err: error, topic: this.#topic }, 'a published event failed; it will be handed over again');
        const later = new Unit();
        later.job({
          kind: redeliveryKind(this.#service, this.#topic),
          id: jobId(event.account, event.region, newRequestId()),
          runAt: clock.now() + idleMs,
          payload: event.body,
        });
        await store.commit(later.commit([]));
        this.#house.wakeScheduler();
      }
    }
  }

  async #commit(events: readonly OutboxEvent[]): Promise<void> {
    const service = this.#house.services.get(this.#service);
    const take = service?.subscribers?.[this.#topic];
    if (service === undefined || take === undefined) return;
    const staged = new Staged();
    for (let tries = 1; ; tries += 1) {
      const { account = '', region = '' } = events[0] ?? {};
      const name = `@${this.#topic}`;
      const context = jobContext(this.#house, new Unit(), service, name, account, region, staged);
      try {
        await take(events, context.at);
        await context.commit();
        return;
      } catch (error) {
        if (!(error instanceof ConflictError) || tries >= maxAttempts) throw error;
        this.#house.metrics.conflicted();
      } finally {
        context.close();
      }
    }
  }
}
