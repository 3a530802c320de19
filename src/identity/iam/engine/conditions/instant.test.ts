import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantOf } from './instant.ts';

for (const [text, expected] of [
  ['2026', '2026-01-01T00:00:00.000Z'],
  ['2026-11', '2026-11-01T00:00:00.000Z'],
  ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ['2026-11-23T17:05Z', '2026-11-23T17:05:00.000Z'],
  ['2026-11-23T17:05:09Z', '2026-11-23T17:05:09.000Z'],
  ['2026-11-23T17:05:09', '2026-11-23T17:05:09.000Z'],
  ['2026-11-23T17:05:09.25+01:00', '2026-11-23T16:05:09.250Z'],
  ['2026-11-23T17:05:09-0530', '2026-11-23T22:35:09.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
  ['1795435200', '2026-11-23T12:00:00.000Z'],
  ['1795435200.5', '2026-11-23T12:00:00.500Z'],
  ['1795435200000', '2026-11-23T12:00:00.000Z'],
  ['-1', '1969-12-31T23:59:59.000Z'],
] as const) {
  test(`${text} is ${expected}`, () => {
    const instant = instantOf(text);
    assert.equal(instant === undefined ? undefined : new Date(instant).toISOString(), expected);
  });
}

for (const text of [
  '',
  '-',
  'soon',
  '2026-13',
  '2026-02-30',
  '2023-02-29',
  '2026-11-23T',
  '2026-11-23T25:00Z',
  '2026-11-23T12Z',
  '2026-11-23T12:00:00.Z',
  '2026-11-23T12:00+',
  '2026-11-23 12:00',
  '1.2.3',
  '0x10',
  '9223372036854775808',
]) {
  test(`\`${text}\` is no date`, () => assert.equal(instantOf(text), undefined));
}

test('reads every instant that the platform writes', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(fc.property(date, (value) => assert.equal(instantOf(value.toISOString()), value.getTime())));
});
