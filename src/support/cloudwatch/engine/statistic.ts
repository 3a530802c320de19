import type { Sample } from './sample.ts';

/** Reads a statistic off a sample; undefined where the sample does not hold it (percentiles of statistic sets). */
export type Statistic = (sample: Sample) => number | undefined;

const basic: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** Statistics over a range of the values: what is taken of those within it. */
const ranged: Readonly<Record<string, (inside: readonly Weighted[], whole: number) => number | undefined>> = {
  TM: (inside) => mean(inside),
  TC: (inside) => weightOf(inside),
  TS: (inside) => sumOf(inside),
  PR: (inside, whole) => (weightOf(inside) / whole) * 100,
};

type Weighted = readonly [value: number, weight: number];

const range = /^(TM|WM|TC|TS|PR)\((\d*(?:\.\d+)?)(%?):(\d*(?:\.\d+)?)(%?)\)$/;

/**
 * The statistic of a name, as CloudWatch writes it: `Average`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM` (CloudWatch user guide,
 * "CloudWatch statistics definitions"). Undefined for what is none.
 *
 * @example parseStatistic('p50')?.(sample)
 */
export function parseStatistic(name: string): Statistic | undefined {
  const plain = Object.hasOwn(basic, name) ? basic[name] : undefined;
  if (plain !== undefined) return plain;
  const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/i.exec(name);
  if (percentile !== null) return share(percentile[1], (part) => (sample) => percentileOf(sample, part));
  const short = /^(tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$/i.exec(name);
  if (short !== null) return parseStatistic(`${short[1]?.toUpperCase()}(0%:${short[2]}%)`);
  if (name.toUpperCase() === 'IQM') return parseStatistic('TM(25%:75%)');
  return parseRange(name);
}

function share(text: string | undefined, then: (part: number) => Statistic): Statistic | undefined {
  const percent = Number(text);
  return percent <= 100 ? then(percent / 100) : undefined;
}

function parseRange(name: string): Statistic | undefined {
  const [, kind = '', low = '', lowPercent, high = '', highPercent] = range.exec(name) ?? [];
  if (kind === '' || (low === '' && high === '')) return undefined;
  const percent = lowPercent === '%' || highPercent === '%';
  if (percent && ((low !== '' && lowPercent !== '%') || (high !== '' && highPercent !== '%'))) return undefined;
  if (kind === 'PR' && percent) return undefined;
  const from = low === '' ? undefined : Number(low);
  const to = high === '' ? undefined : Number(high);
  if (percent && ((from ?? 0) > 100 || (to ?? 0) > 100)) return undefined;
  return ({ values, count }) => {
    if (values === undefined) return undefined;
    const inside = percent ? byRank(values, count, (from ?? 0) / 100, (to ?? 100) / 100) : byValue(values, from, to);
    if (kind === 'WM') return winsorized(values, count, inside);
    return ranged[kind]?.(inside, count);
  };
}

function percentileOf({ values, count, min, max }: Sample, part: number): number | undefined {
  if (values === undefined) return min === max ? min : undefined;
  const rank = Math.max(1, Math.ceil(part * count));
  let seen = 0;
  for (const [value, times] of ascending(values)) {
    seen += times;
    if (seen >= rank) return value;
  }
  return max;
}

/** The part of the values between two ranks, the ones at the borders by their share. */
function byRank(values: readonly Weighted[], count: number, from: number, to: number): readonly Weighted[] {
  const [low, high] = [from * count, to * count];
  const inside: Weighted[] = [];
  let seen = 0;
  for (const [value, times] of ascending(values)) {
    const weight = Math.min(seen + times, high) - Math.max(seen, low);
    if (weight > 0) inside.push([value, weight]);
    seen += times;
  }
  return inside;
}

/** Values above `from` up to `to`. */
function byValue(values: readonly Weighted[], from: number | undefined, to: number | undefined): readonly Weighted[] {
  return values.filter(([value]) => (from === undefined || value > from) && (to === undefined || value <= to));
}

/** Values outside count as the nearest inside. */
function winsorized(values: readonly Weighted[], count: number, inside: readonly Weighted[]): number | undefined {
  const [lowest] = ascending(inside)[0] ?? [];
  const [highest] = ascending(inside).at(-1) ?? [];
  if (lowest === undefined || highest === undefined) return undefined;
  const sum = values.reduce((total, [value, times]) => total + Math.min(Math.max(value, lowest), highest) * times, 0);
  return sum / count;
}

function ascending(values: readonly Weighted[]): readonly Weighted[] {
  return values.toSorted(([a], [b]) => a - b);
}

function weightOf(values: readonly Weighted[]): number {
  return values.reduce((total, [, weight]) => total + weight, 0);
}

function sumOf(values: readonly Weighted[]): number {
  return values.reduce((total, [value, weight]) => total + value * weight, 0);
}

function mean(values: readonly Weighted[]): number | undefined {
  return values.length === 0 ? undefined : sumOf(values) / weightOf(values);
}
