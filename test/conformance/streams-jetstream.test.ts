import { test } from 'node:test';
import { emptyStore } from '#runtime/store-for-tests.ts';
import { memorySeal } from '#store/seal/kinds/memory.ts';
import { openJetStreams } from '#store/streams/jet-streams.ts';
import { streamsConformance, topics } from './streams.ts';

const servers = process.env['RINGWALL_TEST_NATS'];

if (servers === undefined) {
  test('streams: NATS JetStream', { skip: 'needs a server: RINGWALL_TEST_NATS=nats://…' }, () => undefined);
} else {
  const store = emptyStore();
  const seal = memorySeal();
  const none = async () => [];
  let processes = 0;
  streamsConformance(
    'NATS JetStream',
    async () => {
      processes += 1;
      // One process carries the outbox to the stream; the store of the test has no lease to decide which.
      const outbox = processes === 1 ? store : { readOutbox: none, ackOutbox: async () => undefined };
      const streams = await openJetStreams({
        servers,
        store: outbox,
        seal,
        topics: () => topics,
        failed: (error) => console.error(error),
        ackWaitMs: 1_500,
      });
      const last = processes === 1;
      return {
        store,
        streams,
        close: async () => {
          await streams.close();
          if (last) await store.close();
        },
      };
    },
    true,
  );
}
