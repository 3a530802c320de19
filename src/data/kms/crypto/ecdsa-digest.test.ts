import { strict as assert } from 'node:assert';
import { createHash, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CurveSpec, curves } from './curves.ts';
import { generateEcc } from './ecc.ts';
import { signDigest, verifyDigest } from './ecdsa-digest.ts';
import { fromBytes, toBytes } from './numbers.ts';

const specs = Object.keys(curves) as CurveSpec[];

for (const spec of specs) {
  const curve = curves[spec];
  test(`${spec}: digests and messages sign alike`, async () => {
    const key = await generateEcc(curve);
    const publicKey = createPublicKey(key);
    const other = createPublicKey(await generateEcc(curve));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
        const digest = createHash(curve.hash).update(message).digest();
        const signature = signDigest(key, curve, digest);
        assert.ok(signature);
        assert.ok(verify(curve.hash, message, publicKey, signature), 'OpenSSL takes ours');
        const native = sign(curve.hash, message, key);
        assert.ok(verifyDigest(publicKey, curve, digest, native), 'we take OpenSSL’s');
        assert.ok(!verifyDigest(other, curve, digest, native), 'another key');
        assert.ok(
          !verifyDigest(publicKey, curve, createHash(curve.hash).update(digest).digest(), native),
          'another digest',
        );
      }),
      { numRuns: 25 },
    );
  });

  test(`${spec}: the negated digest does not pass`, async () => {
    const key = await generateEcc(curve);
    const digest = createHash(curve.hash).update('x').digest();
    const z = fromBytes(digest) % curve.n;
    const negated = toBytes(curve.n - z, curve.bytes);
    const signature = signDigest(key, curve, digest);
    assert.ok(signature);
    assert.ok(!verifyDigest(createPublicKey(key), curve, negated, signature));
  });

  test(`${spec}: signatures that are not strict DER, or out of range, are refused`, async () => {
    const key = await generateEcc(curve);
    const publicKey = createPublicKey(key);
    const digest = randomBytes(curve.hash === 'sha256' ? 32 : curve.hash === 'sha384' ? 48 : 64);
    const good = Buffer.from(signDigest(key, curve, digest) ?? []);
    assert.ok(verifyDigest(publicKey, curve, digest, good));
    for (let i = 0; i < good.length; i++) {
      const changed = Buffer.from(good);
      changed[i] = (changed[i] ?? 0) ^ 1;
      assert.ok(!verifyDigest(publicKey, curve, digest, changed), `byte ${i}`);
    }
    for (const bad of [
      Buffer.alloc(0),
      Buffer.from([0x30]),
      good.subarray(1),
      Buffer.concat([good, Buffer.alloc(1)]),
    ]) {
      assert.ok(!verifyDigest(publicKey, curve, digest, bad));
    }
    assert.ok(!verifyDigest(publicKey, curve, digest, Buffer.from('3006020100020100', 'hex')), 'zeros');
  });
}

test('the digest zero is not signed', async () => {
  const curve = curves.ECC_NIST_P256;
  assert.equal(signDigest(await generateEcc(curve), curve, Buffer.alloc(32)), undefined);
});

/** RFC 6979 A.2.5 and A.2.6, message "sample". */
const vectors = [
  {
    spec: 'ECC_NIST_P256',
    x: '60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6',
    y: '7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299',
    r: 'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716',
    s: 'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
  },
  {
    spec: 'ECC_NIST_P384',
    x: 'EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13',
    y: '8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720',
    r: '94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46',
    s: '99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8',
  },
] as const;

for (const vector of vectors) {
  test(`${vector.spec}: the signature of RFC 6979 verifies`, () => {
    const curve = curves[vector.spec];
    const text = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'EC', crv: curve.jwk, x: text(vector.x), y: text(vector.y) },
    });
    const integer = (hex: string) => `02${(hex.length / 2 + 1).toString(16)}00${hex}`;
    const body = integer(vector.r) + integer(vector.s);
    const signature = Buffer.from(`30${(body.length / 2).toString(16)}${body}`, 'hex');
    const digest = createHash(curve.hash).update('sample').digest();
    assert.ok(verifyDigest(key, curve, digest, signature));
    assert.ok(!verifyDigest(key, curve, createHash(curve.hash).update('test').digest(), signature));
  });
}
