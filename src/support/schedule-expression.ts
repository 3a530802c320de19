import { type Cron, nextCron, parseCron } from './cron.ts';
import { instantOf, type LocalTime, type TimeZone } from './time-zone.ts';

/** When something runs: every so many ms, when the clocks show something, or once. */
export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly everyMs: number; readonly text: string }
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'at'; readonly local: LocalTime };

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-01-31T12:00:00)`. @returns undefined for what is none */
export function parseSchedule(text: string): ScheduleExpression | undefined {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  if (kind === 'rate') return parseRate(inner);
  if (kind === 'at') return parseAt(inner);
  const cron = kind === 'cron' ? parseCron(inner) : undefined;
  return cron === undefined ? undefined : { kind: 'cron', cron };
}

function parseRate(text: string): ScheduleExpression | undefined {
  const [, count, unit] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return { kind: 'rate', everyMs: Number(count) * (unitMs[unit] ?? 0), text };
}

function parseAt(text: string): ScheduleExpression | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const shown = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // The 31st of April would be the 1st of May.
  if (Number.isNaN(shown.getTime()) || shown.toISOString().slice(0, 19) !== text) return undefined;
  return { kind: 'at', local: { year, month, day, hour, minute, second } };
}

/**
 * The first run after `after`.
 *
 * @param anchor from when a rate counts, ms
 * @returns ms; undefined when there is none any more, or ever
 */
export function nextRun(
  expression: ScheduleExpression,
  after: number,
  zone: TimeZone,
  anchor: number,
): number | undefined {
  if (expression.kind === 'cron') return nextCron(expression.cron, after, zone);
  if (expression.kind === 'at') {
    const at = instantOf(zone, expression.local);
    return at !== undefined && at > after ? at : undefined;
  }
  const { everyMs } = expression;
  if (after < anchor) return anchor;
  return anchor + (Math.floor((after - anchor) / everyMs) + 1) * everyMs;
}
