import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { OutboxEvent, Store } from '#store/store.ts';
import type { StreamBatch, Streams } from '#store/streams/streams.ts';

/** One process's streams on a store that all share. */
export type OpenStreams = { readonly store: Store; readonly streams: Streams; close(): Promise<void> };

/** One for each test: what one leaves behind is not the next one's. */
export const topics = ['ordered', 'once', 'again', 'other', 'mine', 'large', 'shared'].map((name) => `toy/${name}`);
const waitMs = 2_000;

/**
 * What every implementation of streams must do.
 *
 * @param open another process on the same store, and the same servers
 * @param shared whether several processes may open it
 */
export function streamsConformance(name: string, open: () => Promise<OpenStreams>, shared: boolean): void {
  describe(`streams: ${name}`, () => {
    const opened: OpenStreams[] = [];
    const process = async () => {
      const one = await open();
      opened.push(one);
      return one;
    };
    let first: OpenStreams;
    before(async () => {
      first = await process();
    });
    after(async () => {
      for (const one of opened.reverse()) await one.close();
    });

    const publish = async (topic: string, ...bodies: readonly unknown[]) => {
      const events: OutboxEvent[] = bodies.map((body) => ({ topic, account: '1', region: 'r', body }));
      await first.store.commit({ reads: [], writes: [], events, jobs: [], audit: [] });
      first.streams.wake();
    };
    /** The next batch, however many askings it takes. */
    const next = async (streams: Streams, subscriber: string, topic: string): Promise<StreamBatch> => {
      for (let tries = 0; tries < 20; tries += 1) {
        const taken = await streams.next(subscriber, topic, 200, waitMs);
        if (taken !== undefined) return taken;
      }
      return assert.fail(`nothing came for ${subscriber}`);
    };
    /** Bodies of the next `count` events, acknowledged. */
    const take = async (streams: Streams, subscriber: string, topic: string, count: number) => {
      const bodies: unknown[] = [];
      while (bodies.length < count) {
        const { events, ack } = await next(streams, subscriber, topic);
        bodies.push(...events.map(({ body }) => body));
        await ack();
      }
      return bodies;
    };
    /** From its first asking on events are kept for a subscriber. */
    const subscribe = (subscriber: string, topic: string) => first.streams.next(subscriber, topic, 200, 0);

    test('every subscriber gets every event, in the order of commits, whole', async () => {
      await subscribe('a', 'toy/ordered');
      await subscribe('b', 'toy/ordered');
      const bodies = Array.from({ length: 500 }, (_, index) => ({ index, text: 'ü💥'.repeat(index % 7) }));
      for (let at = 0; at < bodies.length; at += 50) await publish('toy/ordered', ...bodies.slice(at, at + 50));
      assert.deepEqual(await take(first.streams, 'a', 'toy/ordered', 500), bodies);
      assert.deepEqual(await take(first.streams, 'b', 'toy/ordered', 500), bodies);
    });

    test('what was acknowledged does not come again', async () => {
      await subscribe('c', 'toy/once');
      await publish('toy/once', 'one');
      assert.deepEqual(await take(first.streams, 'c', 'toy/once', 1), ['one']);
      await publish('toy/once', 'two');
      assert.deepEqual(await take(first.streams, 'c', 'toy/once', 1), ['two']);
    });

    test('what was not acknowledged comes again', async () => {
      await subscribe('d', 'toy/again');
      await publish('toy/again', 'again');
      const { events } = await next(first.streams, 'd', 'toy/again');
      assert.equal(events[0]?.body, 'again');
      assert.deepEqual(await take(first.streams, 'd', 'toy/again', 1), ['again']);
    });

    test('events of other topics are not theirs', async () => {
      await subscribe('e', 'toy/mine');
      await publish('toy/other', 'not for e');
      await publish('toy/mine', 'for e');
      assert.deepEqual(await take(first.streams, 'e', 'toy/mine', 1), ['for e']);
    });

    test('a large event arrives', async () => {
      await subscribe('f', 'toy/large');
      const large = 'abcdefgh'.repeat(100_000);
      await publish('toy/large', large, 'small');
      assert.deepEqual(await take(first.streams, 'f', 'toy/large', 2), [large, 'small']);
    });

    test('of two processes one takes a batch; another has it when that one is gone', { skip: !shared }, async () => {
      await subscribe('g', 'toy/shared');
      const second = await process();
      await publish('toy/shared', 'once');
      const taken = await next(first.streams, 'g', 'toy/shared');
      assert.equal(await second.streams.next('g', 'toy/shared', 200, 0), undefined);
      await taken.ack();
      await publish('toy/shared', 'left behind');
      await next(second.streams, 'g', 'toy/shared');
      // The second process ends without a word.
      await opened.pop()?.close();
      assert.deepEqual(await take(first.streams, 'g', 'toy/shared', 1), ['left behind']);
    });
  });
}
