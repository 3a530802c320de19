import type { TimestampFormat } from '../model/shape.ts';
import { Malformed } from './malformed.ts';

// Years 0001–9999: what RFC 3339 and the IMF date can write.
const earliest = -62135596800000;
const latest = 253402300799999;

const iso = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/i;
const isoDate = /^(\d{4})-(\d\d)-(\d\d)$/;
const imf =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))? (?:GMT|UTC|\+0000)$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Seconds since the epoch, fractions to the millisecond. @throws Malformed */
export function dateOfEpoch(seconds: number): Date {
  return checked(Math.round(seconds * 1000), String(seconds));
}

/** Text in the member's format; the query wire takes any of the three, as AWS does. @throws Malformed */
export function dateOfText(text: string, format?: TimestampFormat): Date {
  if (text.length > 40) throw bad(text);
  if (format !== 'rfc822' && format !== 'unixTimestamp') {
    const m = iso.exec(text);
    if (m !== null) return isoParts(m, text);
    const d = isoDate.exec(text);
    if (d !== null) return checked(utc(num(d[1]), num(d[2]), num(d[3]), 0, 0, 0, 0, text), text);
  }
  if (format !== 'iso8601' && format !== 'unixTimestamp') {
    const m = imf.exec(text);
    if (m !== null) {
      const month = months.indexOf(m[2] ?? '') + 1;
      const ms = num((m[7] ?? '').padEnd(3, '0'));
      return checked(utc(num(m[3]), month, num(m[1]), num(m[4]), num(m[5]), num(m[6]), ms, text), text);
    }
  }
  if (format !== 'iso8601' && format !== 'rfc822' && /^-?\d{1,14}(?:\.\d{1,9})?$/.test(text))
    return dateOfEpoch(Number(text));
  throw bad(text);
}

/** Seconds as AWS writes them in JSON: `1700000000` or `1700000000.123`. */
export function epochText(date: Date): string {
  return String(date.getTime() / 1000);
}

/** How milliseconds are written: always (`millis`), when there are any (`trimmed`), never (`seconds`). */
export type IsoStyle = 'millis' | 'trimmed' | 'seconds';

/** `2026-01-02T03:04:05.678Z` */
export function isoText(date: Date, style: IsoStyle): string {
  const text = date.toISOString();
  return style === 'millis' || (style === 'trimmed' && !text.endsWith('.000Z')) ? text : `${text.slice(0, -5)}Z`;
}

/** IMF-fixdate, whole seconds: `Fri, 02 Jan 2026 03:04:05 GMT`. */
export function imfText(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${String(date.getUTCFullYear()).padStart(4, '0')} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} GMT`;
}

/** A date in the given format. */
export function dateText(date: Date, format: TimestampFormat, style: IsoStyle = 'millis'): string {
  if (format === 'iso8601') return isoText(date, style);
  return format === 'rfc822' ? imfText(date) : epochText(date);
}

function isoParts(m: RegExpExecArray, text: string): Date {
  const ms = num((m[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const at = utc(num(m[1]), num(m[2]), num(m[3]), num(m[4]), num(m[5]), num(m[6]), ms, text);
  if (m[8] === undefined) return checked(at, text);
  const [hours, minutes] = [num(m[9]), num(m[10])];
  if (hours > 23 || minutes > 59) throw bad(text);
  const offset = (hours * 60 + minutes) * 60_000;
  return checked(m[8] === '+' ? at - offset : at + offset, text);
}

function utc(y: number, mo: number, d: number, h: number, mi: number, s: number, ms: number, text: string): number {
  // Date.UTC rolls 31 February over into March: refused by reading the day back. A leap second counts as the next second.
  if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 60) throw bad(text);
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCDate() !== d) throw bad(text);
  return date.getTime() + ((h * 60 + mi) * 60 + s) * 1000 + ms;
}

function checked(ms: number, text: string): Date {
  if (!(ms >= earliest && ms <= latest)) throw bad(text);
  return new Date(ms);
}

function num(text: string | undefined): number {
  return Number(text ?? 0);
}

function bad(text: string): Malformed {
  return new Malformed(`'${text.slice(0, 100)}' is not a valid timestamp`);
}
