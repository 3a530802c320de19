import { createHmac, timingSafeEqual } from 'node:crypto';
import { fromBase32 } from './base32.ts';

/** RFC 6238 §4.1: a new code every 30 seconds. */
const stepMs = 30_000;
const digits = 6;
/** RFC 6238 §5.2: one step back for delay on the way, and one ahead for a clock that runs fast. */
const window = 1;
/** How far a device's clock may be off when two codes in a row show where it stands: ten minutes each way. */
const resyncWindow = 20;

/** Number of the 30-second step at a time. @param now ms since the epoch */
export function stepAt(now: number): number {
  return Math.floor(now / stepMs);
}

/**
 * The code of one step: HMAC-SHA-1 (RFC 4226 §5.3) over the step's number.
 *
 * @param seed base32
 * @example totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 1) // '287082'
 */
export function totp(seed: string, step: number, length: number = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.max(step, 0)));
  const hash = createHmac('sha1', fromBase32(seed) ?? new Uint8Array())
    .update(counter)
    .digest();
  const offset = (hash[hash.length - 1] ?? 0) & 15;
  const number = hash.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** length).padStart(length, '0');
}

/**
 * Checks a code that somebody typed. Pure: keep the step returned as `lastStep`, so that no code counts twice.
 *
 * @param seed base32
 * @param now ms since the epoch
 * @param lastStep step of the last code taken; it and older ones are refused
 * @param drift steps by which the device is known to be ahead
 * @returns the step of the code; undefined when it is not valid now
 * @example const step = verifyTotp(device.seed, '287082', ctx.now, device.lastStep);
 */
export function verifyTotp(seed: string, code: string, now: number, lastStep = -1, drift = 0): number | undefined {
  const middle = stepAt(now) + drift;
  for (let step = middle - window; step <= middle + window; step += 1) {
    if (step > lastStep && isCode(seed, step, code)) return step;
  }
  return undefined;
}

/**
 * Finds where a device stands by two codes in a row.
 *
 * @param lastStep steps up to this one do not count again
 * @returns the second code's step, and how many steps the device is ahead; undefined when the codes do not follow each other
 */
export function locateTotp(
  seed: string,
  codes: readonly [first: string, second: string],
  now: number,
  lastStep = -1,
): { readonly step: number; readonly drift: number } | undefined {
  const middle = stepAt(now);
  const nearest = Array.from(
    { length: 2 * resyncWindow + 1 },
    (_, index) => middle + ((index + 1) >> 1) * (index % 2 === 0 ? 1 : -1),
  );
  for (const step of nearest) {
    if (step <= lastStep || !isCode(seed, step, codes[0]) || !isCode(seed, step + 1, codes[1])) continue;
    // Somebody types the first code, waits for the second and sends both: one step either way is no drift.
    const ahead = step + 1 - middle;
    return { step: step + 1, drift: Math.abs(ahead) <= window ? 0 : ahead };
  }
  return undefined;
}

function isCode(seed: string, step: number, code: string): boolean {
  const expected = Buffer.from(totp(seed, step));
  const actual = Buffer.from(code);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
