import { strict as assert } from 'node:assert';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type {
  AlgorithmSpec,
  KeySpec,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
  WrappingKeySpec,
} from '@aws-sdk/client-kms';
import { imported, type Replay, type Stage, wrapped } from './replay-for-tests.ts';

const Plaintext = Buffer.from('Hello World!1/?');
const der = {
  privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  publicKeyEncoding: { format: 'der', type: 'spki' },
};

type EcCase = readonly [
  curve: string,
  algorithm: SigningAlgorithmSpec,
  WrappingKeySpec: WrappingKeySpec,
  WrappingAlgorithm: AlgorithmSpec,
];

const ecCases: Readonly<Record<string, EcCase>> = {
  ECC_NIST_P256: ['P-256', 'ECDSA_SHA_256', 'RSA_2048', 'RSAES_OAEP_SHA_1'],
  ECC_NIST_P384: ['P-384', 'ECDSA_SHA_384', 'RSA_2048', 'RSAES_OAEP_SHA_1'],
  ECC_NIST_P521: ['P-521', 'ECDSA_SHA_512', 'RSA_4096', 'RSAES_OAEP_SHA_256'],
  ECC_SECG_P256K1: ['secp256k1', 'ECDSA_SHA_256', 'RSA_2048', 'RSAES_OAEP_SHA_1'],
};

function ecPair(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve, ...der } as never) as unknown as {
    readonly privateKey: Buffer;
    readonly publicKey: Buffer;
  };
}

async function hasPublicKey({ kms }: Stage, KeyId: string, expected: Buffer): Promise<void> {
  const { PublicKey } = await kms.getPublicKey({ KeyId });
  assert.deepEqual(Buffer.from(PublicKey ?? []), expected);
}

const withoutMaterial: Replay = async (stage) => {
  const key = await stage.key({ Origin: 'EXTERNAL', Description: 'test-key' });
  stage.value('create-kms-external-key', key);
  const label = `rotate-key-on-demand-error-response-${stage.parameter}`;
  await stage.refusal(label, stage.kms.rotateKeyOnDemand(key));
};

const notExternal: (label: string) => Replay = (label) => async (stage) => {
  const { KeyId } = await stage.key();
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096' } as const;
  await stage.refusal(label, stage.kms.getParametersForImport({ KeyId, ...wrapping }));
};

/** Cases about imported material. */
export const replaysOfMaterial: Readonly<Record<string, Replay>> = {
  test_get_parameters_for_import: notExternal('response-error'),
  test_get_parameters_for_import_raises_for_non_external_kms_keys: notExternal('get-import-parameters-error'),
  test_import_key_symmetric: async (stage) => {
    const { kms } = stage;
    const key = await stage.key({ Origin: 'EXTERNAL' });
    const { KeyId } = key;
    stage.value('created-key', key);
    await stage.refusal('encrypt-before-import-error', kms.encrypt({ KeyId, Plaintext }));
    const material = await wrapped(kms, KeyId);
    await stage.describes('describe-key-before-import', KeyId);
    await stage.refusal('import-expiring-key-without-valid-to', kms.importKeyMaterial(material));
    await kms.importKeyMaterial({ ...material, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    await stage.describes('describe-key-after-import', KeyId);
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext });
    assert.deepEqual(Buffer.from((await kms.decrypt({ KeyId, CiphertextBlob })).Plaintext ?? []), Plaintext);
    await kms.deleteImportedKeyMaterial({ KeyId });
    await stage.describes('describe-key-after-deleted-import', KeyId);
    await stage.refusal('encrypt-after-delete-error', kms.encrypt({ KeyId, Plaintext }));
  },
  test_import_key_asymmetric: async (stage) => {
    const { kms } = stage;
    const key = await stage.key({ Origin: 'EXTERNAL', KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const { KeyId } = key;
    stage.value('created-key', key);
    await stage.describes('describe-key-before-import', KeyId);
    const pair = ecPair('P-256');
    await imported(kms, KeyId, pair.privateKey);
    await stage.describes('describe-key-after-import', KeyId);
    await hasPublicKey(stage, KeyId, pair.publicKey);
    await kms.deleteImportedKeyMaterial({ KeyId });
    await stage.describes('describe-key-after-deleted-import', KeyId);
  },
  test_import_key_ecc_keys: async (stage) => {
    const { kms, parameter } = stage;
    const found = ecCases[parameter];
    assert.ok(found !== undefined);
    const [curve, SigningAlgorithm, WrappingKeySpec, WrappingAlgorithm] = found;
    const { KeyId } = await stage.key({
      Origin: 'EXTERNAL',
      KeySpec: parameter as KeySpec,
      KeyUsage: 'SIGN_VERIFY',
      Description: 'test ecc key import',
    });
    await stage.describes('describe-key-before-import', KeyId);
    const pair = ecPair(curve);
    await imported(kms, KeyId, pair.privateKey, { WrappingKeySpec, WrappingAlgorithm });
    await stage.describes('describe-key-after-import', KeyId);
    await hasPublicKey(stage, KeyId, pair.publicKey);
    const request = {
      KeyId,
      Message: Buffer.from('test sign verify 123'),
      MessageType: 'RAW',
      SigningAlgorithm,
    } as const;
    const { Signature } = await stage.answer('sign-result', kms.sign(request));
    await stage.answer('verify-result', kms.verify({ ...request, Signature }));
    await kms.deleteImportedKeyMaterial({ KeyId });
    await stage.describes('describe-key-after-deleted-import', KeyId);
  },
  test_import_key_hmac_keys: async (stage) => {
    const { kms, parameter } = stage;
    const bits = Number(parameter.slice('HMAC_'.length));
    const { KeyId } = await stage.key({
      Origin: 'EXTERNAL',
      KeySpec: parameter as KeySpec,
      KeyUsage: 'GENERATE_VERIFY_MAC',
      Description: 'test import hmac key',
    });
    await stage.describes('describe-key-before-import', KeyId);
    await imported(kms, KeyId, randomBytes(bits / 8), { WrappingKeySpec: 'RSA_4096' });
    await stage.describes('describe-key-after-import', KeyId);
    const request = { KeyId, Message: Plaintext, MacAlgorithm: `HMAC_SHA_${bits}` as MacAlgorithmSpec };
    const { Mac } = await stage.answer('generate-mac-response', kms.generateMac(request));
    await stage.answer('verify-mac-response', kms.verifyMac({ ...request, Mac }));
    await kms.deleteImportedKeyMaterial({ KeyId });
    await stage.describes('describe-key-after-deleted-import', KeyId);
  },
  test_import_key_rsa_aes_wrap_sha256: async (stage) => {
    const { kms } = stage;
    const { KeyId } = await stage.key({
      Origin: 'EXTERNAL',
      KeySpec: 'RSA_4096',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Description: 'test-key',
    });
    const pair = generateKeyPairSync('rsa', { modulusLength: 4096, ...der } as never) as unknown as {
      readonly privateKey: Buffer;
      readonly publicKey: Buffer;
    };
    await stage.describes('describe-before-import', KeyId);
    const wrapping = { WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256', WrappingKeySpec: 'RSA_4096' } as const;
    await imported(kms, KeyId, pair.privateKey, wrapping);
    await stage.describes('import-key-material-response', KeyId);
    await hasPublicKey(stage, KeyId, pair.publicKey);
    await kms.deleteImportedKeyMaterial({ KeyId });
    await stage.describes('describe-key-after-deleted-import', KeyId);
  },
  test_import_key_material_raises_if_there_is_already_key_material_pending: async (stage) => {
    const { kms } = stage;
    const { KeyId } = await stage.key({ Origin: 'EXTERNAL' });
    const another = () => imported(kms, KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
    await stage.answer('import-initial-material-response', imported(kms, KeyId));
    await stage.answer('import-pending-material-response', another());
    await stage.refusal('existing-pending-material-error', another());
  },
  test_rotate_key_on_demand_on_external_key_with_no_key_material: withoutMaterial,
  test_rotate_key_on_demand_raises_for_no_pending_key_material: async (stage) => {
    const { KeyId } = await stage.key({ Origin: 'EXTERNAL' });
    await imported(stage.kms, KeyId);
    await stage.refusal('rotate-key-on-demand-invalid-state-error', stage.kms.rotateKeyOnDemand({ KeyId }));
  },
  test_rotate_key_on_demand_for_external_keys_decrypts_with_previous_material: async (stage) => {
    const { kms } = stage;
    const key = await stage.key({ Origin: 'EXTERNAL', Description: 'test-key' });
    const { KeyId } = key;
    stage.value('create-kms-external-key', key);
    await stage.answer('import-key-material-response', imported(kms, KeyId));
    const first = kms.encrypt({ KeyId, Plaintext });
    const { CiphertextBlob } = await stage.answer('kms-encrypt-initial-response', first);
    await imported(kms, KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
    await stage.answer('rotate-key-on-demand-response', kms.rotateKeyOnDemand({ KeyId }));
    assert.deepEqual(Buffer.from((await kms.decrypt({ KeyId, CiphertextBlob })).Plaintext ?? []), Plaintext);
  },
  test_rotate_key_on_demand_updates_current_key_material_for_external_keys: async (stage) => {
    const { kms } = stage;
    const key = await stage.key({ Origin: 'EXTERNAL', Description: 'test-key' });
    const { KeyId } = key;
    stage.value('create-kms-external-key', key);
    const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    await stage.answer('get-import-parameters-response', kms.getParametersForImport({ KeyId, ...wrapping }));
    await stage.describes('describe-empty-key-response', KeyId);
    await stage.answer('import-key-material-response', imported(kms, KeyId));
    await stage.describes('describe-key-with-material-response', KeyId);
    await stage.answer('kms-encrypt-initial-response', kms.encrypt({ KeyId, Plaintext }));
    const second = imported(kms, KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
    await stage.answer('import-new-key-material-response', second);
    await stage.describes('describe-key-with-new-material-response', KeyId);
    await stage.answer('rotate-key-on-demand-response', kms.rotateKeyOnDemand({ KeyId }));
    await stage.describes('describe-key-after-rotation', KeyId);
    await stage.answer('kms-encrypt-rotated-key-response', kms.encrypt({ KeyId, Plaintext }));
  },
};
