import { strict as assert } from 'node:assert';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { type CurveSpec, curves } from './curves.ts';
import { deriveSecret, generateEcc } from './ecc.ts';

const spki = (key: KeyObject) => createPublicKey(key).export({ format: 'der', type: 'spki' });

/** NIST CAVP, ECC CDH primitive, P-256, count 0. */
test('ECDH is the CAVP vector', () => {
  const text = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
  const own = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: text('7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534'),
      x: text('ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230'),
      y: text('28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141'),
    },
  });
  const peer = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: text('700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287'),
      y: text('db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac'),
    },
  }).export({ format: 'der', type: 'spki' });
  assert.equal(
    Buffer.from(deriveSecret(own, curves.ECC_NIST_P256, peer) ?? []).toString('hex'),
    '46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b',
  );
});

for (const spec of ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'] as const satisfies readonly CurveSpec[]) {
  test(`${spec}: both sides derive the same secret`, async () => {
    const curve = curves[spec];
    const [a, b] = [await generateEcc(curve), await generateEcc(curve)];
    const secret = deriveSecret(a, curve, spki(b));
    assert.deepEqual(secret, deriveSecret(b, curve, spki(a)));
    assert.equal(secret?.length, curve.bytes);
  });
}

test('foreign curves and noise are no peers', async () => {
  const curve = curves.ECC_NIST_P256;
  const own = await generateEcc(curve);
  assert.equal(deriveSecret(own, curve, spki(await generateEcc(curves.ECC_SECG_P256K1))), undefined);
  assert.equal(deriveSecret(own, curve, Buffer.from('InvalidPublicKey')), undefined);
  const offCurve = Buffer.from(spki(own));
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  assert.equal(deriveSecret(own, curve, offCurve), undefined);
});
