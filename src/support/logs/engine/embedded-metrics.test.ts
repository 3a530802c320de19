import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { embeddedMetrics } from './embedded-metrics.ts';

const line = (metrics: unknown, members: object, Timestamp: unknown = 1_000) =>
  JSON.stringify({ _aws: { Timestamp, CloudWatchMetrics: metrics }, ...members });
const directive = (more: object = {}) => ({
  Namespace: 'shop',
  Metrics: [{ Name: 'took', Unit: 'Milliseconds' }],
  ...more,
});
const valuesOf = (message: string) =>
  embeddedMetrics(message).map(({ dimensions, values }) => [dimensions.map(({ Value }) => Value).join(), ...values]);

const cases: readonly (readonly [why: string, message: string, data: readonly (readonly unknown[])[]])[] = [
  ['one value', line([directive()], { took: 5 }), [['', 5]]],
  ['an array of values', line([directive()], { took: [1, 2, 2] }), [['', 1, 2, 2]]],
  [
    'two dimension sets',
    line([directive({ Dimensions: [['app'], ['app', 'zone']] })], { app: 'a', zone: 3, took: 1 }),
    [
      ['a', 1],
      ['a,3', 1],
    ],
  ],
  ['no dimensions', line([directive({ Dimensions: [[]] })], { took: 1 }), [['', 1]]],
  ['a dimension that is not there', line([directive({ Dimensions: [['app']] })], { took: 1 }), []],
  ['a metric that is not there', line([directive()], { other: 1 }), []],
  ['a metric that is no number', line([directive()], { took: '5' }), []],
  ['no timestamp', line([directive()], { took: 1 }, 'now'), []],
  ['no namespace', line([directive({ Namespace: '' })], { took: 1 }), []],
  ['a directive that is none', line(['x', null, 5], { took: 1 }), []],
  ['a name of every object', line([directive({ Metrics: [{ Name: 'constructor' }] })], { took: 1 }), []],
  ['no JSON', '{"CloudWatchMetrics"', []],
  ['another line', 'hello', []],
];
for (const [why, message, data] of cases) test(why, () => assert.deepEqual(valuesOf(message), data));

test('any JSON is metrics or none', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (metrics, members) => {
      embeddedMetrics(line(metrics, { took: members }));
    }),
  );
});
