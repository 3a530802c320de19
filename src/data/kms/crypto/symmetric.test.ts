import { strict as assert } from 'node:assert';
import { createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCiphertext } from '../engine/ciphertext-header.ts';
import { canonicalContext } from '../engine/encryption-context.ts';
import { decryptSymmetric, encryptSymmetric } from './symmetric.ts';

const backing = createSecretKey(Buffer.alloc(32, 7));
const key = {
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  materialId: 'ab'.repeat(32),
};
const fixed = (length: number) => new Uint8Array(length).fill(9);

function decrypt(blob: Uint8Array, context: Record<string, string>, secret = backing): Uint8Array | undefined {
  const parsed = parseCiphertext(blob);
  return parsed && decryptSymmetric(secret, parsed, canonicalContext(context));
}

test('hkdf is RFC 5869, case 1', () => {
  const okm = hkdfSync(
    'sha256',
    Buffer.alloc(22, 0x0b),
    Buffer.from('000102030405060708090a0b0c', 'hex'),
    Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'),
    42,
  );
  assert.equal(
    Buffer.from(okm).toString('hex'),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

test('what was encrypted comes back, under the same context only', () => {
  const dictionary = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.string({ maxLength: 8 }), {
    maxKeys: 4,
  });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_096 }), dictionary, dictionary, (plaintext, context, other) => {
      const blob = encryptSymmetric(backing, key, plaintext, canonicalContext(context), randomBytes);
      assert.deepEqual(Buffer.from(decrypt(blob, context) ?? []), Buffer.from(plaintext));
      const same = Buffer.from(canonicalContext(context)).equals(canonicalContext(other));
      assert.equal(decrypt(blob, other) !== undefined, same);
    }),
    { numRuns: 150 },
  );
});

test('an independent reading of the format gives the plaintext', () => {
  const context = canonicalContext({ b: '2', a: '1' });
  const blob = Buffer.from(encryptSymmetric(backing, key, Buffer.from('secret'), context, fixed));
  const arn = blob.readUInt16BE(33);
  const header = blob.subarray(0, 35 + arn + 44);
  const prk = createHmac('sha256', header.subarray(35 + arn, 35 + arn + 32))
    .update(Buffer.alloc(32, 7))
    .digest();
  const okm = createHmac('sha256', prk)
    .update('ringwall/kms/symmetric/1')
    .update(Buffer.from([1]))
    .digest();
  const gcm = createDecipheriv('aes-256-gcm', okm, header.subarray(-12));
  gcm.setAAD(Buffer.concat([header, Buffer.from('00000002000000016100000001310000000162000000' + '0132', 'hex')]));
  gcm.setAuthTag(blob.subarray(header.length, header.length + 16));
  assert.equal(Buffer.concat([gcm.update(blob.subarray(header.length + 16)), gcm.final()]).toString(), 'secret');
});

test('every byte counts', () => {
  const blob = encryptSymmetric(backing, key, Buffer.from('secret'), canonicalContext({ a: '1' }), randomBytes);
  for (let i = 0; i < blob.length; i++) {
    const changed = Uint8Array.from(blob);
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.equal(decrypt(changed, { a: '1' }), undefined, `byte ${i}`);
  }
  for (let length = 0; length < blob.length; length++)
    assert.equal(decrypt(blob.subarray(0, length), { a: '1' }), undefined);
  assert.equal(decrypt(Buffer.concat([blob, Buffer.alloc(1)]), { a: '1' }), undefined);
});

test('another backing key refuses', () => {
  const blob = encryptSymmetric(backing, key, Buffer.from('secret'), canonicalContext({}), randomBytes);
  assert.equal(decrypt(blob, {}, createSecretKey(Buffer.alloc(32, 8))), undefined);
});

test('two encryptions of one plaintext differ', () => {
  const once = () =>
    Buffer.from(encryptSymmetric(backing, key, Buffer.from('x'), canonicalContext({}), randomBytes)).toString('hex');
  assert.notEqual(once(), once());
});
