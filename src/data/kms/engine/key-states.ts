import { type Refusal, refusal } from './refusal.ts';

/** States of a key. `Unavailable` belongs to custom key stores, `Creating` and `Updating` to multi-Region work in flight. */
export type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable'
  | 'Updating';

type Why =
  | 'ok'
  | 'disabled'
  | 'deletion'
  | 'not-deletion'
  | 'import'
  | 'external'
  | 'unavailable'
  | 'creating'
  | 'updating';

/** Enabled, Disabled, pending (replica) deletion, PendingImport, Unavailable, Creating, Updating. */
type Row = readonly [Why, Why, Why, Why, Why, Why, Why];

const any: Row = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'];
const use: Row = ['ok', 'disabled', 'deletion', 'import', 'unavailable', 'creating', 'ok'];
const change: Row = ['ok', 'ok', 'deletion', 'ok', 'ok', 'ok', 'ok'];
const toggle: Row = ['ok', 'ok', 'deletion', 'import', 'ok', 'creating', 'updating'];
const rotation: Row = ['ok', 'disabled', 'deletion', 'external', 'unavailable', 'creating', 'ok'];

/**
 * Which operation works in which state. Source: KMS developer guide, "Key states of AWS KMS keys", key state table. Rows with `?`
 * there depend on the key's origin, which the operations check first.
 */
const table: Readonly<Record<string, Row>> = {
  CancelKeyDeletion: [
    'not-deletion',
    'not-deletion',
    'ok',
    'not-deletion',
    'not-deletion',
    'not-deletion',
    'not-deletion',
  ],
  CreateAlias: change,
  CreateGrant: ['ok', 'disabled', 'deletion', 'import', 'ok', 'creating', 'ok'],
  Decrypt: use,
  DeleteAlias: any,
  DeleteImportedKeyMaterial: ['ok', 'ok', 'ok', 'ok', 'ok', 'creating', 'updating'],
  DeriveSharedSecret: use,
  DescribeKey: any,
  DisableKey: toggle,
  DisableKeyRotation: rotation,
  EnableKey: toggle,
  EnableKeyRotation: rotation,
  Encrypt: use,
  GenerateDataKey: use,
  GenerateDataKeyPair: use,
  GenerateDataKeyPairWithoutPlaintext: use,
  GenerateDataKeyWithoutPlaintext: use,
  GenerateMac: use,
  GetKeyLastUsage: any,
  GetKeyPolicy: any,
  GetKeyRotationStatus: ['ok', 'ok', 'ok', 'external', 'unavailable', 'ok', 'ok'],
  GetParametersForImport: ['ok', 'ok', 'deletion', 'ok', 'unavailable', 'creating', 'updating'],
  GetPublicKey: ['ok', 'ok', 'deletion', 'ok', 'unavailable', 'creating', 'ok'],
  ImportKeyMaterial: ['ok', 'ok', 'deletion', 'ok', 'unavailable', 'creating', 'ok'],
  ListGrants: any,
  ListKeyPolicies: any,
  ListKeyRotations: any,
  ListResourceTags: any,
  PutKeyPolicy: any,
  ReEncrypt: use,
  ReplicateKey: ['ok', 'disabled', 'deletion', 'import', 'unavailable', 'creating', 'updating'],
  RetireGrant: any,
  RevokeGrant: any,
  RotateKeyOnDemand: ['ok', 'disabled', 'deletion', 'import', 'unavailable', 'creating', 'ok'],
  ScheduleKeyDeletion: ['ok', 'ok', 'deletion', 'ok', 'ok', 'ok', 'updating'],
  Sign: use,
  TagResource: change,
  UntagResource: change,
  UpdateAlias: change,
  UpdateKeyDescription: change,
  UpdatePrimaryRegion: ['ok', 'disabled', 'deletion', 'import', 'unavailable', 'creating', 'ok'],
  Verify: use,
  VerifyMac: use,
};

const column: Readonly<Record<KeyState, number>> = {
  Enabled: 0,
  Disabled: 1,
  PendingDeletion: 2,
  PendingReplicaDeletion: 2,
  PendingImport: 3,
  Unavailable: 4,
  Creating: 5,
  Updating: 6,
};

const code: Readonly<Record<Exclude<Why, 'ok'>, string>> = {
  disabled: 'DisabledException',
  deletion: 'KMSInvalidStateException',
  'not-deletion': 'KMSInvalidStateException',
  import: 'KMSInvalidStateException',
  external: 'UnsupportedOperationException',
  unavailable: 'KMSInvalidStateException',
  creating: 'KMSInvalidStateException',
  updating: 'KMSInvalidStateException',
};

/**
 * Refuses an operation that the key's state forbids, in AWS's words.
 *
 * @example checkState('arn:aws:kms:…:key/1', 'Disabled', 'Encrypt') // → DisabledException `arn:… is disabled.`
 */
export function checkState(arn: string, state: KeyState, operation: string): Refusal | undefined {
  const why = table[operation]?.[column[state]] ?? 'ok';
  if (why === 'ok') return undefined;
  return refusal(code[why], text(arn, why, state));
}

function text(arn: string, why: Exclude<Why, 'ok'>, state: KeyState): string {
  switch (why) {
    case 'disabled':
      return `${arn} is disabled.`;
    case 'deletion':
      return state === 'PendingReplicaDeletion' ? `${arn} is pending replica deletion.` : `${arn} is pending deletion.`;
    case 'not-deletion':
      return `${arn} is not pending deletion.`;
    case 'import':
      return `${arn} is pending import.`;
    case 'external':
      return `${arn} origin is EXTERNAL which is not valid for this operation.`;
    default:
      return `${arn} is ${why}.`;
  }
}

/** Operations that the state table knows, for the table's own test. */
export const statefulOperations: readonly string[] = Object.keys(table);
