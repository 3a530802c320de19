import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { ROOT_KEY_BYTES, type RootKey, type SealParameters } from '../root-key.ts';
import { add, divide, multiply } from './gf256.ts';

/*
 * A share as text: `rws1-` and base64url of
 *
 *   1 threshold | 1 x (1–255) | 4 set | 32 y | 4 checksum (SHA-256 of all before)
 *
 * The checksum finds a mistyped share before it spoils the combination; the set number finds a share of another splitting.
 */
const PREFIX = 'rws1-';
const SET_BYTES = 4;
const HEAD_BYTES = 2 + SET_BYTES;
const CHECKSUM_BYTES = 4;
const SHARE_BYTES = HEAD_BYTES + ROOT_KEY_BYTES + CHECKSUM_BYTES;

type Share = { readonly threshold: number; readonly x: number; readonly set: string; readonly y: Buffer };

export class ShareError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'ShareError';
  }
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, CHECKSUM_BYTES);
}

/**
 * Splits a root key: any `threshold` of the `count` shares give it back, fewer tell nothing (Shamir 1979, over GF(2^8)).
 *
 * @param secret 32 bytes; the caller zeroes them
 * @param threshold 2 to `count`
 * @param count up to 255
 */
export function splitRootKey(
  secret: Uint8Array,
  threshold: number,
  count: number,
  random = randomBytes,
): readonly string[] {
  if (secret.length !== ROOT_KEY_BYTES) throw new ShareError(`expected a key of ${ROOT_KEY_BYTES} bytes`);
  if (
    !(Number.isInteger(threshold) && Number.isInteger(count) && threshold >= 2 && threshold <= count && count <= 255)
  ) {
    throw new ShareError(
      `cannot make ${count} shares with threshold ${threshold}; expected 2 <= threshold <= shares <= 255`,
    );
  }
  const set = random(SET_BYTES);
  // coefficients[d] belongs to x^(d+1), one byte for each byte of the secret
  const coefficients = Array.from({ length: threshold - 1 }, () => random(ROOT_KEY_BYTES));
  const shares = Array.from({ length: count }, (_, index) => {
    const x = index + 1;
    const bytes = Buffer.alloc(SHARE_BYTES);
    bytes.set([threshold, x]);
    bytes.set(set, 2);
    for (let at = 0; at < ROOT_KEY_BYTES; at++) {
      let y = 0;
      for (let degree = coefficients.length - 1; degree >= 0; degree--) {
        y = multiply(add(y, coefficients[degree]?.[at] ?? 0), x);
      }
      bytes[HEAD_BYTES + at] = add(y, secret[at] ?? 0);
    }
    bytes.set(checksum(bytes.subarray(0, -CHECKSUM_BYTES)), SHARE_BYTES - CHECKSUM_BYTES);
    return PREFIX + bytes.toString('base64url');
  });
  for (const coefficient of coefficients) coefficient.fill(0);
  return shares;
}

/** @throws ShareError when the text is not a whole, unaltered share */
export function parseShare(text: string): Share {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed.slice(PREFIX.length), 'base64url');
  const whole =
    trimmed.startsWith(PREFIX) && bytes.length === SHARE_BYTES && PREFIX + bytes.toString('base64url') === trimmed;
  if (!whole) throw new ShareError('not a share: expected `rws1-` and 56 characters');
  if (!checksum(bytes.subarray(0, -CHECKSUM_BYTES)).equals(bytes.subarray(-CHECKSUM_BYTES))) {
    throw new ShareError('the share is mistyped: its checksum does not fit');
  }
  const [threshold = 0, x = 0] = bytes;
  if (threshold < 2 || x === 0) throw new ShareError('the share is out of range');
  const y = bytes.subarray(HEAD_BYTES, HEAD_BYTES + ROOT_KEY_BYTES);
  return { threshold, x, set: bytes.toString('hex', 2, HEAD_BYTES), y };
}

/** Public parameters of a splitting, as the keyring keeps them. */
export function shamirParameters(threshold: number, count: number): SealParameters {
  return { threshold, shares: count };
}

/**
 * The root key from shares; more than the threshold are fine, as long as they agree.
 *
 * @throws ShareError when there are too few, two alike, or shares of different splittings
 */
export function combineShares(texts: readonly string[], parameters: SealParameters): RootKey {
  const shares = texts.map(parseShare);
  const [first] = shares;
  if (first === undefined || shares.length < first.threshold) {
    throw new ShareError(`not enough shares: ${shares.length}; expected ${first?.threshold ?? 'at least 2'}`);
  }
  if (shares.some(({ set, threshold }) => set !== first.set || threshold !== first.threshold)) {
    throw new ShareError('the shares belong to different splittings');
  }
  if (new Set(shares.map(({ x }) => x)).size !== shares.length) throw new ShareError('the same share was given twice');
  const secret = interpolateAtZero(shares.slice(0, first.threshold));
  const key = createSecretKey(secret);
  secret.fill(0);
  return { kind: 'shamir', parameters, key };
}

/** Lagrange's interpolation at x = 0; in GF(2^8) subtraction is addition. */
function interpolateAtZero(shares: readonly Share[]): Buffer {
  const secret = Buffer.alloc(ROOT_KEY_BYTES);
  for (const mine of shares) {
    let weight = 1;
    for (const other of shares) {
      if (other !== mine) weight = multiply(weight, divide(other.x, add(other.x, mine.x)));
    }
    for (let at = 0; at < ROOT_KEY_BYTES; at++) {
      secret[at] = add(secret[at] ?? 0, multiply(weight, mine.y[at] ?? 0));
    }
  }
  return secret;
}
