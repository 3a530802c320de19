import type { Counters } from './counters.ts';

/** Counts remembered; the oldest go first. */
const maxCounts = 100_000;

/** Counts of one process. */
export function memoryCounters(clock: { now(): number }): Counters {
  const counts = new Map<string, { readonly count: number; readonly until: number }>();
  const peek = (key: string) => {
    const held = counts.get(key);
    return held === undefined || held.until <= clock.now() ? 0 : held.count;
  };
  const add = (key: string, amount: number, ttlMs: number) => {
    const count = peek(key) + amount;
    // To the end of the order in which they are forgotten.
    counts.delete(key);
    if (counts.size >= maxCounts) counts.delete(counts.keys().next().value ?? '');
    counts.set(key, { count, until: clock.now() + ttlMs });
    return count;
  };
  return {
    add: async (key, amount, ttlMs) => add(key, amount, ttlMs),
    claim: async (key, ttlMs) => peek(key) === 0 && add(key, 1, ttlMs) === 1,
    peek: async (key) => peek(key),
    clear: async (key) => void counts.delete(key),
    close: async () => undefined,
  };
}
