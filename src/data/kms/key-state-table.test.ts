import { strict as assert } from 'node:assert';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type CreateKeyCommandInput, KMS } from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';
import { defaultKeyPolicy } from './engine/key-policy.ts';
import { imported } from './replay-for-tests.ts';

/**
 * Every operation on a key in every state that a client can bring a key into. Source: KMS developer guide, "Key states of AWS KMS keys",
 * key state table, and for the texts its notes.
 */
const states = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'PendingImport'] as const;
type State = (typeof states)[number];

/** What the table says: done, or one of its notes. */
type Outcome = 'ok' | 'disabled' | 'deletion' | 'import' | 'not-deletion' | 'external' | 'not-external';

const refusals: Readonly<Record<Exclude<Outcome, 'ok' | 'deletion'>, readonly [code: string, text: string]>> = {
  disabled: ['DisabledException', 'is disabled.'],
  import: ['KMSInvalidStateException', 'is pending import.'],
  'not-deletion': ['KMSInvalidStateException', 'is not pending deletion.'],
  external: ['UnsupportedOperationException', 'origin is EXTERNAL which is not valid for this operation.'],
  'not-external': ['UnsupportedOperationException', 'origin is AWS_KMS which is not valid for this operation.'],
};

type Row = readonly [enabled: Outcome, disabled: Outcome, deletion: Outcome, pendingImport: Outcome];
const always: Row = ['ok', 'ok', 'ok', 'ok'];
const use: Row = ['ok', 'disabled', 'deletion', 'import'];
const change: Row = ['ok', 'ok', 'deletion', 'ok'];
const column: Readonly<Record<State, number>> = {
  Enabled: 0,
  Disabled: 1,
  PendingDeletion: 2,
  PendingReplicaDeletion: 2,
  PendingImport: 3,
};

/** What a key made while it could be used. */
type Made = { readonly [name in 'CiphertextBlob' | 'Mac' | 'Signature']?: Uint8Array | undefined };
type Call = (key: { readonly KeyId: string; readonly made: Made }) => Promise<unknown>;
type Operations = Readonly<Record<string, readonly [Row, Call]>>;

/** Each with the kind of key that it needs. Keys of these kinds are used by all operations on them. */
type Kind = { readonly input: CreateKeyCommandInput; readonly operations: Operations };

let ringwall: Ringwall;
let kms: KMS;
let other: string;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMS(ringwall.client);
  other = await createKey(kms);
});
after(() => ringwall.stop());

const text = Buffer.from('text');
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';
const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
const peer = pair().publicKey;

const cryptographic: Readonly<Record<string, Kind>> = {
  'a symmetric key': {
    input: {},
    operations: {
      Encrypt: [use, ({ KeyId }) => kms.encrypt({ KeyId, Plaintext: text })],
      Decrypt: [use, ({ made }) => kms.decrypt({ CiphertextBlob: made.CiphertextBlob })],
      GenerateDataKey: [use, ({ KeyId }) => kms.generateDataKey({ KeyId, NumberOfBytes: 8 })],
      GenerateDataKeyWithoutPlaintext: [
        use,
        ({ KeyId }) => kms.generateDataKeyWithoutPlaintext({ KeyId, NumberOfBytes: 8 }),
      ],
      GenerateDataKeyPair: [use, ({ KeyId }) => kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })],
      GenerateDataKeyPairWithoutPlaintext: [
        use,
        ({ KeyId }) => kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
      ],
      'ReEncrypt from it': [
        use,
        ({ made }) => kms.reEncrypt({ CiphertextBlob: made.CiphertextBlob, DestinationKeyId: other }),
      ],
      'ReEncrypt to it': [
        use,
        async ({ KeyId }) => {
          const { CiphertextBlob } = await kms.encrypt({ KeyId: other, Plaintext: text });
          return kms.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId });
        },
      ],
    },
  },
  'a signing key': {
    input: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    operations: {
      Sign: [use, ({ KeyId }) => kms.sign({ KeyId, Message: text, SigningAlgorithm })],
      Verify: [
        use,
        ({ KeyId, made }) => kms.verify({ KeyId, Message: text, SigningAlgorithm, Signature: made.Signature }),
      ],
      GetPublicKey: [change, ({ KeyId }) => kms.getPublicKey({ KeyId })],
    },
  },
  'an HMAC key': {
    input: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    operations: {
      GenerateMac: [use, ({ KeyId }) => kms.generateMac({ KeyId, Message: text, MacAlgorithm })],
      VerifyMac: [use, ({ KeyId, made }) => kms.verifyMac({ KeyId, Message: text, MacAlgorithm, Mac: made.Mac })],
    },
  },
  'a key agreement key': {
    input: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
    operations: {
      DeriveSharedSecret: [
        use,
        ({ KeyId }) => kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: peer }),
      ],
    },
  },
};

const tag = [{ TagKey: 'a', TagValue: 'b' }];
const grantee = () => `arn:aws:iam::${ringwall.account}:root`;
const aliasOf = () => `alias/${randomBytes(8).toString('hex')}`;

/** Each on a symmetric key of its own. */
const management: Operations = {
  CancelKeyDeletion: [['not-deletion', 'not-deletion', 'ok', 'not-deletion'], (key) => kms.cancelKeyDeletion(key)],
  CreateAlias: [change, ({ KeyId }) => kms.createAlias({ AliasName: aliasOf(), TargetKeyId: KeyId })],
  CreateGrant: [use, ({ KeyId }) => kms.createGrant({ KeyId, GranteePrincipal: grantee(), Operations: ['Decrypt'] })],
  DeleteImportedKeyMaterial: [
    ['not-external', 'not-external', 'not-external', 'ok'],
    ({ KeyId }) => kms.deleteImportedKeyMaterial({ KeyId }),
  ],
  DescribeKey: [always, ({ KeyId }) => kms.describeKey({ KeyId })],
  DisableKey: [['ok', 'ok', 'deletion', 'import'], ({ KeyId }) => kms.disableKey({ KeyId })],
  DisableKeyRotation: [['ok', 'disabled', 'deletion', 'external'], ({ KeyId }) => kms.disableKeyRotation({ KeyId })],
  EnableKey: [['ok', 'ok', 'deletion', 'import'], ({ KeyId }) => kms.enableKey({ KeyId })],
  EnableKeyRotation: [['ok', 'disabled', 'deletion', 'external'], ({ KeyId }) => kms.enableKeyRotation({ KeyId })],
  GetKeyPolicy: [always, ({ KeyId }) => kms.getKeyPolicy({ KeyId })],
  GetKeyRotationStatus: [['ok', 'ok', 'ok', 'external'], ({ KeyId }) => kms.getKeyRotationStatus({ KeyId })],
  GetParametersForImport: [
    ['not-external', 'not-external', 'not-external', 'ok'],
    ({ KeyId }) =>
      kms.getParametersForImport({ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }),
  ],
  ListAliases: [always, ({ KeyId }) => kms.listAliases({ KeyId })],
  ListGrants: [always, ({ KeyId }) => kms.listGrants({ KeyId })],
  ListKeyPolicies: [always, ({ KeyId }) => kms.listKeyPolicies({ KeyId })],
  ListKeyRotations: [always, ({ KeyId }) => kms.listKeyRotations({ KeyId })],
  ListResourceTags: [always, ({ KeyId }) => kms.listResourceTags({ KeyId })],
  PutKeyPolicy: [always, ({ KeyId }) => kms.putKeyPolicy({ KeyId, Policy: defaultKeyPolicy(ringwall.account) })],
  RotateKeyOnDemand: [use, ({ KeyId }) => kms.rotateKeyOnDemand({ KeyId })],
  ScheduleKeyDeletion: [change, ({ KeyId }) => kms.scheduleKeyDeletion({ KeyId })],
  TagResource: [change, ({ KeyId }) => kms.tagResource({ KeyId, Tags: tag })],
  UntagResource: [change, ({ KeyId }) => kms.untagResource({ KeyId, TagKeys: ['a'] })],
  'UpdateAlias to it': [
    change,
    async ({ KeyId }) => {
      const AliasName = aliasOf();
      await kms.createAlias({ AliasName, TargetKeyId: other });
      return kms.updateAlias({ AliasName, TargetKeyId: KeyId });
    },
  ],
  UpdateKeyDescription: [change, ({ KeyId }) => kms.updateKeyDescription({ KeyId, Description: 'd' })],
};

for (const state of states) {
  for (const [kind, { input, operations }] of Object.entries(cryptographic)) {
    test(`${kind} in ${state}`, async () => {
      const KeyId = await newKey(state, input);
      if (state === 'PendingImport') await imported(kms, KeyId, materialFor(input));
      const made = await useOnce(KeyId, input);
      await enter(state, KeyId);
      for (const [name, [row, call]] of Object.entries(operations))
        await comesOut(state, name, row, call({ KeyId, made }), KeyId);
    });
  }

  for (const [name, [row, call]] of Object.entries(management)) {
    test(`${name} in ${state}`, async () => {
      const KeyId = await newKey(state, {});
      if (state !== 'PendingImport') await enter(state, KeyId);
      await comesOut(state, name, row, call({ KeyId, made: {} }), KeyId);
    });
  }
}

function newKey(state: State, input: CreateKeyCommandInput): Promise<string> {
  return createKey(kms, {
    ...input,
    MultiRegion: state === 'PendingReplicaDeletion',
    Origin: state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS',
  });
}

/** Brings an enabled key into the state. */
async function enter(state: State, KeyId: string): Promise<void> {
  if (state === 'Disabled') await kms.disableKey({ KeyId });
  if (state === 'PendingReplicaDeletion') await kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' });
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') await kms.scheduleKeyDeletion({ KeyId });
  if (state === 'PendingImport') await kms.deleteImportedKeyMaterial({ KeyId });
  const { KeyMetadata } = await kms.describeKey({ KeyId });
  assert.equal(KeyMetadata?.KeyState, state);
}

function materialFor({ KeyUsage = 'ENCRYPT_DECRYPT' }: CreateKeyCommandInput): Uint8Array {
  return KeyUsage === 'SIGN_VERIFY' || KeyUsage === 'KEY_AGREEMENT' ? pair().privateKey : randomBytes(32);
}

async function useOnce(KeyId: string, { KeyUsage = 'ENCRYPT_DECRYPT' }: CreateKeyCommandInput): Promise<Made> {
  switch (KeyUsage) {
    case 'ENCRYPT_DECRYPT':
      return kms.encrypt({ KeyId, Plaintext: text });
    case 'SIGN_VERIFY':
      return kms.sign({ KeyId, Message: text, SigningAlgorithm });
    case 'GENERATE_VERIFY_MAC':
      return kms.generateMac({ KeyId, Message: text, MacAlgorithm });
    default:
      return {};
  }
}

async function comesOut(state: State, name: string, row: Row, call: Promise<unknown>, KeyId: string): Promise<void> {
  const outcome = row[column[state]];
  if (outcome === undefined || outcome === 'ok') {
    await call.catch((error: Error) => assert.fail(`${name}: ${error.name}: ${error.message}`));
    return;
  }
  const pending = state === 'PendingReplicaDeletion' ? 'is pending replica deletion.' : 'is pending deletion.';
  const [code, why] = outcome === 'deletion' ? ['KMSInvalidStateException', pending] : refusals[outcome];
  await refused(call, code, `arn:aws:kms:us-east-1:${ringwall.account}:key/${KeyId} ${why}`);
}
