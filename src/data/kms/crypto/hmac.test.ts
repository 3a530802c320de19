import { strict as assert } from 'node:assert';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { computeMac, macIsValid } from './hmac.ts';

/** RFC 4231, cases 1 and 2. */
const cases = [
  ['HMAC_SHA_224', '0b'.repeat(20), 'Hi There', '896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22'],
  ['HMAC_SHA_256', '0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    'HMAC_SHA_384',
    '0b'.repeat(20),
    'Hi There',
    'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
  ],
  [
    'HMAC_SHA_512',
    '0b'.repeat(20),
    'Hi There',
    '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  ],
  [
    'HMAC_SHA_256',
    '4a656665',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
] as const;

for (const [algorithm, key, message, mac] of cases) {
  test(`${algorithm} is RFC 4231 on ${JSON.stringify(message)}`, () => {
    const secret = createSecretKey(Buffer.from(key, 'hex'));
    const expected = Buffer.from(mac, 'hex');
    assert.deepEqual(Buffer.from(computeMac(secret, algorithm, Buffer.from(message))), expected);
    assert.ok(macIsValid(secret, algorithm, Buffer.from(message), expected));
    assert.ok(!macIsValid(secret, algorithm, Buffer.from(`${message}!`), expected));
    assert.ok(!macIsValid(secret, algorithm, Buffer.from(message), expected.subarray(1)));
    expected[0] = (expected[0] ?? 0) ^ 1;
    assert.ok(!macIsValid(secret, algorithm, Buffer.from(message), expected));
  });
}
