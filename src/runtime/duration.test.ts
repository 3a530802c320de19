import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from './duration.ts';

const cases: readonly (readonly [text: string, ms: number | undefined])[] = [
  ['PT0S', 0],
  ['PT1S', 1_000],
  ['PT90M', 5_400_000],
  ['P1DT12H', 129_600_000],
  ['P2W', 1_209_600_000],
  ['P30D', 2_592_000_000],
  ['P1W1DT1H1M1S', 694_861_000],
  ['', undefined],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['1D', undefined],
  ['P1M', undefined],
  ['P1Y', undefined],
  ['P-1D', undefined],
  ['-P1D', undefined],
  ['P1.5D', undefined],
  ['PT1M1H', undefined],
  ['p1d', undefined],
  ['P1D ', undefined],
  ['P1234567D', undefined],
];

for (const [text, ms] of cases) {
  test(`\`${text}\` is ${ms === undefined ? 'no duration' : `${ms} ms`}`, () => assert.equal(parseDuration(text), ms));
}

test('every sum of its parts is read back', () => {
  const part = fc.integer({ min: 0, max: 999_999 });
  fc.assert(
    fc.property(part, part, part, part, part, (w, d, h, m, s) => {
      assert.equal(parseDuration(`P${w}W${d}DT${h}H${m}M${s}S`), ((((w * 7 + d) * 24 + h) * 60 + m) * 60 + s) * 1_000);
    }),
  );
});
