import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { groupArn } from './engine/names.ts';
import { numberOf } from './engine/pattern/comparison.ts';
import type { Pattern } from './engine/pattern/pattern.ts';
import type { Found } from './reading.ts';
import type { MetricFilterRow } from './records.ts';

/** CloudWatch's finest period for logs, ms. */
const minute = 60_000;
/** Different values in one datum, and data in one call (API reference, "PutMetricData"). */
const maxValues = 150;
const maxData = 1_000;

type Datum = {
  readonly time: number;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  /** How often each value came. */
  readonly values: Map<number, number>;
};

type Written = {
  readonly MetricName: string;
  readonly Timestamp: Date;
  readonly Values: number[];
  readonly Counts: number[];
  readonly Unit: 'None';
  readonly Dimensions?: { Name: string; Value: string }[];
};

/** What one filter made of the lines that it was shown. */
export class MetricCount {
  readonly filter: MetricFilterRow;
  readonly #pattern: Pattern;
  readonly #data = new Map<string, Datum>();

  constructor(filter: MetricFilterRow, pattern: Pattern) {
    this.filter = filter;
    this.#pattern = pattern;
  }

  /** Counts a line if the pattern takes it. */
  look({ time, message }: Pick<Found, 'time' | 'message'>): void {
    if (!this.#pattern.matches(message)) return;
    const { metricValue, dimensions = {} } = this.filter.transformation;
    const text = metricValue.startsWith('$') ? this.#pattern.value(message, metricValue) : metricValue;
    const value = numberOf(text);
    if (value === undefined || !Number.isFinite(value)) return;
    const found: { Name: string; Value: string }[] = [];
    for (const [Name, field] of Object.entries(dimensions)) {
      const Value = this.#pattern.value(message, field);
      // Without all of its dimensions it would be another metric.
      if (Value === undefined || Value === '') return;
      found.push({ Name, Value: Value.slice(0, 1_024) });
    }
    this.#add(Math.floor(time / minute) * minute, found, value);
  }

  #add(time: number, dimensions: Datum['dimensions'], value: number): void {
    const key = JSON.stringify([time, dimensions]);
    const datum = this.#data.get(key) ?? { time, dimensions, values: new Map() };
    this.#data.set(key, datum);
    datum.values.set(value, (datum.values.get(value) ?? 0) + 1);
  }

  /** Hands the counts to CloudWatch. */
  async publish(ctx: Context): Promise<void> {
    const { transformation } = this.filter;
    if (this.#data.size === 0 && transformation.defaultValue !== undefined)
      this.#add(Math.floor(ctx.now / minute) * minute, [], transformation.defaultValue);
    const data = [...this.#data.values()].flatMap((datum) => this.#written(datum));
    for (let at = 0; at < data.length; at += maxData) await this.#send(ctx, data.slice(at, at + maxData));
  }

  #written({ time, dimensions, values }: Datum): readonly Written[] {
    const { metricName, unit } = this.filter.transformation;
    const all = [...values];
    const data: Written[] = [];
    for (let at = 0; at < all.length; at += maxValues) {
      const some = all.slice(at, at + maxValues);
      data.push({
        MetricName: metricName,
        Timestamp: new Date(time),
        Values: some.map(([value]) => value),
        Counts: some.map(([, count]) => count),
        Unit: (unit ?? 'None') as 'None',
        ...(dimensions.length === 0 ? {} : { Dimensions: [...dimensions] }),
      });
    }
    return data;
  }

  async #send(ctx: Context, MetricData: readonly Written[]): Promise<void> {
    const { groupName, transformation } = this.filter;
    const source = { arn: groupArn(ctx.account, ctx.region, groupName), account: ctx.account };
    try {
      await ctx.call(
        'cloudwatch',
        'PutMetricData',
        { Namespace: transformation.metricNamespace, MetricData: [...MetricData] },
        { as: 'service', source },
      );
    } catch (error) {
      // What CloudWatch refuses it would refuse again: a time too old, a metric out of range.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
}
