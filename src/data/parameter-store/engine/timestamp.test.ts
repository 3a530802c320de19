import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from './timestamp.ts';

describe('timestamps of expiration policies', () => {
  const cases: readonly (readonly [text: string, iso: string | undefined])[] = [
    ['2018-12-02T21:34:33.000Z', '2018-12-02T21:34:33.000Z'],
    ['2018-12-02T21:34:33Z', '2018-12-02T21:34:33.000Z'],
    ['2018-12-02T21:34:33.123456789Z', '2018-12-02T21:34:33.123Z'],
    ['2019-11-01T22:13:48.87+10:30:00', '2019-11-01T11:43:48.870Z'],
    ['2019-11-01T22:13:48.87+10:30', '2019-11-01T11:43:48.870Z'],
    ['2019-11-01T22:13-02', '2019-11-02T00:13:00.000Z'],
    ['2019-11-01T22:13:48-00:00:30', '2019-11-01T22:14:18.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2023-02-29T00:00:00Z', undefined],
    ['2023-13-01T00:00:00Z', undefined],
    ['2023-01-01T24:00:00Z', undefined],
    ['2023-01-01T00:60:00Z', undefined],
    ['2023-01-01T00:00:00', undefined],
    ['2023-01-01', undefined],
    ['2023-01-01T00:00:00+19:00', undefined],
    ['2023-01-01T00:00:00+01:75', undefined],
    ['2023-01-01 00:00:00Z', undefined],
    ['Sun, 02 Dec 2018 21:34:33 GMT', undefined],
    ['1700000000', undefined],
    ['', undefined],
  ];
  for (const [text, iso] of cases) {
    test(`${text}: ${iso ?? 'refused'}`, () => {
      const at = parseTimestamp(text);
      assert.equal(at === undefined ? undefined : new Date(at).toISOString(), iso);
    });
  }

  test('reads what Date writes, in any zone', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true });
    const minutes = fc.integer({ min: -18 * 60, max: 18 * 60 });
    fc.assert(
      fc.property(instant, minutes, (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
        if (local.startsWith('-') || local.startsWith('+')) return;
        assert.equal(parseTimestamp(`${local}${zone}`), date.getTime());
      }),
    );
  });
});
