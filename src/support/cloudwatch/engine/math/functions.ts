import type { Series } from '../series.ts';
import { eachValue, kept, type MathScope, type MathValue, membersOf } from './evaluate.ts';
import { ExpressionError } from './parse.ts';

export type MathFunction = {
  readonly apply: (args: readonly MathValue[], scope: MathScope) => MathValue;
  /** Arguments that are words and no ids. */
  readonly words?: readonly string[];
};

/** Functions of metric math, by name. What searches for metrics or models them is not served. */
export const functions: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  AVG: aggregate((values) => sum(values) / values.length),
  MAX: aggregate(greatest),
  MIN: aggregate(least),
  SUM: aggregate(sum),
  STDDEV: aggregate((values) => {
    const mean = sum(values) / values.length;
    return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
  }),
  DATAPOINT_COUNT: aggregate((values) => values.length),
  FIRST: { apply: ([given]) => series(membersOf(required(given))[0]?.series ?? []) },
  LAST: { apply: ([given]) => series(membersOf(required(given)).at(-1)?.series ?? []) },
  METRICS: {
    apply: ([given], { metrics }) => {
      const text = given?.kind === 'text' ? given.value : '';
      return { kind: 'list', members: metrics().filter(({ id }) => id.includes(text)) };
    },
  },
  PERIOD: { apply: (_args, { period }) => ({ kind: 'scalar', value: period }) },
  DIFF: pairwise((value, before) => value - before),
  DIFF_TIME: pairwise((_value, _before, seconds) => seconds),
  RATE: pairwise((value, before, seconds) => (value - before) / seconds),
  RUNNING_SUM: perSeries((given) => {
    let total = 0;
    return given.map(([at, value]) => {
      total += value;
      return [at, total] as const;
    });
  }),
  TIME_SERIES: {
    apply: ([given], scope) => {
      const value = scalarOf(given);
      return series(timesOf(scope).map((at) => [at, value] as const));
    },
  },
  FILL: {
    words: ['REPEAT', 'LINEAR'],
    apply: ([given, by], scope) => onSeries(required(given), (one) => fill(one, required(by), scope)),
  },
  REMOVE_EMPTY: {
    apply: ([given]) => ({
      kind: 'list',
      members: membersOf(required(given)).filter(({ series: one }) => one.length > 0),
    }),
  },
  IF: { apply: ([condition, yes, no]) => choose(required(condition), required(yes), no) },
  SORT: {
    words: ['AVG', 'MIN', 'MAX', 'SUM', 'ASC', 'DESC'],
    apply: ([given, by, order, limit]) => {
      const rank = ranks[textOf(by)];
      if (rank === undefined) throw new ExpressionError('SORT goes by AVG, MIN, MAX or SUM');
      const sign = textOf(order) === 'DESC' ? -1 : 1;
      const sorted = membersOf(required(given)).toSorted((a, b) => sign * (rank(a.series) - rank(b.series)));
      return { kind: 'list', members: limit === undefined ? sorted : sorted.slice(0, scalarOf(limit)) };
    },
  },
  SLICE: {
    apply: ([given, from, to]) => ({
      kind: 'list',
      members: membersOf(required(given)).slice(scalarOf(from), to === undefined ? undefined : scalarOf(to)),
    }),
  },
  EPOCH: ofTime((time) => time.getTime() / 1000),
  MINUTE: ofTime((time) => time.getUTCMinutes()),
  HOUR: ofTime((time) => time.getUTCHours()),
  DAY: ofTime((time) => time.getUTCDay() || 7),
  DATE: ofTime((time) => time.getUTCDate()),
  MONTH: ofTime((time) => time.getUTCMonth() + 1),
  YEAR: ofTime((time) => time.getUTCFullYear()),
};

function required(value: MathValue | undefined): MathValue {
  if (value === undefined) throw new ExpressionError('an argument is missing');
  return value;
}

function series(of: Series): MathValue {
  return { kind: 'series', series: of };
}

function scalarOf(value: MathValue | undefined): number {
  if (value?.kind !== 'scalar') throw new ExpressionError('a number is expected');
  return value.value;
}

function textOf(value: MathValue | undefined): string {
  return value?.kind === 'text' ? value.value : '';
}

function each(apply: (value: number) => number): MathFunction {
  return { apply: ([given]) => eachValue(required(given), apply) };
}

/** One series: a number over its values. Several: a series over theirs at each time. */
function aggregate(apply: (values: readonly number[]) => number): MathFunction {
  return {
    apply: ([given]) => {
      const value = required(given);
      if (value.kind === 'scalar') return value;
      if (value.kind === 'series') return { kind: 'scalar', value: apply(value.series.map(([, one]) => one)) };
      const byTime = new Map<number, number[]>();
      for (const { series: one } of membersOf(value)) {
        for (const [at, found] of one) byTime.set(at, [...(byTime.get(at) ?? []), found]);
      }
      const ordered = [...byTime].sort(([a], [b]) => a - b);
      return series(kept(ordered.map(([at, values]) => [at, apply(values)] as const)));
    },
  };
}

function onSeries(value: MathValue, apply: (series: Series) => Series): MathValue {
  if (value.kind === 'series') return series(kept(apply(value.series)));
  if (value.kind !== 'list') throw new ExpressionError('a time series is expected');
  return {
    kind: 'list',
    members: value.members.map(({ id, series: one }) => ({ id, series: kept(apply(one)) })),
  };
}

function perSeries(apply: (series: Series) => Series): MathFunction {
  return { apply: ([given]) => onSeries(required(given), apply) };
}

function pairwise(apply: (value: number, before: number, seconds: number) => number): MathFunction {
  return perSeries((given) =>
    given.slice(1).map(([at, value], index) => {
      const [earlier, before] = given[index] ?? [at, value];
      return [at, apply(value, before, at - earlier)] as const;
    }),
  );
}

function ofTime(apply: (time: Date) => number): MathFunction {
  return perSeries((given) => given.map(([at]) => [at, apply(new Date(at * 1000))] as const));
}

function timesOf({ start, end, period }: MathScope): readonly number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / period)) }, (_, index) => start + index * period);
}

function fill(given: Series, by: MathValue, scope: MathScope): Series {
  const known = new Map(given);
  const others = by.kind === 'series' ? new Map(by.series) : undefined;
  let before: readonly [number, number] | undefined;
  return timesOf(scope).flatMap((at) => {
    const value = known.get(at);
    if (value !== undefined) {
      before = [at, value];
      return [[at, value] as const];
    }
    const filled = filling(at);
    return filled === undefined ? [] : [[at, filled] as const];
  });

  function filling(at: number): number | undefined {
    if (by.kind === 'scalar') return by.value;
    if (others !== undefined) return others.get(at);
    if (by.kind !== 'text') throw new ExpressionError('FILL takes a number, a series, REPEAT or LINEAR');
    if (by.value === 'REPEAT' || before === undefined) return before?.[1];
    const after = given.find(([later]) => later > at);
    if (after === undefined) return undefined;
    return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
  }
}

/** IF of a series takes each time's value; without a third argument there is none where the condition fails. */
function choose(condition: MathValue, yes: MathValue, no: MathValue | undefined): MathValue {
  if (condition.kind === 'scalar') return condition.value === 0 ? (no ?? series([])) : yes;
  if (condition.kind !== 'series') throw new ExpressionError('IF asks a number or a time series');
  const valueAt = (value: MathValue | undefined): ((at: number) => number | undefined) => {
    if (value === undefined) return () => undefined;
    if (value.kind === 'scalar') return () => value.value;
    const known = new Map(value.kind === 'series' ? value.series : []);
    return (at) => known.get(at);
  };
  const [whenTrue, whenFalse] = [valueAt(yes), valueAt(no)];
  return series(
    condition.series.flatMap(([at, value]) => {
      const chosen = value === 0 ? whenFalse(at) : whenTrue(at);
      return chosen === undefined ? [] : [[at, chosen] as const];
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((whole, value) => whole + value, 0);
}
function greatest(values: readonly number[]): number {
  return values.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
}

function least(values: readonly number[]): number {
  return values.reduce((best, value) => Math.min(best, value), Number.POSITIVE_INFINITY);
}

/** What SORT goes by. */
const ranks: Readonly<Record<string, (of: Series) => number>> = {
  AVG: (of) => sum(valuesOf(of)) / of.length,
  MAX: (of) => greatest(valuesOf(of)),
  MIN: (of) => least(valuesOf(of)),
  SUM: (of) => sum(valuesOf(of)),
};

function valuesOf(of: Series): readonly number[] {
  return of.map(([, value]) => value);
}
