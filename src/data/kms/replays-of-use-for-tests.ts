import { strict as assert } from 'node:assert';
import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import type {
  DataKeyPairSpec,
  EncryptionAlgorithmSpec,
  KeyAgreementAlgorithmSpec,
  KeySpec,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import type { Replay, Stage } from './replay-for-tests.ts';

const message = 'test message 123 !%$@ 1234567890';
const Plaintext = Buffer.from(Buffer.from(message).toString('base64'));
const Message = Buffer.from('some important message');
const EncryptionContext = { 'context-key': 'context-value' };
const KeyPairSpec: DataKeyPairSpec = 'RSA_2048';

/** `RSA_2048-RSASSA_PSS_SHA_256` → key spec and algorithm. */
function specAndAlgorithm<A>({ parameter }: Stage): readonly [KeySpec, A] {
  const [spec, algorithm] = parameter.split('-');
  return [spec as KeySpec, algorithm as A];
}

/** Encrypts with a context and decrypts without. */
function contextMissing(ciphertextOf: (stage: Stage, KeyId: string) => Promise<Uint8Array | undefined>): Replay {
  return async (stage) => {
    const { KeyId } = await stage.key();
    const CiphertextBlob = await ciphertextOf(stage, KeyId);
    await stage.refusal('decrypt-without-encryption-context', stage.kms.decrypt({ KeyId, CiphertextBlob }));
  };
}

const hashes: Readonly<Record<string, string>> = { SHA_256: 'sha256', SHA_384: 'sha384', SHA_512: 'sha512' };
const hashOf = (algorithm: string) => hashes[algorithm.slice(-7)] ?? '';

/** Cases about encryption, data keys, agreement and random bytes. */
export const replaysOfUse: Readonly<Record<string, Replay>> = {
  test_encrypt_decrypt_encryption_context: async (stage) => {
    const { kms } = stage;
    const { KeyId } = await stage.key();
    const encrypted = kms.encrypt({ KeyId, Plaintext, EncryptionContext });
    const { CiphertextBlob } = await stage.answer('encrypt_response', encrypted);
    const decrypt = (more: object) => kms.decrypt({ KeyId, CiphertextBlob, ...more });
    await stage.answer('decrypt_response_with_encryption_context', decrypt({ EncryptionContext }));
    await stage.refusal('decrypt_response_without_encryption_context', decrypt({}));
    const broken = decrypt({ EncryptionContext, CiphertextBlob: CiphertextBlob?.subarray(96) });
    await stage.refusal('decrypt_response_with_invalid_ciphertext', broken);
  },
  test_encrypt_validate_plaintext_size_per_key_type: async (stage) => {
    const [KeySpec, EncryptionAlgorithm] = specAndAlgorithm<EncryptionAlgorithmSpec>(stage);
    const { KeyId } = await stage.key({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' });
    const call = stage.kms.encrypt({ KeyId, EncryptionAlgorithm, Plaintext: Buffer.alloc(1_176) });
    await stage.refusal('generate-random-exc', call);
  },
  test_plaintext_size_for_encrypt: async (stage) => {
    const { KeyId } = await stage.key();
    const call = stage.kms.encrypt({ KeyId, Plaintext: Buffer.alloc(4_268) });
    await stage.refusal('invalid-plaintext-size-encrypt', call);
  },
  test_error_messaging_for_invalid_keys: async (stage) => {
    const { kms } = stage;
    const mac = (await stage.key({ KeySpec: 'HMAC_224', KeyUsage: 'GENERATE_VERIFY_MAC' })).KeyId;
    const cipher = (await stage.key()).KeyId;
    const signing = (await stage.key({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })).KeyId;
    const macCall = kms.generateMac({ KeyId: cipher, Message, MacAlgorithm: 'HMAC_SHA_224' });
    await stage.refusal('generate-mac-invalid-key-id', macCall);
    const signCall = kms.sign({ KeyId: mac, Message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' });
    await stage.refusal('sign-invalid-key-id', signCall);
    const Signature = Buffer.from('random text');
    const verifyCall = kms.verify({ KeyId: cipher, Message, Signature, SigningAlgorithm: 'ECDSA_SHA_256' });
    await stage.refusal('verify-invalid-key-id', verifyCall);
    await stage.refusal('encrypt-invalid-key-id', kms.encrypt({ KeyId: signing, Plaintext }));
    const { CiphertextBlob } = await kms.encrypt({ KeyId: cipher, Plaintext });
    await stage.refusal('decrypt-invalid-key-id', kms.decrypt({ KeyId: mac, CiphertextBlob }));
  },
  test_re_encrypt: async (stage) => {
    const [KeySpec, algorithm] = specAndAlgorithm<EncryptionAlgorithmSpec>(stage);
    const { kms } = stage;
    const from = (await stage.key({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' })).KeyId;
    const to = (await stage.key({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' })).KeyId;
    const { CiphertextBlob } = await kms.encrypt({ KeyId: from, Plaintext, EncryptionAlgorithm: algorithm });
    const algorithms = { SourceEncryptionAlgorithm: algorithm, DestinationEncryptionAlgorithm: algorithm };
    const call = kms.reEncrypt({ SourceKeyId: from, DestinationKeyId: to, CiphertextBlob, ...algorithms });
    const moved = await stage.answer('test_re_encrypt', call);
    const decrypted = await kms.decrypt({
      KeyId: to,
      CiphertextBlob: moved.CiphertextBlob,
      EncryptionAlgorithm: algorithm,
    });
    assert.deepEqual(Buffer.from(decrypted.Plaintext ?? []), Plaintext);
  },
  test_re_encrypt_incorrect_source_key: async (stage) => {
    const { kms } = stage;
    const { KeyId } = await stage.key();
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext });
    const mac = (await stage.key({ KeySpec: 'HMAC_224', KeyUsage: 'GENERATE_VERIFY_MAC' })).KeyId;
    const call = kms.reEncrypt({ SourceKeyId: mac, DestinationKeyId: mac, CiphertextBlob });
    await stage.refusal('incorrect-source-key', call);
  },
  test_generate_random: async (stage) => {
    const answer = await stage.kms.generateRandom({ NumberOfBytes: Number(stage.parameter) });
    stage.value('result_length', answer.Plaintext?.length);
  },
  test_generate_random_invalid_number_of_bytes: async (stage) => {
    const NumberOfBytes = stage.parameter === 'None' ? undefined : Number(stage.parameter);
    await stage.refusal('generate-random-exc', stage.kms.generateRandom({ NumberOfBytes }));
  },
  test_derive_shared_secret: async (stage) => {
    const { kms } = stage;
    const pair = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' } as const;
    const [own, other] = [(await stage.key(pair)).KeyId, (await stage.key(pair)).KeyId];
    const { PublicKey } = await kms.getPublicKey({ KeyId: other });
    const derive = (KeyId: string, more: object = {}) =>
      kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey, ...more });
    await stage.answer('response', derive(own));
    const signing = (await stage.key({ ...pair, KeyUsage: 'SIGN_VERIFY' })).KeyId;
    await stage.refusal('response-invalid-key-usage', derive(signing));
    await stage.refusal('response-invalid-key-spec', kms.createKey({ ...pair, KeySpec: 'RSA_2048' }));
    const unknown = { KeyAgreementAlgorithm: 'INVALID' as KeyAgreementAlgorithmSpec };
    await stage.refusal('response-invalid-key-agreement-algo', derive(own, unknown));
    await stage.refusal('response-invalid-key', derive((await stage.key()).KeyId));
    const noKey = { PublicKey: Buffer.from('InvalidPublicKey') };
    await stage.refusal('response-invalid-public-key', derive(own, noKey));
  },
  test_derive_shared_secret_matches_openssl: async (stage) => {
    const { KeyId } = await stage.key({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const { PublicKey } = await stage.kms.getPublicKey({ KeyId });
    const call = stage.kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey });
    await stage.answer('derived-shared-key-resp', call);
  },
  test_generate_data_key: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.answer('generate-data-key-result', stage.kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }));
  },
  test_generate_data_key_without_plaintext: async (stage) => {
    const { KeyId } = await stage.key();
    const call = stage.kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' });
    await stage.answer('generate-data-key-without-plaintext', call);
  },
  test_generate_data_key_pair: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.answer('generate-data-key-pair', stage.kms.generateDataKeyPair({ KeyId, KeyPairSpec }));
  },
  test_generate_data_key_pair_without_plaintext: async (stage) => {
    const { KeyId } = await stage.key();
    const call = stage.kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec });
    await stage.answer('generate-data-key-pair-without-plaintext', call);
  },
  test_generate_data_key_pair_dry_run: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.refusal('dryrun_exception', stage.kms.generateDataKeyPair({ KeyId, KeyPairSpec, DryRun: true }));
  },
  test_generate_data_key_pair_without_plaintext_dry_run: async (stage) => {
    const { KeyId } = await stage.key();
    const call = stage.kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec, DryRun: true });
    await stage.refusal('dryrun_exception', call);
  },
  test_encryption_context_generate_data_key: contextMissing(
    async ({ kms }, KeyId) =>
      (await kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext })).CiphertextBlob,
  ),
  test_encryption_context_generate_data_key_without_plaintext: contextMissing(
    async ({ kms }, KeyId) =>
      (await kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256', EncryptionContext })).CiphertextBlob,
  ),
  test_encryption_context_generate_data_key_pair: contextMissing(
    async ({ kms }, KeyId) =>
      (await kms.generateDataKeyPair({ KeyId, KeyPairSpec, EncryptionContext })).PrivateKeyCiphertextBlob,
  ),
  test_encryption_context_generate_data_key_pair_without_plaintext: contextMissing(
    async ({ kms }, KeyId) =>
      (await kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec, EncryptionContext }))
        .PrivateKeyCiphertextBlob,
  ),
};

/** Cases about signatures and MACs. */
export const replaysOfSignatures: Readonly<Record<string, Replay>> = {
  test_generate_and_verify_mac: async (stage) => {
    const [KeySpec, MacAlgorithm] = specAndAlgorithm<MacAlgorithmSpec>(stage);
    const { kms } = stage;
    const { KeyId } = await stage.key({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
    const request = { Message, MacAlgorithm };
    const { Mac } = await stage.answer('generate-mac', kms.generateMac({ KeyId, ...request }));
    await stage.answer('verify-mac', kms.verifyMac({ KeyId, ...request, Mac }));
    await stage.refusal('generate-mac-invalid-key-id', kms.generateMac({ KeyId: 'key_id', ...request }));
    await stage.refusal('verify-mac-invalid-key-id', kms.verifyMac({ KeyId: 'key_id', ...request, Mac }));
  },
  test_invalid_generate_mac: async (stage) => {
    const [KeySpec, MacAlgorithm] = specAndAlgorithm<MacAlgorithmSpec>(stage);
    const { KeyId } = await stage.key({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
    await stage.refusal('generate-mac', stage.kms.generateMac({ KeyId, Message, MacAlgorithm }));
  },
  test_invalid_verify_mac: async (stage) => {
    const [KeySpec, algorithm, text = ''] = stage.parameter.split('-');
    const { kms } = stage;
    const { KeyId } = await stage.key({ KeySpec: KeySpec as KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
    const made = kms.generateMac({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' });
    const { Mac } = await stage.answer('generate-mac', made);
    const MacAlgorithm = algorithm as MacAlgorithmSpec;
    await stage.refusal('verify-mac', kms.verifyMac({ KeyId, Message: Buffer.from(text), MacAlgorithm, Mac }));
  },
  test_sign_verify: async (stage) => {
    const [KeySpec, SigningAlgorithm] = specAndAlgorithm<SigningAlgorithmSpec>(stage);
    const { kms } = stage;
    const { KeyId } = await stage.key({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const raw = { KeyId, SigningAlgorithm, MessageType: 'RAW', Message } as const;
    const { Signature } = await stage.answer('signature', kms.sign(raw));
    await stage.answer('verification', kms.verify({ ...raw, Signature }));
    await stage.refusal('bad-digest', kms.sign({ ...raw, MessageType: 'DIGEST' }));
    const other = await kms.sign({ ...raw, Message: Buffer.from('bad') });
    await stage.refusal('bad-signature', kms.verify({ ...raw, Signature: other.Signature }));
  },
  /** Recorded as passed, without answers: signatures of messages and of digests verify elsewhere, PSS with a salt as long as the hash. */
  test_verify_salt_length: async (stage) => {
    const [KeySpec, SigningAlgorithm] = specAndAlgorithm<SigningAlgorithmSpec>(stage);
    const { kms } = stage;
    const { KeyId } = await stage.key({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const { PublicKey = new Uint8Array() } = await kms.getPublicKey({ KeyId });
    const hash = hashOf(SigningAlgorithm);
    const digest = createHash(hash).update(Message).digest();
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    const padding = SigningAlgorithm.includes('PSS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const form = SigningAlgorithm.startsWith('RSA') ? { padding, saltLength: digest.length } : {};
    for (const request of [
      { MessageType: 'RAW', Message },
      { MessageType: 'DIGEST', Message: digest },
    ] as const) {
      const { Signature = new Uint8Array() } = await kms.sign({ KeyId, SigningAlgorithm, ...request });
      assert.ok(verify(hash, Message, { key, ...form }, Signature), `${request.MessageType} verifies`);
    }
  },
};
