import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { type Input, invalidCombination, invalidValue, missingParameter, type Operation } from './api.ts';
import { type Sample, sampleOfValues } from './engine/sample.ts';
import { metricId, metrics, pointId, pointPrefix, points, sorted } from './records.ts';

type Datum = NonNullable<Input<'PutMetricData'>['MetricData']>[number];

/** Largest and smallest value that CloudWatch takes, by amount (MetricDatum: 2^360). */
const largest = 2 ** 360;
const hour = 3_600;
const twoWeeks = 14 * 86_400;
const twoHours = 2 * hour;
/** Values of one datum (API reference, MetricDatum). */
const maxValues = 150;

export const PutMetricData: Operation<'PutMetricData'> = {
  // Services report what they did for their users (metric filters, usage) in the users' accounts: nobody gives them a policy for it.
  resource: (_input, { principal }) => (principal.kind === 'service' ? [] : '*'),
  conditions: ({ Namespace }) => ({ 'cloudwatch:namespace': Namespace }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const entity = (input.EntityMetricData ?? []).flatMap(({ MetricData }) => MetricData ?? []);
    const data = [...(input.MetricData ?? []), ...entity];
    if (data.length === 0) throw missingParameter('The parameter MetricData is required.');
    const byMetric = new Map<string, { readonly datum: Datum; readonly samples: Sample[] }>();
    for (const [index, datum] of data.entries()) {
      const sample = sampleOf(datum, `MetricData.member.${index + 1}`, ctx.now);
      const id = metricId(input.Namespace, datum.MetricName, sorted(datum.Dimensions as never));
      const found = byMetric.get(id);
      if (found === undefined) byMetric.set(id, { datum, samples: [sample] });
      else found.samples.push(sample);
    }
    for (const [id, { datum, samples }] of byMetric) await keep(ctx, input.Namespace, id, datum, samples);
    return {};
  },
};

/** One record for each hour of what came: nothing that others write at the same time. */
async function keep(ctx: Context, namespace: string, id: string, datum: Datum, samples: readonly Sample[]) {
  const known = await ctx.records.get(metrics, id);
  const thisHour = Math.floor(ctx.now / 1000 / hour) * hour;
  const prefix = pointPrefix(id);
  if (known === undefined || known.lastSeen < thisHour) {
    const dimensions = sorted(datum.Dimensions as never);
    ctx.records.put(metrics, id, { namespace, name: datum.MetricName, dimensions, lastSeen: thisHour });
    const runAt = ctx.now + hour * 1000;
    ctx.schedule({
      kind: 'cloudwatch/roll-up',
      id: jobId(ctx.account, ctx.region, prefix),
      runAt,
      payload: { metric: id },
    });
  }
  for (const [begin, within] of Map.groupBy(samples, ({ at }) => Math.floor(at / hour) * hour)) {
    const key = pointId(prefix, 'raw', begin, ctx.uuid());
    ctx.records.create(points, key, { samples: within });
  }
}

/** @throws ServiceError InvalidParameterValue, InvalidParameterCombination */
function sampleOf(datum: Datum, name: string, now: number): Sample {
  const { Value, Values, Counts, StatisticValues: set, Timestamp, Unit = 'None', StorageResolution } = datum;
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60)
    throw invalidValue(`The value ${StorageResolution} for parameter ${name}.StorageResolution is not 1 or 60.`);
  const seconds = Math.floor((Timestamp?.getTime() ?? now) / 1000);
  if (seconds < now / 1000 - twoWeeks || seconds > now / 1000 + twoHours) {
    throw invalidValue(
      `The parameter ${name}.Timestamp must specify a time within the past two weeks and no more than two hours in the future.`,
    );
  }
  const at = StorageResolution === 1 ? seconds : Math.floor(seconds / 60) * 60;
  const given = [Value, Values?.length ? Values : undefined, set].filter((each) => each !== undefined).length;
  if (given === 0) {
    throw missingParameter(
      `At least one of the parameters must be specified: ${name}.Value, ${name}.Values or ${name}.StatisticValues.`,
    );
  }
  if (given > 1) {
    throw invalidCombination(
      `The parameters ${name}.Value, ${name}.Values and ${name}.StatisticValues are mutually exclusive and you have specified more than one.`,
    );
  }
  if (set !== undefined) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = set;
    for (const value of [count, sum, min, max]) checkValue(value, `${name}.StatisticValues`);
    if (count <= 0) throw invalidValue(`The value for parameter ${name}.StatisticValues.SampleCount must be positive.`);
    if (max < min)
      throw invalidValue(`The value for parameter ${name}.StatisticValues.Maximum must not be less than Minimum.`);
    return { at, unit: Unit, count, sum, min, max };
  }
  if (Value !== undefined) {
    checkValue(Value, `${name}.Value`);
    return sampleOfValues(at, Unit, [[Value, 1]]);
  }
  const values = Values ?? [];
  if (values.length > maxValues)
    throw invalidValue(`The collection ${name}.Values must not have a size greater than ${maxValues}.`);
  if (Counts !== undefined && Counts.length !== values.length)
    throw invalidValue(`The parameters ${name}.Values and ${name}.Counts must be of the same size.`);
  return sampleOfValues(
    at,
    Unit,
    values.map((value, index) => {
      checkValue(value, `${name}.Values`);
      const times = Counts?.[index] ?? 1;
      if (!(times > 0)) throw invalidValue(`The values for parameter ${name}.Counts must be positive.`);
      return [value, times] as const;
    }),
  );
}

function checkValue(value: number, name: string): void {
  if (!Number.isFinite(value) || Math.abs(value) > largest)
    throw invalidValue(`The value ${value} for parameter ${name} is invalid.`);
}
