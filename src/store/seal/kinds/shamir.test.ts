import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { add, divide, multiply } from './gf256.ts';
import { combineShares, ShareError, shamirParameters, splitRootKey } from './shamir.ts';

test('products of FIPS 197 §4.2, and every non-zero element has an inverse', () => {
  assert.equal(multiply(0x57, 0x83), 0xc1);
  assert.equal(multiply(0x57, 0x13), 0xfe);
  for (let a = 1; a < 256; a++) assert.equal(multiply(a, divide(1, a)), 1);
});

test('the field is a field', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (a, b, c) => {
      assert.equal(multiply(a, b), multiply(b, a));
      assert.equal(multiply(multiply(a, b), c), multiply(a, multiply(b, c)));
      assert.equal(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
    }),
  );
});

test('any threshold of the shares gives the key back', () => {
  const splitting = fc
    .tuple(
      fc.integer({ min: 2, max: 7 }),
      fc.integer({ min: 0, max: 5 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    )
    .chain(([threshold, more, secret]) =>
      fc
        .shuffledSubarray(
          Array.from({ length: threshold + more }, (_, at) => at),
          { minLength: threshold },
        )
        .map((chosen) => ({ threshold, count: threshold + more, secret, chosen })),
    );
  fc.assert(
    fc.property(splitting, ({ threshold, count, secret, chosen }) => {
      const shares = splitRootKey(secret, threshold, count);
      const root = combineShares(
        chosen.map((at) => shares[at] ?? ''),
        shamirParameters(threshold, count),
      );
      assert.deepEqual(root.key.export(), Buffer.from(secret));
    }),
    { numRuns: 100 },
  );
});

test('one share of two tells nothing: whatever the secret, it takes every value once', () => {
  for (const secret of [0x00, 0x42, 0xff]) {
    const values = Array.from({ length: 256 }, (_, coefficient) => {
      const [share = ''] = splitRootKey(Buffer.alloc(32, secret), 2, 2, (size) => Buffer.alloc(size, coefficient));
      return Buffer.from(share.slice(5), 'base64url')[6];
    });
    assert.equal(new Set(values).size, 256);
  }
});

test('shares with a known polynomial', () => {
  const secret = Buffer.alloc(32, 0x53);
  const [one, two] = splitRootKey(secret, 2, 2, (size) => Buffer.alloc(size, 0xca));
  const y = (share = '') => Buffer.from(share.slice(5), 'base64url')[6];
  assert.equal(y(one), 0x53 ^ 0xca);
  assert.equal(y(two), 0x53 ^ multiply(0xca, 2));
});

test('a share that is mistyped, foreign, doubled or too few is refused', () => {
  const shares = splitRootKey(randomBytes(32), 3, 5);
  const foreign = splitRootKey(randomBytes(32), 3, 5);
  const [a = '', b = '', c = ''] = shares;
  const combine = (...some: string[]) => combineShares(some, {});
  assert.throws(() => combine(), ShareError);
  assert.throws(() => combine(a, b), /not enough/);
  assert.throws(() => combine(a, b, b), /twice/);
  assert.throws(() => combine(a, b, foreign[2] ?? ''), /different splittings/);
  assert.throws(() => combine(a, b, ` ${c.slice(0, -1)} `), /not a share/);
  for (let at = 5; at < c.length; at++) {
    const typo = c.slice(0, at) + (c[at] === 'A' ? 'B' : 'A') + c.slice(at + 1);
    assert.throws(() => combine(a, b, typo), ShareError);
  }
  assert.ok(combine(a, b, ` ${c}\n`));
});

test('impossible splittings are refused', () => {
  for (const [threshold, count] of [
    [1, 3],
    [4, 3],
    [2, 256],
    [2.5, 3],
    [Number.NaN, 3],
  ] as const) {
    assert.throws(() => splitRootKey(randomBytes(32), threshold, count), ShareError);
  }
  assert.throws(() => splitRootKey(randomBytes(31), 2, 3), ShareError);
});
