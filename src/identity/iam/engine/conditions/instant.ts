/**
 * Dates in conditions: the W3C profile of ISO 8601 (`2026`, `2026-11`, `2026-11-23`, `2026-11-23T17:00Z`,
 * `2026-11-23T17:00:01.5+01:00`) or seconds since the epoch.
 *
 * Four digits are a year. Whole numbers of twelve digits and more are milliseconds: as seconds they would lie beyond the year
 * 5000. A time without a zone is UTC.
 */

/** @returns milliseconds since the epoch, undefined when the text is no date */
export function instantOf(text: string): number | undefined {
  const epoch = epochOf(text);
  if (epoch !== undefined) return epoch;
  const scan: Scan = { text, at: 0, failed: false };
  const year = digits(scan, 4);
  const month = accept(scan, '-') ? digits(scan, 2) : 1;
  const day = scan.at > 4 && accept(scan, '-') ? digits(scan, 2) : 1;
  let time = 0;
  if (accept(scan, 'T') || accept(scan, 't')) time = timeOf(scan);
  if (scan.failed || scan.at !== text.length || !isDay(year, month, day)) return undefined;
  return midnightOf(year, month, day) + time;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function midnightOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

const MILLISECONDS_FROM = 100_000_000_000;

function epochOf(text: string): number | undefined {
  const from = text.startsWith('-') ? 1 : 0;
  if (text.length === from || (from === 0 && text.length === 4) || text.length > 17) return undefined;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x30 || code > 0x39) && code !== 0x2e) return undefined;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return Math.abs(value) >= MILLISECONDS_FROM ? value : value * 1000;
}

type Scan = { readonly text: string; at: number; failed: boolean };

function timeOf(scan: Scan): number {
  const hour = digits(scan, 2);
  if (!accept(scan, ':')) scan.failed = true;
  const minute = digits(scan, 2);
  const second = accept(scan, ':') ? digits(scan, 2) : 0;
  const fraction = accept(scan, '.') ? fractionOf(scan) : 0;
  if (hour > 24 || minute > 59 || second > 60) scan.failed = true;
  return ((hour * 60 + minute) * 60 + second) * 1000 + fraction - zoneOf(scan);
}

function zoneOf(scan: Scan): number {
  if (scan.at === scan.text.length || accept(scan, 'Z') || accept(scan, 'z')) return 0;
  const sign = accept(scan, '+') ? 1 : accept(scan, '-') ? -1 : 0;
  const hour = digits(scan, 2);
  accept(scan, ':');
  const minute = scan.at < scan.text.length ? digits(scan, 2) : 0;
  if (sign === 0 || hour > 23 || minute > 59) scan.failed = true;
  return sign * (hour * 60 + minute) * 60_000;
}

function fractionOf(scan: Scan): number {
  let scale = 100;
  let milliseconds = 0;
  const from = scan.at;
  for (let digit = digitAt(scan); digit !== undefined; digit = digitAt(scan)) {
    milliseconds += digit * scale;
    scale /= 10;
    scan.at++;
  }
  if (scan.at === from) scan.failed = true;
  return milliseconds;
}

function digits(scan: Scan, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) {
    const digit = digitAt(scan);
    if (digit === undefined) {
      scan.failed = true;
      return 0;
    }
    value = value * 10 + digit;
    scan.at++;
  }
  return value;
}

function digitAt(scan: Scan): number | undefined {
  const code = scan.text.charCodeAt(scan.at);
  return code >= 0x30 && code <= 0x39 ? code - 0x30 : undefined;
}

function accept(scan: Scan, char: string): boolean {
  if (scan.text[scan.at] !== char) return false;
  scan.at++;
  return true;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(midnightOf(year, month + 1, 0)).getUTCDate();
}
