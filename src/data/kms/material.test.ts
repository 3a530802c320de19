import { strict as assert } from 'node:assert';
import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  type ExpirationModelType,
  GetKeyRotationStatusCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type ImportType,
  KMSClient,
  ListKeyRotationsCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  UpdatePrimaryRegionCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';

let ringwall: Ringwall;
let kms: KMSClient;
let ireland: KMSClient;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMSClient(ringwall.client);
  ireland = new KMSClient(ringwall.as(ringwall.root, 'eu-west-1'));
});
after(() => ringwall.stop());

const day = 86_400_000;
const Plaintext = Buffer.from('kept');
const arnOf = (id: string, region = 'us-east-1') => `arn:aws:kms:${region}:${ringwall.account}:key/${id}`;
const stateOf = async (KeyId: string, client = kms) =>
  (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
const current = async (KeyId: string, client = kms) =>
  (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId;
const encrypt = async (KeyId: string, client = kms) =>
  (await client.send(new EncryptCommand({ KeyId, Plaintext }))).CiphertextBlob;
const decrypts = async (CiphertextBlob: Uint8Array | undefined, client = kms) =>
  assert.equal(
    Buffer.from((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? []).toString(),
    'kept',
  );

test('automatic rotation keeps what was encrypted before', async () => {
  const KeyId = await createKey(kms);
  assert.deepEqual(await status(KeyId), { KeyId: arnOf(KeyId), KeyRotationEnabled: false });
  await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
  const enabled = await status(KeyId);
  assert.equal(enabled.RotationPeriodInDays, 90);
  const before = await current(KeyId);
  const old = await encrypt(KeyId);
  await ringwall.advance(90 * day + 1_000);
  const after90 = await current(KeyId);
  assert.notEqual(after90, before);
  await decrypts(old);
  const { Rotations } = await kms.send(new ListKeyRotationsCommand({ KeyId }));
  assert.deepEqual(
    Rotations?.map(({ KeyMaterialId, RotationType, KeyMaterialState }) => [
      KeyMaterialId,
      RotationType,
      KeyMaterialState,
    ]),
    [[after90, 'AUTOMATIC', 'CURRENT']],
  );
  assert.equal(
    (await status(KeyId)).NextRotationDate?.getTime(),
    (enabled.NextRotationDate?.getTime() ?? 0) + 90 * day,
  );
  await kms.send(new DisableKeyCommand({ KeyId }));
  await ringwall.advance(90 * day);
  assert.equal(await current(KeyId), after90, 'a disabled key does not rotate');
});

async function status(KeyId: string, client = kms) {
  const { $metadata, ...rest } = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
  return rest;
}

test('rotation ends when it is disabled', async () => {
  const KeyId = await createKey(kms);
  await kms.send(new EnableKeyRotationCommand({ KeyId }));
  assert.equal((await status(KeyId)).RotationPeriodInDays, 365);
  await kms.send(new DisableKeyRotationCommand({ KeyId }));
  const before = await current(KeyId);
  await ringwall.advance(400 * day);
  assert.equal(await current(KeyId), before);
  const rsa = await createKey(kms, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
  await refused(kms.send(new EnableKeyRotationCommand({ KeyId: rsa })), 'UnsupportedOperationException');
  await refused(kms.send(new RotateKeyOnDemandCommand({ KeyId: rsa })), 'UnsupportedOperationException');
});

test('on-demand rotation, 25 times', async () => {
  const KeyId = await createKey(kms);
  const old = await encrypt(KeyId);
  for (let i = 0; i < 25; i++) {
    assert.equal((await kms.send(new RotateKeyOnDemandCommand({ KeyId }))).KeyId, arnOf(KeyId));
  }
  await refused(
    kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arnOf(KeyId)}`,
  );
  await decrypts(old);
  const { Rotations } = await kms.send(new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }));
  assert.equal(Rotations?.length, 26);
  assert.equal(new Set(Rotations?.map(({ KeyMaterialId }) => KeyMaterialId)).size, 26);
  await kms.send(new DisableKeyCommand({ KeyId }));
  await refused(kms.send(new RotateKeyOnDemandCommand({ KeyId })), 'DisabledException', `${arnOf(KeyId)} is disabled.`);
});

type ImportOptions = {
  readonly type?: ImportType;
  readonly validTo?: Date;
  readonly client?: KMSClient;
  readonly id?: string;
};

/** Wraps material the way a client does, and imports it. */
async function importMaterial(
  KeyId: string,
  material: Uint8Array,
  { type, validTo, client = kms, id }: ImportOptions = {},
) {
  const WrappingAlgorithm = 'RSA_AES_KEY_WRAP_SHA_256' as const;
  const { ImportToken, PublicKey } = await client.send(
    new GetParametersForImportCommand({ KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' }),
  );
  const aes = randomBytes(32);
  const wrap = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
  const key = { key: Buffer.from(PublicKey ?? []), format: 'der' as const, type: 'spki' as const };
  const wrapped = publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, aes);
  const EncryptedKeyMaterial = Buffer.concat([wrapped, wrap.update(material), wrap.final()]);
  const ExpirationModel: ExpirationModelType =
    validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES';
  return client.send(
    new ImportKeyMaterialCommand({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial,
      ExpirationModel,
      ...(validTo === undefined ? {} : { ValidTo: validTo }),
      ...(type === undefined ? {} : { ImportType: type }),
      ...(id === undefined ? {} : { KeyMaterialId: id }),
    }),
  );
}

test('imported symmetric material: before, after, deleted, back again', async () => {
  const KeyId = await createKey(kms, { Origin: 'EXTERNAL' });
  const material = randomBytes(32);
  assert.equal(await stateOf(KeyId), 'PendingImport');
  await refused(encrypt(KeyId), 'KMSInvalidStateException', `${arnOf(KeyId)} is pending import.`);
  await refused(
    kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    'KMSInvalidStateException',
    `${arnOf(KeyId)} is pending import.`,
  );
  const imported = await importMaterial(KeyId, material);
  assert.equal(imported.KeyId, arnOf(KeyId));
  assert.equal(await stateOf(KeyId), 'Enabled');
  assert.equal(await current(KeyId), imported.KeyMaterialId);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  assert.equal(KeyMetadata?.ExpirationModel, 'KEY_MATERIAL_DOES_NOT_EXPIRE');
  const old = await encrypt(KeyId);
  await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
  await refused(encrypt(KeyId), 'KMSInvalidStateException', `${arnOf(KeyId)} is pending import.`);
  const deleted = (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  assert.equal(deleted?.CurrentKeyMaterialId, imported.KeyMaterialId);
  assert.equal(deleted?.ExpirationModel, undefined);
  await refused(importMaterial(KeyId, randomBytes(32)), 'IncorrectKeyMaterialException');
  assert.equal((await importMaterial(KeyId, material)).KeyMaterialId, imported.KeyMaterialId);
  await decrypts(old);
  await refused(
    kms.send(new EnableKeyRotationCommand({ KeyId })),
    'UnsupportedOperationException',
    `${arnOf(KeyId)} origin is EXTERNAL which is not valid for this operation.`,
  );
  await refused(
    kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${arnOf(KeyId)}.`,
  );
});

test('imported material expires', async () => {
  const KeyId = await createKey(kms, { Origin: 'EXTERNAL' });
  const material = randomBytes(32);
  const validTo = new Date(ringwall.installation.clock.now() + 10 * day);
  await importMaterial(KeyId, material, { validTo });
  assert.equal(
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.ExpirationModel,
    'KEY_MATERIAL_EXPIRES',
  );
  const old = await encrypt(KeyId);
  await ringwall.advance(11 * day);
  assert.equal(await stateOf(KeyId), 'PendingImport');
  await importMaterial(KeyId, material);
  await decrypts(old);
});

test('several imported materials, rotated on demand', async () => {
  const KeyId = await createKey(kms, { Origin: 'EXTERNAL' });
  const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const first = await importMaterial(KeyId, one);
  const old = await encrypt(KeyId);
  const second = await importMaterial(KeyId, two, { type: 'NEW_KEY_MATERIAL' });
  assert.equal(await current(KeyId), first.KeyMaterialId, 'pending, not current');
  await assert.rejects(
    importMaterial(KeyId, three, { type: 'NEW_KEY_MATERIAL' }),
    new RegExp(
      `cannot be imported into KMS key ${arnOf(KeyId)}, because another key material \\(id: ${second.KeyMaterialId}\\) is pending rotation\\.`,
    ),
  );
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
  assert.equal(await current(KeyId), second.KeyMaterialId);
  await decrypts(old);
  await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: first.KeyMaterialId }));
  assert.equal(await stateOf(KeyId), 'PendingImport', 'any missing material makes the key unusable');
  await refused(importMaterial(KeyId, one, { id: second.KeyMaterialId ?? '' }), 'IncorrectKeyMaterialException');
  await importMaterial(KeyId, one);
  await decrypts(old);
  const { Rotations } = await kms.send(new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }));
  assert.deepEqual(
    Rotations?.map((each) => [each.KeyMaterialState, each.ImportState, each.RotationType]),
    [
      ['NON_CURRENT', 'IMPORTED', undefined],
      ['CURRENT', 'IMPORTED', 'ON_DEMAND'],
    ],
  );
});

test('tokens: of another key, expired, damaged; wrong material', async () => {
  const [a, b] = [await createKey(kms, { Origin: 'EXTERNAL' }), await createKey(kms, { Origin: 'EXTERNAL' })];
  const parameters = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
  const { ImportToken, PublicKey } = await kms.send(new GetParametersForImportCommand({ KeyId: a, ...parameters }));
  const key = { key: Buffer.from(PublicKey ?? []), format: 'der' as const, type: 'spki' as const };
  const wrap = (bytes: Buffer) =>
    publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes);
  const send = (KeyId: string, EncryptedKeyMaterial: Uint8Array, token = ImportToken) =>
    kms.send(
      new ImportKeyMaterialCommand({
        KeyId,
        ImportToken: token,
        EncryptedKeyMaterial,
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      }),
    );
  await refused(send(b, wrap(randomBytes(32))), 'InvalidImportTokenException');
  await refused(send(a, wrap(randomBytes(32)), Buffer.from('no')), 'InvalidImportTokenException');
  await refused(send(a, randomBytes(256)), 'InvalidCiphertextException');
  await refused(send(a, wrap(randomBytes(31))), 'IncorrectKeyMaterialException');
  const expiring = new ImportKeyMaterialCommand({ KeyId: a, ImportToken, EncryptedKeyMaterial: wrap(randomBytes(32)) });
  await refused(
    kms.send(expiring),
    'ValidationException',
    'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
  );
  await ringwall.advance(day + 1_000);
  await refused(send(a, wrap(randomBytes(32))), 'ExpiredImportTokenException');
  const own = await createKey(kms);
  await refused(
    kms.send(new GetParametersForImportCommand({ KeyId: own, ...parameters })),
    'UnsupportedOperationException',
    `${arnOf(own)} origin is AWS_KMS which is not valid for this operation.`,
  );
  const rsa = await createKey(kms, { Origin: 'EXTERNAL', KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
  await refused(kms.send(new GetParametersForImportCommand({ KeyId: rsa, ...parameters })), 'ValidationException');
  await refused(
    kms.send(new GetParametersForImportCommand({ KeyId: a, ...parameters, WrappingAlgorithm: 'RSAES_PKCS1_V1_5' })),
    'UnsupportedOperationException',
  );
});

test('imported key pairs sign', async () => {
  const KeyId = await createKey(kms, { Origin: 'EXTERNAL', KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await importMaterial(KeyId, privateKey.export({ format: 'der', type: 'pkcs8' }));
  const request = { KeyId, Message: Plaintext, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' } as const;
  const { Signature } = await kms.send(new SignCommand(request));
  assert.equal((await kms.send(new VerifyCommand({ ...request, Signature }))).SignatureValid, true);
  const { verify } = await import('node:crypto');
  assert.ok(verify('sha256', Plaintext, publicKey, Signature ?? new Uint8Array()));
});

test('a multi-Region key: one material, two Regions', async () => {
  const KeyId = await createKey(kms, { MultiRegion: true, Description: 'primary' });
  assert.match(KeyId, /^mrk-[0-9a-f]{32}$/);
  await refused(
    ireland.send(new DescribeKeyCommand({ KeyId })),
    'NotFoundException',
    `Key '${arnOf(KeyId, 'eu-west-1')}' does not exist`,
  );
  const old = await encrypt(KeyId);
  const made = await kms.send(
    new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1', Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
  );
  assert.equal(made.ReplicaKeyMetadata?.KeyState, 'Creating');
  assert.equal(made.ReplicaKeyMetadata?.CurrentKeyMaterialId, undefined);
  const replica = (await ireland.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  assert.equal(replica?.KeyState, 'Enabled');
  assert.equal(replica?.Description, '');
  assert.deepEqual(replica?.MultiRegionConfiguration, {
    MultiRegionKeyType: 'REPLICA',
    PrimaryKey: { Arn: arnOf(KeyId), Region: 'us-east-1' },
    ReplicaKeys: [{ Arn: arnOf(KeyId, 'eu-west-1'), Region: 'eu-west-1' }],
  });
  await decrypts(old, ireland);
  await decrypts(await encrypt(KeyId, ireland));
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
  assert.equal(await current(KeyId), await current(KeyId, ireland));
  await decrypts(await encrypt(KeyId, ireland));
  await decrypts(old, ireland);
  await refused(kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' })), 'AlreadyExistsException');
  for (const ReplicaRegion of ['cn-north-1', 'xx-yy-9']) {
    await refused(kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion })), 'UnsupportedOperationException');
  }
  await refused(
    ireland.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-west-2' })),
    'UnsupportedOperationException',
    `${arnOf(KeyId, 'eu-west-1')} is not a multi-region primary key.`,
  );
  await refused(ireland.send(new RotateKeyOnDemandCommand({ KeyId })), 'UnsupportedOperationException');
});

test('the primary moves, and takes the rotation along', async () => {
  const KeyId = await createKey(kms, { MultiRegion: true });
  await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
  await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 100 }));
  assert.equal((await status(KeyId, ireland)).RotationPeriodInDays, 100);
  await refused(kms.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'us-west-2' })), 'NotFoundException');
  await kms.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'eu-west-1' }));
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  assert.equal(KeyMetadata?.MultiRegionConfiguration?.MultiRegionKeyType, 'REPLICA');
  const before = await current(KeyId);
  await ringwall.advance(101 * day);
  assert.notEqual(await current(KeyId), before);
  assert.equal(await current(KeyId), await current(KeyId, ireland));
});

test('a primary waits for its replicas to be deleted', async () => {
  const KeyId = await createKey(kms, { MultiRegion: true });
  await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  assert.equal(scheduled.KeyState, 'PendingReplicaDeletion');
  assert.equal(scheduled.DeletionDate, undefined);
  await kms.send(new CancelKeyDeletionCommand({ KeyId }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await ringwall.advance(8 * day);
  assert.equal(await stateOf(KeyId), 'PendingReplicaDeletion');
  await ireland.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await ringwall.advance(7 * day + 1_000);
  assert.equal(await stateOf(KeyId), 'PendingDeletion');
  await ringwall.advance(7 * day + 1_000);
  await refused(stateOf(KeyId), 'NotFoundException');
});

test('imported multi-Region material comes into each Region by its owner', async () => {
  const KeyId = await createKey(kms, { MultiRegion: true, Origin: 'EXTERNAL' });
  const [one, two] = [randomBytes(32), randomBytes(32)];
  await importMaterial(KeyId, one);
  await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
  assert.equal(await stateOf(KeyId, ireland), 'PendingImport');
  await importMaterial(KeyId, one, { client: ireland });
  await decrypts(await encrypt(KeyId), ireland);
  await refused(
    importMaterial(KeyId, two, { client: ireland, type: 'NEW_KEY_MATERIAL' }),
    'UnsupportedOperationException',
  );
  await importMaterial(KeyId, two, { type: 'NEW_KEY_MATERIAL' });
  const list = async () =>
    (await kms.send(new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }))).Rotations?.at(-1)
      ?.KeyMaterialState;
  assert.equal(await list(), 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
  await refused(kms.send(new RotateKeyOnDemandCommand({ KeyId })), 'KMSInvalidStateException');
  assert.equal(await stateOf(KeyId, ireland), 'Enabled');
  await importMaterial(KeyId, two, { client: ireland, type: 'EXISTING_KEY_MATERIAL' });
  assert.equal(await list(), 'PENDING_ROTATION');
  await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
  await decrypts(await encrypt(KeyId), ireland);
});
