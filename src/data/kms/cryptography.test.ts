import { strict as assert } from 'node:assert';
import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetKeyLastUsageCommand,
  GetPublicKeyCommand,
  type KeySpec,
  type KeyUsageType,
  KMSClient,
  ReEncryptCommand,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';

let ringwall: Ringwall;
let kms: KMSClient;
let symmetric: string;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMSClient(ringwall.client);
  symmetric = await createKey(kms);
});
after(() => ringwall.stop());

const Plaintext = Buffer.from('my secret');
const arnOf = (id: string) => `arn:aws:kms:us-east-1:${ringwall.account}:key/${id}`;
const incorrectKey = 'The key ID in the request does not identify a CMK that can perform this operation.';

test('encrypt and decrypt, with and without key id and context', async () => {
  const EncryptionContext = { a: '1', b: '2' };
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/main', TargetKeyId: symmetric }));
  const encrypted = await kms.send(new EncryptCommand({ KeyId: 'alias/main', Plaintext, EncryptionContext }));
  assert.equal(encrypted.KeyId, arnOf(symmetric));
  const { CiphertextBlob } = encrypted;
  const decrypted = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { b: '2', a: '1' } }));
  assert.equal(Buffer.from(decrypted.Plaintext ?? []).toString(), 'my secret');
  assert.equal(decrypted.KeyId, arnOf(symmetric));
  assert.match(decrypted.KeyMaterialId ?? '', /^[0-9a-f]{64}$/);
  await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: 'alias/main' }));
  await refused(kms.send(new DecryptCommand({ CiphertextBlob })), 'InvalidCiphertextException');
  await refused(
    kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '1', b: '3' } })),
    'InvalidCiphertextException',
  );
  const changed = Buffer.from(CiphertextBlob ?? []);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await refused(
    kms.send(new DecryptCommand({ CiphertextBlob: changed, EncryptionContext })),
    'InvalidCiphertextException',
  );
  await refused(kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from('noise') })), 'InvalidCiphertextException');
  await refused(
    kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from('noise'), KeyId: symmetric })),
    'InvalidCiphertextException',
  );
});

test('the wrong key', async () => {
  const other = await createKey(kms);
  const signing = await createKey(kms, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext }));
  await refused(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: other })), 'IncorrectKeyException', incorrectKey);
  await refused(
    kms.send(new DecryptCommand({ CiphertextBlob, KeyId: signing })),
    'IncorrectKeyException',
    incorrectKey,
  );
  await refused(
    kms.send(new EncryptCommand({ KeyId: signing, Plaintext })),
    'InvalidKeyUsageException',
    `${arnOf(signing)} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
  );
  await refused(
    kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' })),
    'InvalidKeyUsageException',
  );
  const elsewhere = new KMSClient(ringwall.as(ringwall.root, 'eu-west-1'));
  await refused(elsewhere.send(new DecryptCommand({ CiphertextBlob })), 'AccessDeniedException');
  await refused(
    kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.alloc(4_097) })),
    'ValidationException',
    "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
  );
});

test('re-encryption', async () => {
  const other = await createKey(kms);
  const rsa = await createKey(kms, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
  const context = { purpose: 'test' };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: symmetric, Plaintext, EncryptionContext: context }),
  );
  const moved = await kms.send(
    new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: context, DestinationKeyId: other }),
  );
  assert.equal(moved.SourceKeyId, arnOf(symmetric));
  assert.equal(moved.KeyId, arnOf(other));
  assert.ok(moved.SourceKeyMaterialId && moved.DestinationKeyMaterialId);
  const back = await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, KeyId: other }));
  assert.equal(Buffer.from(back.Plaintext ?? []).toString(), 'my secret');
  assert.equal((await kms.send(new GetKeyLastUsageCommand({ KeyId: symmetric }))).KeyLastUsage?.Operation, 'ReEncrypt');
  const toRsa = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: moved.CiphertextBlob,
      DestinationKeyId: rsa,
      DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    }),
  );
  const fromRsa = await kms.send(
    new DecryptCommand({ CiphertextBlob: toRsa.CiphertextBlob, KeyId: rsa, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }),
  );
  assert.equal(Buffer.from(fromRsa.Plaintext ?? []).toString(), 'my secret');
  await refused(
    kms.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceKeyId: other,
        SourceEncryptionContext: context,
        DestinationKeyId: other,
      }),
    ),
    'IncorrectKeyException',
    incorrectKey,
  );
  await refused(
    kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: other })),
    'InvalidCiphertextException',
  );
});

test('data keys', async () => {
  const EncryptionContext = { a: 'b' };
  const key = await kms.send(new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256', EncryptionContext }));
  assert.equal(key.Plaintext?.length, 32);
  assert.equal(key.KeyId, arnOf(symmetric));
  const decrypted = await kms.send(new DecryptCommand({ CiphertextBlob: key.CiphertextBlob, EncryptionContext }));
  assert.deepEqual(decrypted.Plaintext, key.Plaintext);
  const sized = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: symmetric, NumberOfBytes: 7 }));
  assert.ok(!('Plaintext' in sized));
  assert.equal((await kms.send(new DecryptCommand({ CiphertextBlob: sized.CiphertextBlob }))).Plaintext?.length, 7);
  await refused(kms.send(new GenerateDataKeyCommand({ KeyId: symmetric })), 'ValidationException');
  await refused(
    kms.send(new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_128', NumberOfBytes: 16 })),
    'ValidationException',
  );
  await refused(
    kms.send(new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256', DryRun: true })),
    'DryRunOperationException',
    'The request would have succeeded, but the DryRun option is set.',
  );
  const Recipient = { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: Buffer.from('x') } as const;
  await refused(
    kms.send(new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256', Recipient })),
    'UnsupportedOperationException',
  );
});

test('data key pairs', async () => {
  const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId: symmetric, KeyPairSpec: 'ECC_NIST_P256' }));
  const decrypted = await kms.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }));
  assert.deepEqual(decrypted.Plaintext, pair.PrivateKeyPlaintext);
  createPublicKey({ key: Buffer.from(pair.PublicKey ?? []), format: 'der', type: 'spki' });
  const bare = await kms.send(
    new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId: symmetric, KeyPairSpec: 'RSA_4096' }),
  );
  assert.ok(bare.PublicKey && !('PrivateKeyPlaintext' in bare));
  await refused(
    kms.send(new GenerateDataKeyPairCommand({ KeyId: symmetric, KeyPairSpec: 'SM2' })),
    'UnsupportedOperationException',
  );
});

test('MACs', async () => {
  const KeyId = await createKey(kms, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const Message = Buffer.from('important');
  const { Mac } = await kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' }));
  const verified = await kms.send(new VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm: 'HMAC_SHA_256' }));
  assert.equal(verified.MacValid, true);
  await refused(
    kms.send(new VerifyMacCommand({ KeyId, Message: Buffer.from('other'), Mac, MacAlgorithm: 'HMAC_SHA_256' })),
    'KMSInvalidMacException',
  );
  await refused(
    kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_512' })),
    'InvalidKeyUsageException',
    'Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.',
  );
  await refused(
    kms.send(new GenerateMacCommand({ KeyId: symmetric, Message, MacAlgorithm: 'HMAC_SHA_256' })),
    'InvalidKeyUsageException',
    `${arnOf(symmetric)} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
  );
  await refused(kms.send(new GetPublicKeyCommand({ KeyId })), 'UnsupportedOperationException');
});

const signatures: readonly (readonly [KeySpec, SigningAlgorithmSpec, string | null])[] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_384', 'sha384'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', null],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256', null],
];

for (const [KeySpec, SigningAlgorithm, hash] of signatures) {
  test(`${KeySpec} signs with ${SigningAlgorithm}`, async () => {
    const KeyId = await createKey(kms, { KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const Message = Buffer.from('a message');
    const { Signature } = await kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm }));
    const verified = await kms.send(new VerifyCommand({ KeyId, Message, Signature, SigningAlgorithm }));
    assert.equal(verified.SignatureValid, true);
    await refused(
      kms.send(new VerifyCommand({ KeyId, Message: Buffer.from('no'), Signature, SigningAlgorithm })),
      'KMSInvalidSignatureException',
    );
    const { PublicKey, SigningAlgorithms } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    assert.ok(SigningAlgorithms?.includes(SigningAlgorithm));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    if (!SigningAlgorithm.startsWith('RSASSA_PSS'))
      assert.ok(verify(hash, Message, key, Signature ?? new Uint8Array()));
    if (hash === null) return;
    const digest = createHash(hash).update(Message).digest();
    const MessageType = 'DIGEST' as const;
    const signed = await kms.send(new SignCommand({ KeyId, Message: digest, MessageType, SigningAlgorithm }));
    await kms.send(new VerifyCommand({ KeyId, Message, Signature: signed.Signature, SigningAlgorithm }));
    await kms.send(new VerifyCommand({ KeyId, Message: digest, MessageType, Signature, SigningAlgorithm }));
    const short = digest.subarray(1);
    await refused(
      kms.send(new SignCommand({ KeyId, Message: short, MessageType, SigningAlgorithm })),
      'ValidationException',
      `Digest is invalid length for algorithm ${SigningAlgorithm}.`,
    );
  });
}

test('shared secrets', async () => {
  const usage: KeyUsageType = 'KEY_AGREEMENT';
  const KeyId = await createKey(kms, { KeySpec: 'ECC_NIST_P256', KeyUsage: usage });
  const { PublicKey: own, KeyAgreementAlgorithms } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  assert.deepEqual(KeyAgreementAlgorithms, ['ECDH']);
  const peer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const PublicKey = peer.publicKey.export({ format: 'der', type: 'spki' });
  const { SharedSecret, KeyOrigin } = await kms.send(
    new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey }),
  );
  const publicKey = createPublicKey({ key: Buffer.from(own ?? []), format: 'der', type: 'spki' });
  assert.deepEqual(Buffer.from(SharedSecret ?? []), diffieHellman({ privateKey: peer.privateKey, publicKey }));
  assert.equal(KeyOrigin, 'AWS_KMS');
  await refused(
    kms.send(new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: Buffer.from('no') })),
    'ValidationException',
  );
  await refused(
    kms.send(new DeriveSharedSecretCommand({ KeyId: symmetric, KeyAgreementAlgorithm: 'ECDH', PublicKey })),
    'InvalidKeyUsageException',
    `${arnOf(symmetric)} key usage is ENCRYPT_DECRYPT which is not valid for DeriveSharedSecret.`,
  );
});

test('random bytes', async () => {
  for (const NumberOfBytes of [1, 44, 1_024]) {
    assert.equal((await kms.send(new GenerateRandomCommand({ NumberOfBytes }))).Plaintext?.length, NumberOfBytes);
  }
  await refused(kms.send(new GenerateRandomCommand({})), 'ValidationException', 'NumberOfBytes is required.');
  await refused(kms.send(new GenerateRandomCommand({ NumberOfBytes: 1_025 })), 'ValidationException');
});

test('dry runs of Decrypt', async () => {
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext }));
  await refused(kms.send(new DecryptCommand({ CiphertextBlob, DryRun: true })), 'DryRunOperationException');
  await refused(
    kms.send(new DecryptCommand({ KeyId: symmetric, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })),
    'DryRunOperationException',
  );
  await refused(
    kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from('x'), DryRun: true })),
    'InvalidCiphertextException',
  );
  await refused(kms.send(new DecryptCommand({ KeyId: symmetric })), 'ValidationException');
});
