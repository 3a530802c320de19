import { mergeSamples, type Sample } from './sample.ts';
import type { Statistic } from './statistic.ts';

/** Values by time: seconds since the epoch, ascending. */
export type Series = readonly (readonly [at: number, value: number])[];

/** A period's samples as one, ascending. Periods begin at multiples of their length. */
export function periodsOf(samples: readonly Sample[], period: number, unit?: string): readonly Sample[] {
  const periods = new Map<number, Sample[]>();
  for (const sample of samples) {
    if (unit !== undefined && sample.unit !== unit) continue;
    const at = Math.floor(sample.at / period) * period;
    const found = periods.get(at);
    if (found === undefined) periods.set(at, [sample]);
    else found.push(sample);
  }
  return [...periods].sort(([a], [b]) => a - b).flatMap(([at, found]) => mergeSamples(at, found) ?? []);
}

/** The statistic of each period that has one. */
export function seriesOf(samples: readonly Sample[], period: number, statistic: Statistic, unit?: string): Series {
  return periodsOf(samples, period, unit).flatMap((sample) => {
    const value = statistic(sample);
    return value === undefined ? [] : [[sample.at, value] as const];
  });
}
