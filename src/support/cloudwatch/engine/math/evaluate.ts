import type { Series } from '../series.ts';
import { functions } from './functions.ts';
import { type Expression, ExpressionError } from './parse.ts';

/** A number, one series, or several. */
export type MathValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly series: Series }
  | { readonly kind: 'list'; readonly members: readonly Member[] }
  | { readonly kind: 'text'; readonly value: string };

export type Member = { readonly id: string; readonly series: Series };

/** What an expression is evaluated among. */
export type MathScope = {
  /** Values by id; undefined for one that is not asked for. */
  readonly valueOf: (id: string) => MathValue | undefined;
  /** All metrics of the request, for METRICS(). */
  readonly metrics: () => readonly Member[];
  /** Seconds of a period, and the first and last period's begin. */
  readonly period: number;
  readonly start: number;
  readonly end: number;
};

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};
const spelled: Readonly<Record<string, string>> = { AND: '&&', OR: '||' };

/** @throws ExpressionError for unknown ids and functions, and values that do not fit */
export function evaluateMath(expression: Expression, scope: MathScope): MathValue {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'text':
      return { kind: 'text', value: expression.value };
    case 'name': {
      const value = scope.valueOf(expression.name);
      if (value === undefined) throw new ExpressionError(`${expression.name} is no id of this request`);
      return value;
    }
    case 'list':
      return { kind: 'list', members: expression.items.flatMap((item) => membersOf(evaluateMath(item, scope))) };
    case 'negate':
      return eachValue(evaluateMath(expression.of, scope), (value) => -value);
    case 'operator': {
      const operator = operators[spelled[expression.operator] ?? expression.operator];
      if (operator === undefined) throw new ExpressionError(`${expression.operator} is no operator`);
      return combine(evaluateMath(expression.left, scope), evaluateMath(expression.right, scope), operator);
    }
    case 'call': {
      const called = Object.hasOwn(functions, expression.name) ? functions[expression.name] : undefined;
      if (called === undefined) throw new ExpressionError(`the function ${expression.name} is not served`);
      // Names of periods and fill values are words to the functions, not ids.
      const args = expression.args.map((arg) =>
        arg.kind === 'name' && called.words?.includes(arg.name.toUpperCase()) && scope.valueOf(arg.name) === undefined
          ? ({ kind: 'text', value: arg.name.toUpperCase() } as const)
          : evaluateMath(arg, scope),
      );
      return called.apply(args, scope);
    }
  }
}

/** The members of several series; one series is a list of itself. */
export function membersOf(value: MathValue): readonly Member[] {
  if (value.kind === 'list') return value.members;
  if (value.kind === 'series') return [{ id: '', series: value.series }];
  throw new ExpressionError('a time series is expected');
}

/** Applies to every value, whatever the shape. */
export function eachValue(value: MathValue, apply: (value: number, at: number) => number): MathValue {
  switch (value.kind) {
    case 'scalar':
      return { kind: 'scalar', value: apply(value.value, 0) };
    case 'series':
      return { kind: 'series', series: mapSeries(value.series, apply) };
    case 'list':
      return {
        kind: 'list',
        members: value.members.map(({ id, series }) => ({ id, series: mapSeries(series, apply) })),
      };
    case 'text':
      throw new ExpressionError('a number or a time series is expected');
  }
}

function mapSeries(series: Series, apply: (value: number, at: number) => number): Series {
  return kept(series.map(([at, value]) => [at, apply(value, at)] as const));
}

/** Two series at the times that both have; several with one, each with it. */
export function combine(
  left: MathValue,
  right: MathValue,
  operator: (left: number, right: number) => number,
): MathValue {
  if (left.kind === 'text' || right.kind === 'text') throw new ExpressionError('a number or a time series is expected');
  if (right.kind === 'scalar') return eachValue(left, (value) => operator(value, right.value));
  if (left.kind === 'scalar') return eachValue(right, (value) => operator(left.value, value));
  if (left.kind === 'series' && right.kind === 'series') {
    return { kind: 'series', series: joined(left.series, right.series, operator) };
  }
  if (left.kind === 'list' && right.kind === 'series') {
    const members = left.members.map(({ id, series }) => ({ id, series: joined(series, right.series, operator) }));
    return { kind: 'list', members };
  }
  if (left.kind === 'series' && right.kind === 'list') {
    const members = right.members.map(({ id, series }) => ({ id, series: joined(left.series, series, operator) }));
    return { kind: 'list', members };
  }
  throw new ExpressionError('two lists of time series cannot be combined');
}

function joined(left: Series, right: Series, operator: (left: number, right: number) => number): Series {
  const others = new Map(right);
  return kept(
    left.flatMap(([at, value]) => {
      const other = others.get(at);
      return other === undefined ? [] : [[at, operator(value, other)] as const];
    }),
  );
}

/** What is no number (a division by 0) is no data point. */
export function kept(series: Series): Series {
  return series.filter(([, value]) => Number.isFinite(value));
}
