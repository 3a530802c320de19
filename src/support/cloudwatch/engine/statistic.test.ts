import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeSamples, sampleOfValues } from './sample.ts';
import { parseStatistic } from './statistic.ts';

const oneToHundred = sampleOfValues(
  0,
  'None',
  Array.from({ length: 100 }, (_, index) => [index + 1, 1] as const),
);

const cases: readonly (readonly [name: string, value: number | undefined])[] = [
  ['SampleCount', 100],
  ['Sum', 5_050],
  ['Average', 50.5],
  ['Minimum', 1],
  ['Maximum', 100],
  ['p0', 1],
  ['p50', 50],
  ['p99', 99],
  ['p99.9', 100],
  ['p100', 100],
  ['tm90', 45.5],
  ['TM(10%:90%)', 50.5],
  ['TM(:10)', 5.5],
  ['TC(10:20)', 10],
  ['TS(98:)', 199],
  ['PR(:25)', 25],
  ['PR(90:100)', 10],
  ['wm90', 49.95],
  ['IQM', 50.5],
];
for (const [name, value] of cases) {
  test(`${name} of 1 to 100 is ${value}`, () => {
    assert.equal(Number(parseStatistic(name)?.(oneToHundred)?.toFixed(6)), value);
  });
}

for (const name of [
  '',
  'p',
  'p101',
  'p-1',
  'Median',
  'TM',
  'TM(:)',
  'TM(10%:20)',
  'PR(1%:2%)',
  'tm101',
  'constructor',
]) {
  test(`\`${name}\` is no statistic`, () => assert.equal(parseStatistic(name), undefined));
}

test('merging changes neither count nor sum nor extremes, and percentiles by a hundredth at most', () => {
  const value = fc.double({ min: 0.001, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 1, max: 10 }),
      (values, groups) => {
        const whole = sampleOfValues(
          0,
          'None',
          values.map((each) => [each, 1] as const),
        );
        const parts = Array.from({ length: groups }, (_, group) =>
          values.filter((_, index) => index % groups === group),
        )
          .filter((part) => part.length > 0)
          .map((part) =>
            sampleOfValues(
              0,
              'None',
              part.map((each) => [each, 1] as const),
            ),
          );
        const merged = mergeSamples(0, parts);
        assert.deepEqual([merged?.count, merged?.min, merged?.max], [whole.count, whole.min, whole.max]);
        for (const name of ['p10', 'p50', 'p99']) {
          const [exact, near] = [parseStatistic(name)?.(whole) ?? 0, merged && (parseStatistic(name)?.(merged) ?? 0)];
          assert.ok(Math.abs(exact - (near ?? 0)) <= exact * 0.0101, `${name}: ${near} for ${exact}`);
        }
      },
    ),
  );
});
