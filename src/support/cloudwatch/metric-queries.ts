import type { Context } from '#runtime/context.ts';
import { validation } from './api.ts';
import { evaluateMath, type MathScope, type MathValue, type Member } from './engine/math/evaluate.ts';
import { type Expression, ExpressionError, namesIn, parseExpression } from './engine/math/parse.ts';
import { type Series, seriesOf } from './engine/series.ts';
import { parseStatistic } from './engine/statistic.ts';
import { checkPeriod } from './get-statistics.ts';
import type { AlarmQuery } from './records.ts';
import { samplesOf } from './samples.ts';

/** Queries of one request that were understood. */
export type Queries = readonly Query[];
type Query = { readonly query: AlarmQuery; readonly expression: Expression | undefined };

/** Answers of the queries that return data. */
export type QueryResult = { readonly id: string; readonly label: string; readonly series: Series };

/** @param name of the parameter, for errors @throws ServiceError ValidationError */
export function readQueries(queries: readonly AlarmQuery[], name: string): Queries {
  const ids = new Set<string>();
  const read = queries.map((query, index) => {
    const at = `${name}.member.${index + 1}`;
    if (ids.has(query.Id)) throw validation(`The values for parameter id in ${name} are not unique.`);
    ids.add(query.Id);
    if (!/^[a-z]\w*$/.test(query.Id))
      throw validation(
        `The value ${query.Id} for parameter ${at}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    if ((query.MetricStat === undefined) === (query.Expression === undefined))
      throw validation(`Only one of the parameters ${at}.MetricStat and ${at}.Expression must be specified.`);
    const { MetricStat: stat } = query;
    if (stat !== undefined) {
      checkPeriod(stat.Period);
      if (parseStatistic(stat.Stat) === undefined)
        throw validation(`The value ${stat.Stat} for parameter ${at}.MetricStat.Stat is not supported.`);
      return { query, expression: undefined };
    }
    return { query, expression: parse(query, at) };
  });
  checkNames(read, name);
  return read;
}

function parse({ Expression: text = '' }: AlarmQuery, at: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw validation(`Error in expression at ${at}.Expression: ${error.message}`);
  }
}

/** Every id that an expression names is there, and none depends on itself. */
function checkNames(queries: Queries, name: string): void {
  const byId = new Map(queries.map((each) => [each.query.Id, each]));
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id))
      throw validation(`The expressions in ${name} depend on each other: ${[...path, id].join(', ')}.`);
    const expression = byId.get(id)?.expression;
    if (expression === undefined) return;
    for (const other of namesIn(expression)) if (byId.has(other)) visit(other, [...path, id]);
  };
  for (const { query } of queries) visit(query.Id, []);
}

/**
 * Runs queries over a time range.
 *
 * @param start seconds; rounded down to a whole period of each metric
 * @throws ServiceError ValidationError for expressions that do not fit their values
 */
export async function runQueries(
  ctx: Pick<Context, 'records'>,
  queries: Queries,
  start: number,
  end: number,
): Promise<readonly QueryResult[]> {
  const metrics = new Map<string, Member>();
  for (const { query } of queries) {
    const { MetricStat: stat } = query;
    const statistic = stat && parseStatistic(stat.Stat);
    if (stat === undefined || statistic === undefined) continue;
    const { Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions } = stat.Metric;
    const from = Math.floor(start / stat.Period) * stat.Period;
    const samples = await samplesOf(ctx, { namespace, name, dimensions }, from, end);
    metrics.set(query.Id, {
      id: query.Id,
      series: seriesOf(samples, stat.Period, statistic, stat.Unit ?? unitOf(samples)),
    });
  }
  const byId = new Map(queries.map((each) => [each.query.Id, each]));
  const period = Math.max(...queries.map(({ query }) => query.MetricStat?.Period ?? query.Period ?? 0)) || 300;
  const begin = Math.floor(start / period) * period;
  const values = new Map<string, MathValue>();
  const scope: MathScope = {
    valueOf: (id) => {
      const known = values.get(id);
      if (known !== undefined) return known;
      const found = byId.get(id);
      if (found === undefined) return undefined;
      const member = metrics.get(id);
      const value: MathValue =
        found.expression === undefined
          ? { kind: 'series', series: member?.series ?? [] }
          : evaluateMath(found.expression, scope);
      values.set(id, value);
      return value;
    },
    metrics: () => [...metrics.values()],
    period,
    start: begin,
    end,
  };
  return queries
    .filter(({ query }) => query.ReturnData !== false)
    .flatMap(({ query }) => resultsOf(query, labelOf(query, queries), valueOrFail(scope, query), scope));
}

/** The metric's name; with its statistic where several queries ask for the metric. */
function labelOf({ Id, Label, MetricStat: stat }: AlarmQuery, all: Queries): string {
  if (Label !== undefined) return Label;
  const name = stat?.Metric.MetricName;
  if (name === undefined) return Id;
  const alike = all.filter(({ query }) => query.Label === undefined && query.MetricStat?.Metric.MetricName === name);
  return alike.length > 1 ? `${name} ${stat?.Stat}` : name;
}

/** Without a unit asked for, the one that came; where several came, CloudWatch takes them as different metrics, and shows one. */
function unitOf(samples: readonly { readonly unit: string }[]): string | undefined {
  return samples.at(-1)?.unit;
}

function valueOrFail(scope: MathScope, { Id }: AlarmQuery): MathValue {
  try {
    return scope.valueOf(Id) ?? { kind: 'series', series: [] };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw validation(`Error in expression '${Id}': ${error.message}`);
  }
}

/** One answer for a series, one for each of several, and for a number one that has it at every time. */
function resultsOf(
  query: AlarmQuery,
  label: string,
  value: MathValue,
  { start, end, period }: MathScope,
): readonly QueryResult[] {
  switch (value.kind) {
    case 'series':
      return [{ id: query.Id, label, series: value.series }];
    case 'list':
      return value.members.map(({ id, series }) => ({ id: query.Id, label: `${label} ${id}`.trim(), series }));
    case 'scalar': {
      const count = Math.max(0, Math.ceil((end - start) / period));
      const series = Array.from({ length: count }, (_, index) => [start + index * period, value.value] as const);
      return [{ id: query.Id, label, series }];
    }
    case 'text':
      throw validation(`Error in expression '${query.Id}': a time series is expected`);
  }
}
