import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudWatch, type MetricDatum } from '@aws-sdk/client-cloudwatch';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('metrics', () => {
  let ringwall: Ringwall;
  let cloudwatch: CloudWatch;
  before(async () => {
    ringwall = await startRingwall();
    cloudwatch = new CloudWatch(ringwall.client);
  });
  after(async () => {
    cloudwatch.destroy();
    await ringwall.stop();
  });

  const now = () => ringwall.installation.clock.now();
  const minuteStart = () => Math.floor(now() / minute) * minute;
  const put = (Namespace: string, ...MetricData: MetricDatum[]) => cloudwatch.putMetricData({ Namespace, MetricData });
  const statistics = async (Namespace: string, MetricName: string, from: number, to: number, Period = 60) => {
    const { Datapoints = [] } = await cloudwatch.getMetricStatistics({
      Namespace,
      MetricName,
      StartTime: new Date(from),
      EndTime: new Date(to),
      Period,
      Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'],
      ExtendedStatistics: ['p50', 'p99', 'tm50'],
    });
    return Datapoints;
  };

  test('values, arrays with counts and statistic sets come back as one period', async () => {
    const at = new Date(minuteStart());
    await put('a', { MetricName: 'm', Timestamp: at, Value: 4 });
    await put('a', { MetricName: 'm', Timestamp: at, Values: [1, 2], Counts: [3, 1] });
    const [point] = await statistics('a', 'm', at.getTime(), at.getTime() + minute);
    assert.deepEqual(point?.Timestamp, at);
    assert.equal(point?.Unit, 'None');
    assert.deepEqual(
      [point?.SampleCount, point?.Sum, point?.Minimum, point?.Maximum, point?.Average],
      [5, 9, 1, 4, 1.8],
    );
    assert.deepEqual(point?.ExtendedStatistics, { p50: 1, p99: 4, tm50: 1 });
    const set = { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 };
    await put('a', { MetricName: 'm', Timestamp: at, StatisticValues: set });
    const [after_] = await statistics('a', 'm', at.getTime(), at.getTime() + minute);
    assert.deepEqual([after_?.SampleCount, after_?.Sum, after_?.Maximum], [7, 29, 15]);
    assert.deepEqual(after_?.ExtendedStatistics, {});
  });

  test('units are series of their own; periods begin at their multiples', async () => {
    const start = Math.floor(now() / hour) * hour - hour;
    for (const [minutes, Value] of [
      [0, 1],
      [4, 2],
      [5, 4],
      [12, 8],
    ] as const) {
      await put('u', { MetricName: 'm', Timestamp: new Date(start + minutes * minute), Value, Unit: 'Count' });
    }
    await put('u', { MetricName: 'm', Timestamp: new Date(start), Value: 100, Unit: 'Bytes' });
    const points = await statistics('u', 'm', start, start + hour, 300);
    const sums = points.map(({ Unit, Timestamp, Sum }) => [Unit, ((Timestamp?.getTime() ?? 0) - start) / minute, Sum]);
    assert.deepEqual(
      sums.sort((a, b) => String(a).localeCompare(String(b))),
      [
        ['Bytes', 0, 100],
        ['Count', 0, 3],
        ['Count', 10, 8],
        ['Count', 5, 4],
      ],
    );
  });

  test('dimensions make metrics, in any order; lists filter', async () => {
    const [first, second] = [
      { Name: 'Host', Value: 'x' },
      { Name: 'App', Value: 'y' },
    ];
    await put('d', { MetricName: 'm', Dimensions: [first, second], Value: 1 });
    await put('d', { MetricName: 'm', Dimensions: [second, first], Value: 1 });
    await put('d', { MetricName: 'm', Dimensions: [first], Value: 1 }, { MetricName: 'n', Value: 1 });
    const list = async (filter: object) => (await cloudwatch.listMetrics({ Namespace: 'd', ...filter })).Metrics ?? [];
    assert.equal((await list({})).length, 3);
    assert.deepEqual(
      (await list({ Dimensions: [{ Name: 'App' }] })).map(({ Dimensions }) => Dimensions),
      [[second, first]],
    );
    assert.equal((await list({ MetricName: 'm', Dimensions: [{ Name: 'Host', Value: 'x' }] })).length, 2);
    const { MetricDataResults } = await cloudwatch.getMetricData({
      StartTime: new Date(now() - hour),
      EndTime: new Date(now() + hour),
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: { Namespace: 'd', MetricName: 'm', Dimensions: [first, second] },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    });
    assert.deepEqual(
      MetricDataResults?.map(({ Values, Label, StatusCode }) => [Values, Label, StatusCode]),
      [[[2], 'm', 'Complete']],
    );
  });

  test('math over metrics: newest first, pages, and only what returns data', async () => {
    const start = minuteStart() - 10 * minute;
    for (let index = 0; index < 5; index += 1) {
      const Timestamp = new Date(start + index * minute);
      await put('x', { MetricName: 'a', Timestamp, Value: index + 1 }, { MetricName: 'b', Timestamp, Value: 2 });
    }
    const stat = (MetricName: string) => ({
      MetricStat: { Metric: { Namespace: 'x', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    const ask = (Expression: string, more: object = {}) =>
      cloudwatch.getMetricData({
        StartTime: new Date(start),
        EndTime: new Date(start + 6 * minute),
        MetricDataQueries: [
          { Id: 'a', ...stat('a') },
          { Id: 'b', ...stat('b') },
          { Id: 'e', Expression },
        ],
        ...more,
      });
    const valuesOf = async (expression: string) =>
      (await ask(expression, { ScanBy: 'TimestampAscending' })).MetricDataResults?.map(({ Values }) => Values);
    const cases: readonly (readonly [string, readonly (readonly number[])[]])[] = [
      ['a * b + 1', [[3, 5, 7, 9, 11]]],
      ['a / (b - 2)', [[]]],
      ['SUM(METRICS())', [[3, 4, 5, 6, 7]]],
      ['SUM(a)', [[15, 15, 15, 15, 15, 15]]],
      ['FILL(a, 0)', [[1, 2, 3, 4, 5, 0]]],
      ['FILL(a, REPEAT)', [[1, 2, 3, 4, 5, 5]]],
      ['IF(a > 3, a, 0)', [[0, 0, 0, 4, 5]]],
      ['DIFF(a)', [[1, 1, 1, 1]]],
      ['RATE(a) * 60', [[1, 1, 1, 1]]],
      ['RUNNING_SUM(a)', [[1, 3, 6, 10, 15]]],
      ['-a ^ 2', [[1, 4, 9, 16, 25]]],
      [
        '[a, b]',
        [
          [1, 2, 3, 4, 5],
          [2, 2, 2, 2, 2],
        ],
      ],
      ['MAX([a, b])', [[2, 2, 3, 4, 5]]],
      ['SLICE(SORT(METRICS(), SUM, DESC), 0, 1)', [[1, 2, 3, 4, 5]]],
      ['a >= 2 AND a <= 3', [[0, 1, 1, 0, 0]]],
    ];
    for (const [expression, expected] of cases) assert.deepEqual(await valuesOf(expression), expected, expression);
    assert.deepEqual((await ask('a')).MetricDataResults?.[0]?.Values, [5, 4, 3, 2, 1]);
    const first = await ask('a', { MaxDatapoints: 3 });
    assert.equal(first.MetricDataResults?.[0]?.StatusCode, 'PartialData');
    const second = await ask('a', { MaxDatapoints: 3, NextToken: first.NextToken });
    assert.deepEqual([second.MetricDataResults?.[0]?.Values?.length, second.NextToken], [2, undefined]);
    for (const wrong of ['a +', 'nothing', 'SEARCH("x")', '(((', 'a b', 'e + 1', 'FILL(a)'])
      await assert.rejects(ask(wrong), { name: 'ValidationException' }, wrong);
  });

  test('what does not fit is refused, whole', async () => {
    const wrong: readonly (readonly [MetricDatum, RegExp])[] = [
      [{ MetricName: 'm' }, /At least one of the parameters/],
      [{ MetricName: 'm', Value: 1, Values: [2] }, /mutually exclusive/],
      [{ MetricName: 'm', Values: [1, 2], Counts: [1] }, /same size/],
      [{ MetricName: 'm', Value: Number.POSITIVE_INFINITY }, /./],
      [{ MetricName: 'm', Value: 1, Timestamp: new Date(now() - 15 * day) }, /past two weeks/],
      [{ MetricName: 'm', Value: 1, Timestamp: new Date(now() + 3 * hour) }, /two hours in the future/],
      [{ MetricName: 'm', Value: 1, StorageResolution: 7 }, /StorageResolution/],
    ];
    for (const [datum, message] of wrong)
      await assert.rejects(put('w', { MetricName: 'fine', Value: 1 }, datum), { message }, JSON.stringify(datum));
    assert.deepEqual((await cloudwatch.listMetrics({ Namespace: 'w' })).Metrics, []);
    const ask = { Namespace: 'w', MetricName: 'm', Period: 60, Statistics: ['Sum' as const] };
    const [early, late] = [new Date(now() - 60 * day), new Date(now())];
    await assert.rejects(cloudwatch.getMetricStatistics({ ...ask, StartTime: late, EndTime: early }), {
      name: /^InvalidParameterValue/,
      message: 'The parameter StartTime must be less than the parameter EndTime.',
    });
    await assert.rejects(cloudwatch.getMetricStatistics({ ...ask, StartTime: early, EndTime: late }), {
      name: /^InvalidParameterCombination/,
      message:
        'You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    });
  });

  test('data is rolled up by and by, and is gone after 15 months', async () => {
    const start = Math.floor(now() / hour) * hour;
    for (let second = 0; second < 600; second += 30) {
      const Timestamp = new Date(start + second * 1000);
      await put('r', { MetricName: 'm', Timestamp, Value: second, StorageResolution: 1 });
    }
    const sum = async (period: number) => {
      const points = await statistics('r', 'm', start, start + hour, period);
      return [points.length, points.reduce((total, { Sum = 0 }) => total + Sum, 0)];
    };
    const whole = 5_700;
    assert.deepEqual(await sum(30), [20, whole]);
    await ringwall.advance(5 * hour);
    assert.deepEqual(await sum(30), [10, whole]);
    for (let days = 0; days < 17; days += 1) await ringwall.advance(day);
    assert.deepEqual(await sum(60), [2, whole]);
    for (let weeks = 0; weeks < 8; weeks += 1) await ringwall.advance(7 * day);
    assert.deepEqual(await sum(60), [1, whole]);
    for (let weeks = 0; weeks < 58; weeks += 1) await ringwall.advance(7 * day);
    assert.deepEqual(await sum(3_600), [0, 0]);
    assert.equal(await ringwall.installation.house.store.nextJobAt(), undefined);
  });
});
