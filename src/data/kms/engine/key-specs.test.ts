import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  checkAlgorithm,
  checkMessage,
  checkPlaintextSize,
  checkUsage,
  chooseUsage,
  isKeySpec,
  keySpecs,
  plaintextLimit,
} from './key-specs.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/k';

test('usages', () => {
  assert.deepEqual(chooseUsage('SYMMETRIC_DEFAULT', undefined), { usage: 'ENCRYPT_DECRYPT' });
  assert.deepEqual(chooseUsage('ECC_NIST_P256', 'KEY_AGREEMENT'), { usage: 'KEY_AGREEMENT' });
  assert.deepEqual(chooseUsage('RSA_2048', 'KEY_AGREEMENT'), {
    refusal: { code: 'ValidationException', message: 'KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048' },
  });
  assert.deepEqual(chooseUsage('HMAC_256', undefined), {
    refusal: {
      code: 'ValidationException',
      message: 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    },
  });
  assert.ok('refusal' in chooseUsage('ECC_SECG_P256K1', 'KEY_AGREEMENT'));
});

test('texts of wrong usage and algorithm', () => {
  assert.equal(
    checkUsage(arn, 'SIGN_VERIFY', 'Encrypt')?.message,
    `${arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
  );
  assert.equal(checkUsage(arn, 'ENCRYPT_DECRYPT', 'Encrypt'), undefined);
  assert.deepEqual(checkAlgorithm('HMAC_224', 'HMAC_SHA_256'), {
    code: 'InvalidKeyUsageException',
    message: 'Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.',
  });
  assert.equal(checkAlgorithm('ECC_NIST_P384', 'ECDSA_SHA_384'), undefined);
});

/** Limits recorded from AWS. */
const limits = [
  ['RSA_2048', 'RSAES_OAEP_SHA_1', 214],
  ['RSA_2048', 'RSAES_OAEP_SHA_256', 190],
  ['RSA_3072', 'RSAES_OAEP_SHA_1', 342],
  ['RSA_3072', 'RSAES_OAEP_SHA_256', 318],
  ['RSA_4096', 'RSAES_OAEP_SHA_1', 470],
  ['RSA_4096', 'RSAES_OAEP_SHA_256', 446],
  ['SYMMETRIC_DEFAULT', 'SYMMETRIC_DEFAULT', 4_096],
] as const;

test('plaintext limits', () => {
  for (const [spec, algorithm, limit] of limits) {
    assert.equal(plaintextLimit(spec, algorithm), limit);
    assert.equal(checkPlaintextSize(spec, algorithm, limit), undefined);
    assert.equal(
      checkPlaintextSize(spec, algorithm, limit + 1)?.message,
      `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`,
    );
  }
});

const messages = [
  ['ECDSA_SHA_256', 'DIGEST', 32, true],
  ['ECDSA_SHA_256', 'DIGEST', 33, false],
  ['ECDSA_SHA_384', 'DIGEST', 48, true],
  ['RSASSA_PSS_SHA_512', 'DIGEST', 64, true],
  ['RSASSA_PSS_SHA_512', 'EXTERNAL_MU', 64, false],
  ['ED25519_SHA_512', 'RAW', 9, true],
  ['ED25519_SHA_512', 'DIGEST', 64, false],
  ['ED25519_PH_SHA_512', 'DIGEST', 64, true],
  ['ED25519_PH_SHA_512', 'RAW', 64, false],
  ['ML_DSA_SHAKE_256', 'RAW', 9, true],
  ['ML_DSA_SHAKE_256', 'DIGEST', 32, false],
  ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 64, true],
  ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 32, false],
] as const;

test('message types and digest lengths', () => {
  for (const [algorithm, type, bytes, fine] of messages) {
    assert.equal(checkMessage(algorithm, type, bytes) === undefined, fine, `${algorithm} ${type} ${bytes}`);
  }
  assert.equal(
    checkMessage('ECDSA_SHA_256', 'DIGEST', 31)?.message,
    'Digest is invalid length for algorithm ECDSA_SHA_256.',
  );
});

test('names that are no spec', () => {
  for (const name of ['SM2', 'toString', '__proto__', '']) assert.ok(!isKeySpec(name));
  assert.equal(Object.keys(keySpecs).length, 16);
});
