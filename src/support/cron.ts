import { instantOf, type LocalTime, localTime, type TimeZone } from './time-zone.ts';

/** AWS's cron: minutes, hours, day of month, month, day of week, year. Each field as the values it holds, ascending. */
export type Cron = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** Whether a day is one; `weekday` 1 is Sunday. */
  readonly takesDay: (day: Day) => boolean;
};

type Day = { readonly day: number; readonly weekday: number; readonly daysInMonth: number };

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads the six fields of a cron expression (EventBridge user guide, "Cron expressions"): `,` `-` `*` `/` everywhere, `?` in one of the two
 * fields for days, `L` and `W` for days of the month, `L` and `#` for days of the week.
 *
 * @returns undefined for what is none
 */
export function parseCron(text: string): Cron | undefined {
  const [minute, hour, day, month, weekday, year, ...more] = text.split(' ').filter((field) => field !== '');
  if (year === undefined || more.length > 0) return undefined;
  const minutes = valuesOf(minute ?? '', 0, 59);
  const hours = valuesOf(hour ?? '', 0, 23);
  const months = valuesOf(month ?? '', 1, 12, monthNames);
  const years = valuesOf(year, 1970, 2199);
  const takesDay = daysOf(day ?? '', weekday ?? '');
  if (!minutes || !hours || !months || !years || !takesDay) return undefined;
  return { minutes, hours, months, years, takesDay };
}

function valuesOf(
  field: string,
  least: number,
  most: number,
  names?: readonly string[],
): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const range = rangeOf(part, least, most, names);
    if (range === undefined) return undefined;
    for (const value of range) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** `5`, `*`, `1-5`, `0/15`, `1-31/2`. A range may go over the end: `FRI-MON`. */
function rangeOf(part: string, least: number, most: number, names?: readonly string[]): readonly number[] | undefined {
  const [, from = '', to, stepText] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,4}))?$/.exec(part) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (from === '' || step === 0 || (from === '*' && to !== undefined)) return undefined;
  const first = from === '*' ? least : numberOf(from, least, most, names);
  const single = to === undefined && stepText === undefined && from !== '*';
  const last = to === undefined ? (single ? first : most) : numberOf(to, least, most, names);
  if (first === undefined || last === undefined) return undefined;
  const span = most - least + 1;
  const end = last < first ? last + span : last;
  const values: number[] = [];
  for (let value = first; value <= end; value += step) values.push(value > most ? value - span : value);
  return values;
}

function numberOf(text: string, least: number, most: number, names: readonly string[] = []): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named !== -1) return least + named;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** One of the two fields must be `?`: both would say which days are meant. */
function daysOf(dayField: string, weekdayField: string): Cron['takesDay'] | undefined {
  if ((dayField === '?') === (weekdayField === '?')) return undefined;
  return dayField === '?' ? weekdaysOf(weekdayField) : monthDaysOf(dayField);
}

function monthDaysOf(field: string): Cron['takesDay'] | undefined {
  if (field === 'L') return ({ day, daysInMonth }) => day === daysInMonth;
  const [, nearest] = /^(\d{1,2}|L)W$/.exec(field) ?? [];
  if (nearest !== undefined) {
    const wanted = nearest === 'L' ? 31 : Number(nearest);
    if (wanted < 1 || wanted > 31) return undefined;
    return (day) => (nearest === 'L' || wanted <= day.daysInMonth) && day.day === workdayNear(wanted, day);
  }
  const days = valuesOf(field, 1, 31);
  return days === undefined ? undefined : ({ day }) => days.includes(day);
}

/** The day from Monday to Friday of the same month that is nearest to a day. */
function workdayNear(wanted: number, { day, weekday, daysInMonth }: Day): number {
  const target = Math.min(wanted, daysInMonth);
  const at = (((weekday - 1 + target - day) % 7) + 7) % 7;
  if (at === 6) return target > 1 ? target - 1 : target + 2;
  if (at === 0) return target < daysInMonth ? target + 1 : target - 2;
  return target;
}

function weekdaysOf(field: string): Cron['takesDay'] | undefined {
  if (field === 'L') return ({ weekday }) => weekday === 7;
  const [, name, last, nth] = /^(\w+?)(?:(L)|#([1-5]))$/.exec(field) ?? [];
  if (name !== undefined) {
    const wanted = numberOf(name, 1, 7, weekdayNames);
    if (wanted === undefined) return undefined;
    if (last !== undefined) return ({ day, weekday, daysInMonth }) => weekday === wanted && day + 7 > daysInMonth;
    return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === Number(nth);
  }
  const weekdays = valuesOf(field, 1, 7, weekdayNames);
  return weekdays === undefined ? undefined : ({ weekday }) => weekdays.includes(weekday);
}

/** The first time after `after` (ms) at which the clocks of the zone show what the expression asks for; undefined when there is none. */
export function nextCron(cron: Cron, after: number, zone: TimeZone): number | undefined {
  const from = localTime(zone, after);
  for (const year of cron.years.filter((each) => each >= from.year)) {
    for (const month of cron.months) {
      const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 1; day <= daysInMonth; day += 1) {
        if (order({ ...from, year, month, day }, from) < 0) continue;
        const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
        if (!cron.takesDay({ day, weekday, daysInMonth })) continue;
        const found = nextIn(cron, { year, month, day, hour: 0, minute: 0, second: 0 }, from, after, zone);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function nextIn(cron: Cron, date: LocalTime, from: LocalTime, after: number, zone: TimeZone): number | undefined {
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const local = { ...date, hour, minute };
      if (order(local, { ...from, second: 0 }) < 0) continue;
      const at = instantOf(zone, local);
      if (at !== undefined && at > after) return at;
    }
  }
  return undefined;
}

function order(a: LocalTime, b: LocalTime): number {
  return (
    a.year - b.year ||
    a.month - b.month ||
    a.day - b.day ||
    a.hour - b.hour ||
    a.minute - b.minute ||
    a.second - b.second
  );
}
