import type { Store } from '../store.ts';
import type { Streams } from './streams.ts';

/** Subscribers read the store's outbox themselves: nothing else is needed, for one process or a few. */
export function outboxStreams(store: Pick<Store, 'readOutbox' | 'ackOutbox'>): Streams {
  return {
    waits: false,
    async next(subscriber, topic, limit) {
      const events = await store.readOutbox(subscriber, [topic], limit);
      const last = events.at(-1);
      return last === undefined ? undefined : { events, ack: () => store.ackOutbox(subscriber, last.seq) };
    },
    wake: () => undefined,
    close: async () => undefined,
  };
}
