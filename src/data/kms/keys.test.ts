import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ListRetirableGrantsCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';

let ringwall: Ringwall;
let kms: KMSClient;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMSClient(ringwall.client);
});
after(() => ringwall.stop());

const day = 86_400_000;

test('a symmetric key, as recorded from AWS', async () => {
  const { KeyMetadata: created } = await kms.send(new CreateKeyCommand({ Description: 'test key 123' }));
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: created?.KeyId }));
  assert.deepEqual(key, created);
  assert.match(key?.CurrentKeyMaterialId ?? '', /^[0-9a-f]{64}$/);
  const { CreationDate, CurrentKeyMaterialId, KeyId, Arn, ...rest } = key ?? { KeyId: '' };
  assert.equal(Arn, `arn:aws:kms:us-east-1:${ringwall.account}:key/${KeyId}`);
  assert.deepEqual(rest, {
    AWSAccountId: ringwall.account,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    Description: 'test key 123',
    Enabled: true,
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyState: 'Enabled',
    KeyUsage: 'ENCRYPT_DECRYPT',
    MultiRegion: false,
    Origin: 'AWS_KMS',
  });
});

test('other specs', async () => {
  const { KeyMetadata: hmac } = await kms.send(
    new CreateKeyCommand({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
  );
  assert.deepEqual(hmac?.MacAlgorithms, ['HMAC_SHA_256']);
  assert.equal(hmac?.CurrentKeyMaterialId, undefined);
  const { KeyMetadata: mlDsa } = await kms.send(
    new CreateKeyCommand({ KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY' }),
  );
  assert.deepEqual(mlDsa?.SigningAlgorithms, ['ML_DSA_SHAKE_256']);
  await refused(
    kms.send(new CreateKeyCommand({ KeySpec: 'HMAC_256' })),
    'ValidationException',
    'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
  );
  await refused(
    kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' })),
    'ValidationException',
    'KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
  );
  await refused(
    kms.send(new CreateKeyCommand({ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' })),
    'UnsupportedOperationException',
  );
  await refused(
    kms.send(new CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1' })),
    'UnsupportedOperationException',
  );
});

test('keys that are not there', async () => {
  const describe = (KeyId: string) => kms.send(new DescribeKeyCommand({ KeyId }));
  const id = '134f2428-cec1-4b25-a1ae-9048164dba47';
  const arn = `arn:aws:kms:us-east-1:${ringwall.account}:key/${id}`;
  await refused(describe('fake-key-id'), 'NotFoundException', "Invalid keyId 'fake-key-id'");
  await refused(describe(id), 'NotFoundException', `Key '${arn}' does not exist`);
  await refused(describe(arn), 'NotFoundException', `Key '${arn}' does not exist`);
  await refused(describe(arn.replace('us-east-1', 'eu-west-1')), 'NotFoundException', 'Invalid arn eu-west-1');
  await refused(
    describe('alias/none'),
    'NotFoundException',
    `Alias arn:aws:kms:us-east-1:${ringwall.account}:alias/none is not found.`,
  );
});

test('another account does not learn whether a key is there', async () => {
  const arn = 'arn:aws:kms:us-east-1:999999999999:key/134f2428-cec1-4b25-a1ae-9048164dba47';
  await refused(kms.send(new DescribeKeyCommand({ KeyId: arn })), 'AccessDeniedException');
});

test('lists go page by page', async () => {
  for (let i = 0; i < 3; i++) await createKey(kms);
  const all: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await kms.send(new ListKeysCommand({ Limit: 2, ...(Marker === undefined ? {} : { Marker }) }));
    all.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId ?? ''));
    Marker = page.NextMarker;
    assert.equal(page.Truncated, Marker !== undefined);
  } while (Marker !== undefined);
  assert.ok(all.length >= 3);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(
    (await kms.send(new ListKeysCommand({}))).Keys?.map(({ KeyId }) => KeyId),
    all,
  );
  await refused(kms.send(new ListKeysCommand({ Marker: 'nonsense' })), 'InvalidMarkerException');
});

test('enable, disable, describe', async () => {
  const KeyId = await createKey(kms);
  await kms.send(new DisableKeyCommand({ KeyId }));
  const Plaintext = Buffer.from('x');
  const arn = `arn:aws:kms:us-east-1:${ringwall.account}:key/${KeyId}`;
  await refused(kms.send(new EncryptCommand({ KeyId, Plaintext })), 'DisabledException', `${arn} is disabled.`);
  await kms.send(new EnableKeyCommand({ KeyId }));
  await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'new' }));
  assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description, 'new');
});

test('tags', async () => {
  const KeyId = await createKey(kms, { Tags: [{ TagKey: 'tag1', TagValue: 'value1' }] });
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'tag2', TagValue: 'value2' }] }));
  const list = async () => (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags;
  assert.deepEqual(await list(), [
    { TagKey: 'tag1', TagValue: 'value1' },
    { TagKey: 'tag2', TagValue: 'value2' },
  ]);
  await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['tag1', 'absent'] }));
  assert.deepEqual(await list(), [{ TagKey: 'tag2', TagValue: 'value2' }]);
  const tag = (TagKey: string) => ({ TagKey, TagValue: 'v' });
  await refused(
    kms.send(new TagResourceCommand({ KeyId, Tags: [tag('aws:x')] })),
    'TagException',
    'Tags beginning with aws: are reserved',
  );
  await refused(
    kms.send(new TagResourceCommand({ KeyId, Tags: [tag('a'), tag('a')] })),
    'TagException',
    'Duplicate tag keys',
  );
  const many = Array.from({ length: 51 }, (_, i) => tag(`k${i}`));
  await refused(kms.send(new CreateKeyCommand({ Tags: many })), 'TagException', 'Too many tags');
});

test('aliases', async () => {
  const [a, b] = [await createKey(kms), await createKey(kms)];
  const AliasName = 'alias/app/main';
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: a }));
  const described = async (KeyId: string) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyId;
  assert.equal(await described(AliasName), a);
  assert.equal(await described(`arn:aws:kms:us-east-1:${ringwall.account}:${AliasName}`), a);
  await refused(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: b })), 'AlreadyExistsException');
  await refused(kms.send(new CreateAliasCommand({ AliasName: 'foo', TargetKeyId: b })), 'ValidationException');
  await refused(
    kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/foo', TargetKeyId: b })),
    'NotAuthorizedException',
  );
  await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: b }));
  assert.equal(await described(AliasName), b);
  const hmac = await createKey(kms, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  await refused(kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: hmac })), 'ValidationException');
  const listed = await kms.send(new ListAliasesCommand({ KeyId: b }));
  assert.deepEqual(
    listed.Aliases?.map((entry) => [entry.AliasName, entry.TargetKeyId]),
    [[AliasName, b]],
  );
  assert.deepEqual((await kms.send(new ListAliasesCommand({ KeyId: a }))).Aliases, []);
  await kms.send(new DeleteAliasCommand({ AliasName }));
  await refused(kms.send(new DescribeKeyCommand({ KeyId: AliasName })), 'NotFoundException');
  await refused(kms.send(new DeleteAliasCommand({ AliasName })), 'NotFoundException');
});

test('a key is deleted at the end of its window, with all that belongs to it', async () => {
  const KeyId = await createKey(kms);
  const arn = `arn:aws:kms:us-east-1:${ringwall.account}:key/${KeyId}`;
  const root = `arn:aws:iam::${ringwall.account}:root`;
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: KeyId }));
  await kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: root, RetiringPrincipal: root, Operations: ['Decrypt'] }),
  );
  await refused(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 6 })), 'ValidationException');
  await refused(
    kms.send(new CancelKeyDeletionCommand({ KeyId })),
    'KMSInvalidStateException',
    `${arn} is not pending deletion.`,
  );
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  assert.equal(scheduled.KeyState, 'PendingDeletion');
  assert.equal(scheduled.KeyId, arn);
  const Plaintext = Buffer.from('x');
  await refused(
    kms.send(new EncryptCommand({ KeyId, Plaintext })),
    'KMSInvalidStateException',
    `${arn} is pending deletion.`,
  );
  assert.equal((await kms.send(new CancelKeyDeletionCommand({ KeyId }))).KeyId, arn);
  assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState, 'Disabled');
  await ringwall.advance(8 * day);
  assert.equal(
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState,
    'Disabled',
    'cancelled is cancelled',
  );
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await ringwall.advance(6 * day);
  assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState, 'PendingDeletion');
  await ringwall.advance(day + 1_000);
  await refused(kms.send(new DescribeKeyCommand({ KeyId })), 'NotFoundException', `Key '${arn}' does not exist`);
  await refused(kms.send(new DescribeKeyCommand({ KeyId: 'alias/doomed' })), 'NotFoundException');
  assert.deepEqual((await kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: root }))).Grants, []);
});

test('the last use', async () => {
  const KeyId = await createKey(kms);
  assert.equal((await kms.send(new GetKeyLastUsageCommand({ KeyId }))).KeyLastUsage, undefined);
  await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  const used = await kms.send(new GetKeyLastUsageCommand({ KeyId }));
  assert.equal(used.KeyLastUsage?.Operation, 'Encrypt');
  assert.ok(used.KeyLastUsage?.Timestamp);
  await refused(
    kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), DryRun: true })),
    'DryRunOperationException',
  );
});
