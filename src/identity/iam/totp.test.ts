import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { toBase32 } from './base32.ts';
import { locateTotp, stepAt, totp, verifyTotp } from './totp.ts';

/** The key of the vectors in RFC 4226 appendix D and RFC 6238 appendix B. */
const seed = toBase32(Buffer.from('12345678901234567890'));

describe('totp', () => {
  it('gives the codes of RFC 6238 appendix B', () => {
    const vectors: readonly (readonly [seconds: number, code: string])[] = [
      [59, '94287082'],
      [1_111_111_109, '07081804'],
      [1_111_111_111, '14050471'],
      [1_234_567_890, '89005924'],
      [2_000_000_000, '69279037'],
      [20_000_000_000, '65353130'],
    ];
    for (const [seconds, code] of vectors) assert.equal(totp(seed, stepAt(seconds * 1_000), 8), code);
  });

  it('gives the codes of RFC 4226 appendix D', () => {
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
    assert.deepEqual(
      codes.map((_, counter) => totp(seed, counter)),
      codes,
    );
  });
});

describe('verifyTotp', () => {
  const now = 1_234_567_890_000;
  const step = stepAt(now);
  const cases: readonly (readonly [
    title: string,
    offset: number,
    lastStep: number,
    drift: number,
    expected: number | undefined,
  ])[] = [
    ['takes the present code', 0, -1, 0, step],
    ['takes the code before', -1, -1, 0, step - 1],
    ['takes the code after', 1, -1, 0, step + 1],
    ['refuses an older code', -2, -1, 0, undefined],
    ['refuses a code of the future', 2, -1, 0, undefined],
    ['refuses the code taken last', 0, step, 0, undefined],
    ['refuses a code older than the one taken last', -1, step, 0, undefined],
    ['takes the code after the one taken last', 1, step, 0, step + 1],
    ['follows a device that is ahead', 5, -1, 5, step + 5],
    ['refuses the right time of a device that is ahead', 0, -1, 5, undefined],
  ];
  for (const [title, offset, lastStep, drift, expected] of cases) {
    it(title, () => assert.equal(verifyTotp(seed, totp(seed, step + offset), now, lastStep, drift), expected));
  }

  it('refuses what is no code', () => {
    for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
      assert.equal(verifyTotp(seed, code, now), undefined);
  });
});

describe('locateTotp', () => {
  const now = 1_234_567_890_000;
  const step = stepAt(now);
  const codes = (offset: number) => [totp(seed, step + offset), totp(seed, step + offset + 1)] as const;

  it('takes two codes in a row as they are typed, without drift', () => {
    for (const offset of [-2, -1, 0])
      assert.deepEqual(locateTotp(seed, codes(offset), now), { step: step + offset + 1, drift: 0 });
  });

  it('finds how far a device is off', () => {
    assert.deepEqual(locateTotp(seed, codes(9), now), { step: step + 10, drift: 10 });
    assert.deepEqual(locateTotp(seed, codes(-15), now), { step: step - 14, drift: -14 });
    assert.equal(locateTotp(seed, codes(25), now), undefined);
  });

  it('refuses codes that do not follow each other, and codes used before', () => {
    const [first, second] = codes(0);
    assert.equal(locateTotp(seed, [second, first], now), undefined);
    assert.equal(locateTotp(seed, [first, first], now), undefined);
    assert.equal(locateTotp(seed, [first, second], now, step), undefined);
  });
});
