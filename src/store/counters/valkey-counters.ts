import { Redis } from 'ioredis';
import { UnavailableError } from '../store.ts';
import type { Counters } from './counters.ts';

/** Before the key of every count, so that a server can be shared. */
const prefix = 'ringwall:count:';

/**
 * Counts in Valkey (or Redis), shared by all processes. Times are the server's.
 *
 * @param url `redis://host:6379`, `rediss://user:password@host:6380`
 * @throws UnavailableError when no server answers
 */
export async function openValkeyCounters(url: string): Promise<Counters> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2, keyPrefix: prefix });
  // Each command fails by itself; without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    client.disconnect();
    throw new UnavailableError('no Valkey server answers', { cause });
  });
  return {
    async add(key, amount, ttlMs) {
      const [added] = (await client.multi().incrby(key, amount).pexpire(key, ttlMs).exec()) ?? [];
      return Number(added?.[1]);
    },
    claim: async (key, ttlMs) => (await client.set(key, 1, 'PX', ttlMs, 'NX')) === 'OK',
    peek: async (key) => Number((await client.get(key)) ?? 0),
    clear: async (key) => void (await client.del(key)),
    close: async () => void (await client.quit()),
  };
}
