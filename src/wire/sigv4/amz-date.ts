const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const HTTP_DATE = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Reads `YYYYMMDDTHHMMSSZ`, the only form of `x-amz-date`.
 *
 * @returns milliseconds since the epoch, or undefined for another form or an impossible date (30 February)
 * @example parseAmzDate('20150830T123600Z') // 1440938160000
 */
export function parseAmzDate(text: string): number | undefined {
  if (text === lastRead.text) return lastRead.time;
  const [, year, month, day, hour, minute, second] = BASIC.exec(text) ?? [];
  if (year === undefined) return undefined;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // Date.UTC rolls impossible dates over; only what survives the round trip was a date.
  if (formatAmzDate(time) !== text) return undefined;
  lastRead = { text, time };
  return time;
}

/** A second holds thousands of requests: the last one read, and the last one written, answer most. */
let lastRead = { text: '', time: Number.NaN };
let lastWritten = lastRead;

/**
 * Reads a `date` header: the HTTP form (RFC 9110 §5.6.7) or the basic form.
 *
 * @returns milliseconds since the epoch, or undefined
 */
export function parseDateHeader(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return parseAmzDate(text);
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * @param time milliseconds since the epoch; fractions of a second are dropped
 * @example formatAmzDate(1440938160000) // '20150830T123600Z'
 */
export function formatAmzDate(time: number): string {
  if (time === lastWritten.time) return lastWritten.text;
  const iso = new Date(time).toISOString();
  const text = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
  lastWritten = { text, time };
  return text;
}
