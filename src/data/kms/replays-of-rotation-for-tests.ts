import { strict as assert } from 'node:assert';
import type { Replay } from './replay-for-tests.ts';

const Plaintext = Buffer.from('test message 123 !%$@ 1234567890');

const rotatesOnce: (label: string) => Replay = (label) => async (stage) => {
  const { KeyId } = await stage.key();
  await stage.answer(label, stage.kms.rotateKeyOnDemand({ KeyId }));
};

const statusAfterRotation: (automatic: boolean) => Replay = (automatic) => async (stage) => {
  const { KeyId } = await stage.key();
  if (automatic) await stage.kms.enableKeyRotation({ KeyId });
  await stage.answer('rotate-on-demand-response', stage.kms.rotateKeyOnDemand({ KeyId }));
  await stage.answer('rotation-status-response-after-rotation', stage.kms.getKeyRotationStatus({ KeyId }));
};

/** Cases about the rotation of keys whose material KMS made. */
export const replaysOfRotation: Readonly<Record<string, Replay>> = {
  test_key_enable_rotation_status: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: Number(stage.parameter) });
    await stage.answer('match_response', stage.kms.getKeyRotationStatus({ KeyId }));
  },
  test_key_rotation_updates_current_key_material_id_for_aws_symmetric_keys: async (stage) => {
    const { KeyId } = await stage.key({ Description: 'test-key' });
    await stage.describes('describe-key-before-rotation', KeyId);
    await stage.kms.rotateKeyOnDemand({ KeyId });
    await stage.describes('describe-key-after-rotation', KeyId);
  },
  test_key_rotations_encryption_decryption: async (stage) => {
    const { kms } = stage;
    const { KeyId } = await stage.key();
    const { CiphertextBlob = new Uint8Array() } = await kms.encrypt({ KeyId, Plaintext });
    await kms.rotateKeyOnDemand({ KeyId });
    assert.deepEqual(Buffer.from((await kms.decrypt({ KeyId, CiphertextBlob })).Plaintext ?? []), Plaintext);
    const longer = Buffer.concat([CiphertextBlob, Buffer.from('bad_data')]);
    await stage.refusal('bad-ciphertext', kms.decrypt({ KeyId, CiphertextBlob: longer }));
  },
  test_key_rotations_limits: async (stage) => {
    const { KeyId } = await stage.key();
    for (let i = 0; i < 25; i++) await stage.kms.rotateKeyOnDemand({ KeyId });
    await stage.refusal('error-response', stage.kms.rotateKeyOnDemand({ KeyId }));
  },
  test_rotate_on_demand_returns_arn_for_key_id: rotatesOnce('rotate-on-demand-aws-key'),
  test_rotate_key_on_demand_modifies_key_material: rotatesOnce('rotate-on-demand-response'),
  test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_disabled: statusAfterRotation(false),
  test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_enabled: statusAfterRotation(true),
  test_rotate_key_on_demand_raises_error_given_key_is_disabled: async (stage) => {
    const { KeyId } = await stage.key({ KeySpec: 'RSA_4096', KeyUsage: 'ENCRYPT_DECRYPT' });
    await stage.kms.disableKey({ KeyId });
    await stage.refusal('error-response', stage.kms.rotateKeyOnDemand({ KeyId }));
  },
  test_rotate_key_on_demand_raises_error_given_key_that_does_not_exist: async (stage) => {
    const KeyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
    await stage.refusal('error-response', stage.kms.rotateKeyOnDemand({ KeyId }));
  },
  test_rotate_key_on_demand_raises_error_given_non_symmetric_key: async (stage) => {
    const { KeyId } = await stage.key({ KeySpec: 'RSA_4096', KeyUsage: 'ENCRYPT_DECRYPT' });
    await stage.refusal('error-response', stage.kms.rotateKeyOnDemand({ KeyId }));
  },
};
