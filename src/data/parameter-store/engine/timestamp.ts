/** Groups: date, time, fraction, and the sign, hours, minutes, seconds of the offset. */
const form = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(?::([0-5]\d)(?::([0-5]\d))?)?)$/;

/**
 * Milliseconds since the epoch of a time in Java's ISO_INSTANT or ISO_OFFSET_DATE_TIME form, the two that an Expiration policy
 * takes; an offset may have seconds. undefined for everything else, days that do not exist and times without a zone included.
 *
 * @example parseTimestamp('2019-11-01T22:13:48.87+10:30:00')
 */
export function parseTimestamp(text: string): number | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '', seconds = ':00', fraction = '', sign, hours = '0', minutes = '0', rest = '0'] = match;
  const at = Date.parse(`${date}T${time}${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Date.parse takes February 30 for March 2.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(date)) return undefined;
  const offset = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest)) * 1_000;
  // java.time's limit.
  if (offset > 18 * 3_600_000) return undefined;
  return sign === '-' ? at + offset : at - offset;
}
