import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextRun, parseSchedule } from './schedule-expression.ts';
import { instantOf, localTime, timeZone, utc } from './time-zone.ts';

/** Runs after a time, as their zone's clocks or UTC tell them. */
const runs: readonly (readonly [expression: string, zone: string, after: string, expected: readonly string[]])[] = [
  ['cron(15 10 * * ? *)', 'UTC', '2026-01-31T10:15:00Z', ['2026-02-01T10:15:00.000Z', '2026-02-02T10:15:00.000Z']],
  ['cron(0 18 ? * MON-FRI *)', 'UTC', '2026-01-30T18:00:00Z', ['2026-02-02T18:00:00.000Z']],
  [
    'cron(0/20 8-9 1 * ? *)',
    'UTC',
    '2026-01-31T00:00:00Z',
    ['2026-02-01T08:00:00.000Z', '2026-02-01T08:20:00.000Z', '2026-02-01T08:40:00.000Z', '2026-02-01T09:00:00.000Z'],
  ],
  ['cron(0 0 L * ? *)', 'UTC', '2024-02-01T00:00:00Z', ['2024-02-29T00:00:00.000Z', '2024-03-31T00:00:00.000Z']],
  ['cron(0 0 ? * 6L *)', 'UTC', '2026-01-01T00:00:00Z', ['2026-01-30T00:00:00.000Z', '2026-02-27T00:00:00.000Z']],
  ['cron(0 0 ? * SAT#3 *)', 'UTC', '2026-01-01T00:00:00Z', ['2026-01-17T00:00:00.000Z', '2026-02-21T00:00:00.000Z']],
  ['cron(0 0 ? * FRI-MON *)', 'UTC', '2026-01-05T00:00:00Z', ['2026-01-09T00:00:00.000Z', '2026-01-10T00:00:00.000Z']],
  // The 1st of February 2026 is a Sunday, the 15th as well; the 31st of January is a Saturday.
  ['cron(0 0 1W * ? *)', 'UTC', '2026-01-31T00:00:00Z', ['2026-02-02T00:00:00.000Z']],
  ['cron(0 0 15W * ? *)', 'UTC', '2026-01-31T00:00:00Z', ['2026-02-16T00:00:00.000Z']],
  ['cron(0 0 31W * ? *)', 'UTC', '2026-01-01T00:00:00Z', ['2026-01-30T00:00:00.000Z', '2026-03-31T00:00:00.000Z']],
  ['cron(0 0 LW * ? *)', 'UTC', '2026-01-01T00:00:00Z', ['2026-01-30T00:00:00.000Z', '2026-02-27T00:00:00.000Z']],
  ['cron(0 12 29 2 ? *)', 'UTC', '2026-01-01T00:00:00Z', ['2028-02-29T12:00:00.000Z', '2032-02-29T12:00:00.000Z']],
  ['cron(0 12 1 JAN ? 2030)', 'UTC', '2026-01-01T00:00:00Z', ['2030-01-01T12:00:00.000Z']],
  ['cron(0 12 1 1 ? 2002-2005)', 'UTC', '2026-01-01T00:00:00Z', []],
  // Clocks in New York go from 02:00 to 03:00 on the 8th of March 2026, and back on the 1st of November.
  ['cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-09T06:30:00.000Z']],
  [
    'cron(30 1 * * ? *)',
    'America/New_York',
    '2026-10-31T12:00:00Z',
    ['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'],
  ],
  ['cron(0 9 * * ? *)', 'Europe/Berlin', '2026-03-28T12:00:00Z', ['2026-03-29T07:00:00.000Z']],
  ['cron(0 0 1 1 ? *)', 'Pacific/Kiritimati', '2026-06-01T00:00:00Z', ['2026-12-31T10:00:00.000Z']],
  // Lord Howe moves its clocks by half an hour: 02:00 becomes 02:30 on the 4th of October 2026.
  ['cron(15 2 * * ? *)', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', ['2026-10-04T15:15:00.000Z']],
  ['at(2026-03-08T02:30:00)', 'America/New_York', '2026-01-01T00:00:00Z', []],
  ['at(2026-11-20T13:00:00)', 'Asia/Kolkata', '2026-01-01T00:00:00Z', ['2026-11-20T07:30:00.000Z']],
  ['rate(5 minutes)', 'UTC', '2026-01-01T00:07:00Z', ['2026-01-01T00:10:00.000Z', '2026-01-01T00:15:00.000Z']],
];

describe('when schedules run', () => {
  for (const [text, zoneName, after, expected] of runs) {
    it(`${text} in ${zoneName} after ${after}`, () => {
      const expression = parseSchedule(text);
      const zone = timeZone(zoneName);
      assert.ok(expression !== undefined && zone !== undefined);
      const anchor = Date.parse('2026-01-01T00:00:00Z');
      const found: string[] = [];
      let at = nextRun(expression, Date.parse(after), zone, anchor);
      while (at !== undefined && found.length < Math.max(expected.length, 1)) {
        found.push(new Date(at).toISOString());
        at = nextRun(expression, at, zone, anchor);
      }
      assert.deepEqual(found, expected);
    });
  }
});

describe('what is no schedule', () => {
  const wrong = [
    '',
    'rate',
    'rate()',
    'rate(0 minutes)',
    'rate(5 weeks)',
    'rate(1.5 hours)',
    'rate(5  minutes)',
    'cron()',
    'cron(* * * * *)',
    'cron(0 0 1 * 1 *)',
    'cron(0 0 ? * ? *)',
    'cron(60 0 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 0 0 * ? *)',
    'cron(0 0 32 * ? *)',
    'cron(0 0 * 13 ? *)',
    'cron(0 0 ? * 8 *)',
    'cron(0 0 ? * MON#6 *)',
    'cron(0 0 * * ? 1969)',
    'cron(0/0 * * * ? *)',
    'cron(, * * * ? *)',
    'cron(5- * * * ? *)',
    'cron(*-5 * * * ? *)',
    'at(2026-02-30T00:00:00)',
    'at(2026-01-01)',
    'at(2026-01-01T25:00:00)',
    'at(2026-01-01T00:00:00Z)',
  ];
  for (const text of wrong) it(`\`${text}\``, () => assert.equal(parseSchedule(text), undefined));

  it('is never more than refused', () => {
    const field = fc.string({ unit: fc.constantFrom(...'0123456789*?-/,LW# MONJA'), maxLength: 12 });
    fc.assert(
      fc.property(field, (text) => {
        for (const kind of ['cron', 'rate', 'at']) parseSchedule(`${kind}(${text})`);
      }),
    );
  });
});

describe('time zones', () => {
  it('know what their clocks show, and when', () => {
    const zone = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
    );
    const time = fc
      .integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') })
      .map((ms) => ms - (ms % 1_000));
    fc.assert(
      fc.property(zone, time, (name, ms) => {
        const found = timeZone(name) ?? utc;
        const at = instantOf(found, localTime(found, ms));
        // Where clocks show a time twice it is the first.
        assert.ok(at !== undefined && at <= ms && ms - at <= 3_600_000);
      }),
    );
  });

  it('are those of the database', () => {
    for (const name of ['', 'Mars/Base', '+02:00', 'America', '../etc']) assert.equal(timeZone(name), undefined, name);
  });
});

describe('each run of a cron expression', () => {
  it('comes after the one before, at a minute that the expression has', () => {
    const minute = fc.constantFrom('*', '0/7', '5,35', '59');
    const hour = fc.constantFrom('*', '0', '1-3', '23');
    const day = fc.constantFrom('* * ?', '? * MON', 'L * ?', '? 2,11 SUN#1');
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe');
    const start = fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2027-01-01') });
    fc.assert(
      fc.property(minute, hour, day, zone, start, (minutes, hours, days, name, after) => {
        const expression = parseSchedule(`cron(${minutes} ${hours} ${days} *)`);
        const found = timeZone(name) ?? utc;
        assert.ok(expression?.kind === 'cron');
        const first = nextRun(expression, after, found, 0);
        const second = first === undefined ? undefined : nextRun(expression, first, found, 0);
        assert.ok(first !== undefined && second !== undefined && after < first && first < second);
        const shown = localTime(found, second);
        assert.ok(expression.cron.minutes.includes(shown.minute) && expression.cron.hours.includes(shown.hour));
        assert.equal(shown.second, 0);
      }),
      { numRuns: 50 },
    );
  });
});
