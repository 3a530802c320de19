import { setTimeout as pause } from 'node:timers/promises';
import { type Load, settleMs } from './load.ts';

/** CPU seconds of the server for one call of a turn. @param used CPU seconds of the server so far */
export async function perRequest(used: () => number, load: Pick<Load, 'run'>, seconds: number): Promise<number> {
  const before = used();
  const { requests } = await load.run(seconds);
  await pause(settleMs);
  return (used() - before) / requests;
}

/**
 * Ratios of two things measured in turns, the first, the second, the first, …: the second over the first, for each two neighbours. What
 * slows the machine for a while slows both neighbours; a drift is in one ratio upwards and in the next downwards.
 *
 * @example ratiosOfNeighbours([1, 2, 4, 8]) // [2, 0.5, 2]
 */
export function ratiosOfNeighbours(costs: readonly number[]): readonly number[] {
  return costs.slice(1).map((cost, index) => {
    const before = costs[index] ?? Number.NaN;
    return index % 2 === 0 ? cost / before : before / cost;
  });
}
