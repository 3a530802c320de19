import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { checkState, type KeyState, statefulOperations } from './key-states.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/k';

const cases: readonly (readonly [string, KeyState, string | undefined, string?])[] = [
  ['Encrypt', 'Enabled', undefined],
  ['Encrypt', 'Updating', undefined],
  ['Encrypt', 'Disabled', 'DisabledException', `${arn} is disabled.`],
  ['Encrypt', 'PendingDeletion', 'KMSInvalidStateException', `${arn} is pending deletion.`],
  ['Encrypt', 'PendingReplicaDeletion', 'KMSInvalidStateException', `${arn} is pending replica deletion.`],
  ['Encrypt', 'PendingImport', 'KMSInvalidStateException', `${arn} is pending import.`],
  ['Encrypt', 'Creating', 'KMSInvalidStateException', `${arn} is creating.`],
  ['Encrypt', 'Unavailable', 'KMSInvalidStateException', `${arn} is unavailable.`],
  ['Decrypt', 'Disabled', 'DisabledException'],
  ['CancelKeyDeletion', 'PendingDeletion', undefined],
  ['CancelKeyDeletion', 'PendingReplicaDeletion', undefined],
  ['CancelKeyDeletion', 'Enabled', 'KMSInvalidStateException', `${arn} is not pending deletion.`],
  ['CreateAlias', 'PendingImport', undefined],
  ['CreateAlias', 'PendingDeletion', 'KMSInvalidStateException'],
  ['DescribeKey', 'PendingDeletion', undefined],
  ['DisableKey', 'PendingImport', 'KMSInvalidStateException'],
  [
    'EnableKeyRotation',
    'PendingImport',
    'UnsupportedOperationException',
    `${arn} origin is EXTERNAL which is not valid for this operation.`,
  ],
  ['EnableKeyRotation', 'Disabled', 'DisabledException'],
  ['GetKeyRotationStatus', 'Disabled', undefined],
  ['GetPublicKey', 'Disabled', undefined],
  ['GetPublicKey', 'PendingImport', undefined],
  ['PutKeyPolicy', 'PendingDeletion', undefined],
  ['RotateKeyOnDemand', 'PendingImport', 'KMSInvalidStateException', `${arn} is pending import.`],
  ['ReplicateKey', 'Updating', 'KMSInvalidStateException', `${arn} is updating.`],
  ['ScheduleKeyDeletion', 'Disabled', undefined],
  ['ScheduleKeyDeletion', 'PendingDeletion', 'KMSInvalidStateException', `${arn} is pending deletion.`],
  ['TagResource', 'PendingDeletion', 'KMSInvalidStateException'],
  ['ListResourceTags', 'PendingDeletion', undefined],
];

for (const [operation, state, code, message] of cases) {
  test(`${operation} in ${state}: ${code ?? 'ok'}`, () => {
    const found = checkState(arn, state, operation);
    assert.equal(found?.code, code);
    if (message !== undefined) assert.equal(found?.message, message);
  });
}

test('every cryptographic operation needs an enabled key', () => {
  const cryptographic =
    /^(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateMac|VerifyMac|Sign|Verify|DeriveSharedSecret)/;
  for (const operation of statefulOperations.filter((name) => cryptographic.test(name))) {
    assert.equal(checkState(arn, 'Disabled', operation)?.code, 'DisabledException', operation);
  }
});
