/** What is known of a metric's values at a time: one value, a statistic set, or many values rolled up. */
export type Sample = {
  /** Seconds since the epoch: the second, or the begin of the period that was rolled up. */
  readonly at: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Values and how often each came; absent for statistic sets, of which only the above is known. */
  readonly values?: readonly (readonly [value: number, count: number])[];
};

/** Values kept one by one in a roll-up; beyond, near ones become one. */
const maxValues = 200;

/** Values nearer than this share become one: percentiles are exact to this share. */
const nearness = 1.01;

/** Values and their counts as a sample; at least one. */
export function sampleOfValues(at: number, unit: string, values: readonly (readonly [number, number])[]): Sample {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const [value, times] of values) {
    count += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { at, unit, count, sum, min, max, values };
}

/** One sample for many of a unit; `at` is given. Percentiles are lost where a statistic set of different values is among them. */
export function mergeSamples(at: number, samples: readonly Sample[]): Sample | undefined {
  const [first] = samples;
  if (first === undefined) return undefined;
  if (samples.length === 1) return { ...first, at };
  let { count, sum, min, max } = first;
  for (const sample of samples.slice(1)) {
    count += sample.count;
    sum += sample.sum;
    min = Math.min(min, sample.min);
    max = Math.max(max, sample.max);
  }
  const merged = { at, unit: first.unit, count, sum, min, max };
  const values = mergeValues(samples);
  return values === undefined ? merged : { ...merged, values };
}

function mergeValues(samples: readonly Sample[]): Sample['values'] {
  const counts = new Map<number, number>();
  for (const { values, min, max, count } of samples) {
    const known = values ?? (min === max ? [[min, count] as const] : undefined);
    if (known === undefined) return undefined;
    for (const [value, times] of known) counts.set(value, (counts.get(value) ?? 0) + times);
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return sorted.length <= maxValues ? sorted : nearOnes(sorted);
}

/** Joins neighbours in ascending values; each stands for those within a hundredth of it. */
function nearOnes(sorted: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const joined: [number, number][] = [];
  for (const [value, count] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && value - last[0] <= Math.abs(last[0]) * (nearness - 1)) last[1] += count;
    else joined.push([value, count]);
  }
  return joined;
}
