import { emptyStore } from '#runtime/store-for-tests.ts';
import { outboxStreams } from '#store/streams/outbox-streams.ts';
import { streamsConformance } from './streams.ts';

streamsConformance(
  'the outbox of the embedded store',
  async () => {
    const store = emptyStore();
    return { store, streams: outboxStreams(store), close: () => store.close() };
  },
  false,
);
