import type { Context } from '#runtime/context.ts';
import type { Subscriber } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type EmbeddedDatum, embeddedMetrics } from './engine/embedded-metrics.ts';
import { groupArn } from './engine/names.ts';

export const embeddedTopic = 'logs/embedded';

/** Data of one call to CloudWatch (API reference, "PutMetricData"). */
const maxData = 1_000;

type Embedded = { readonly group: string; readonly data: readonly EmbeddedDatum[] };

/** Hands over the metrics that lines carry in the embedded metric format. */
export function announceMetrics(ctx: Context, group: string, messages: readonly { readonly message: string }[]): void {
  const data = messages.flatMap(({ message }) => embeddedMetrics(message));
  if (data.length > 0) ctx.publish(embeddedTopic, { group, data } satisfies Embedded);
}

/** Puts them into CloudWatch, by namespace. */
export const takeEmbedded: Subscriber = async (events, at) => {
  for (const { account, region, body } of events) {
    const { group, data } = body as Embedded;
    const ctx = at(account, region);
    for (const [namespace, ofNamespace] of Map.groupBy(data, (datum) => datum.namespace)) {
      for (let from = 0; from < ofNamespace.length; from += maxData)
        await put(ctx, group, namespace, ofNamespace.slice(from, from + maxData));
    }
  }
};

async function put(ctx: Context, group: string, Namespace: string, data: readonly EmbeddedDatum[]): Promise<void> {
  const MetricData = data.map(({ name, unit, resolution, time, dimensions, values }) => ({
    MetricName: name,
    Timestamp: new Date(time),
    Values: [...values],
    StorageResolution: resolution,
    ...(unit === undefined ? {} : { Unit: unit as 'None' }),
    ...(dimensions.length === 0 ? {} : { Dimensions: [...dimensions] }),
  }));
  const source = { arn: groupArn(ctx.account, ctx.region, group), account: ctx.account };
  try {
    await ctx.call('cloudwatch', 'PutMetricData', { Namespace, MetricData }, { as: 'service', source });
  } catch (error) {
    // What CloudWatch refuses it would refuse again: a time too old, a unit that is none.
    if (!(error instanceof ServiceError)) throw error;
  }
}
