/** A time of the calendar, without a zone. Months and days count from 1. */
export type LocalTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

/** Clocks of one zone of the IANA database, by its name. */
export type TimeZone = { readonly name: string; readonly offsetAt: (ms: number) => number };

const dayMs = 86_400_000;
const known = new Map<string, TimeZone>();

export const utc: TimeZone = { name: 'UTC', offsetAt: () => 0 };

/** @returns undefined for a name that the database lacks */
export function timeZone(name: string): TimeZone | undefined {
  if (/^(?:UTC|Etc\/UTC|GMT)$/.test(name)) return utc;
  const found = known.get(name);
  if (found !== undefined) return found;
  // Offsets such as `+02:00` are names to the library, not to AWS.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const made: TimeZone = { name, offsetAt: (ms) => offsetBy(format, ms) };
    known.set(name, made);
    return made;
  } catch {
    return undefined;
  }
}

function offsetBy(format: Intl.DateTimeFormat, ms: number): number {
  const whole = Math.floor(ms / 1_000) * 1_000;
  const parts = new Map(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - whole;
}

/** What the clocks of a zone show at a time. */
export function localTime(zone: TimeZone, ms: number): LocalTime {
  const shown = new Date(ms + zone.offsetAt(ms));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
  };
}

/**
 * When the clocks of a zone show a time, ms; the first time where they show it twice, undefined where they skip it
 * (EventBridge Scheduler user guide, "Daylight savings time").
 */
export function instantOf(zone: TimeZone, local: LocalTime): number | undefined {
  const { year, month, day, hour, minute, second } = local;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  const offsets = new Set([zone.offsetAt(shown - dayMs), zone.offsetAt(shown + dayMs)]);
  const found = [...offsets].map((offset) => shown - offset).filter((ms) => ms + zone.offsetAt(ms) === shown);
  return found.length === 0 ? undefined : Math.min(...found);
}
