import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';

let ringwall: Ringwall;
let root: KMSClient;

before(async () => {
  ringwall = await startRingwall();
  root = new KMSClient(ringwall.client);
});
after(() => ringwall.stop());

const Plaintext = Buffer.from('x');

/** A user with an inline policy of these statements. */
async function user(name: string, ...statements: object[]) {
  const iam = new IAMClient(ringwall.client);
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return {
    arn: `arn:aws:iam::${ringwall.account}:user/${name}`,
    credentials,
    kms: new KMSClient(ringwall.as(credentials)),
  };
}

const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });

test('identity policies count through the default key policy, and conditions see request and key', async () => {
  const KeyId = await createKey(root, { Tags: [{ TagKey: 'team', TagValue: 'a' }] });
  await root.send(new CreateAliasCommand({ AliasName: 'alias/of-a', TargetKeyId: KeyId }));
  const none = await user('none');
  await refused(none.kms.send(new EncryptCommand({ KeyId, Plaintext })), 'AccessDeniedException');
  const context = await user(
    'context',
    allow('kms:Encrypt', { Condition: { StringEquals: { 'kms:EncryptionContext:dept': 'it' } } }),
  );
  await context.kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { dept: 'it' } }));
  await refused(context.kms.send(new EncryptCommand({ KeyId, Plaintext })), 'AccessDeniedException');
  const tagged = await user(
    'tagged',
    allow('kms:Encrypt', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } }),
  );
  await tagged.kms.send(new EncryptCommand({ KeyId, Plaintext }));
  await refused(
    tagged.kms.send(new EncryptCommand({ KeyId: await createKey(root), Plaintext })),
    'AccessDeniedException',
  );
  const alias = await user(
    'alias',
    allow('kms:Encrypt', { Condition: { StringEquals: { 'kms:RequestAlias': 'alias/of-a' } } }),
  );
  await alias.kms.send(new EncryptCommand({ KeyId: 'alias/of-a', Plaintext }));
  await refused(alias.kms.send(new EncryptCommand({ KeyId, Plaintext })), 'AccessDeniedException');
  const aliases = await user(
    'aliases',
    allow('kms:Encrypt', { Condition: { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/of-*' } } }),
  );
  await aliases.kms.send(new EncryptCommand({ KeyId, Plaintext }));
  const spec = await user(
    'spec',
    allow('kms:CreateKey', { Condition: { StringEquals: { 'kms:KeySpec': 'RSA_2048' } } }),
  );
  await refused(spec.kms.send(new CreateKeyCommand({})), 'AccessDeniedException');
  await spec.kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }));
  await refused(
    spec.kms.send(
      new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
    ),
    'AccessDeniedException',
  );
});

test('a policy can spare keys that were used lately', async () => {
  const [used, idle] = [await createKey(root), await createKey(root)];
  await ringwall.advance(31 * 86_400_000);
  await root.send(new EncryptCommand({ KeyId: used, Plaintext }));
  const condition = { Condition: { NumericGreaterThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '30' } } };
  const cleaner = await user('cleaner', allow('kms:DisableKey', condition));
  await refused(cleaner.kms.send(new DisableKeyCommand({ KeyId: used })), 'AccessDeniedException');
  await cleaner.kms.send(new DisableKeyCommand({ KeyId: idle }));
});

test('ReEncrypt asks for both sides', async () => {
  const [a, b] = [await createKey(root), await createKey(root)];
  const arn = (id: string) => `arn:aws:kms:us-east-1:${ringwall.account}:key/${id}`;
  const { CiphertextBlob } = await root.send(new EncryptCommand({ KeyId: a, Plaintext }));
  const from = await user('from', { Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: arn(a) });
  await refused(from.kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: b })), 'AccessDeniedException');
  const both = await user(
    'both',
    { Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: arn(a) },
    { Effect: 'Allow', Action: 'kms:ReEncryptTo', Resource: arn(b) },
  );
  await both.kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: b }));
  await refused(both.kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: a })), 'AccessDeniedException');
});

test('key policies: default, put, lockout', async () => {
  const KeyId = await createKey(root);
  assert.deepEqual((await root.send(new ListKeyPoliciesCommand({ KeyId }))).PolicyNames, ['default']);
  const { Policy } = await root.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  assert.equal(JSON.parse(Policy ?? '').Statement[0].Sid, 'Enable IAM User Permissions');
  const ann = await user('ann');
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const forAnn = { Effect: 'Allow', Principal: { AWS: ann.arn }, Action: 'kms:Encrypt', Resource: '*' };
  const lockout = 'The new key policy will not allow you to update the key policy in the future.';
  await refused(
    root.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(forAnn) })),
    'MalformedPolicyDocumentException',
    lockout,
  );
  await refused(
    root.send(new CreateKeyCommand({ Policy: policy(forAnn) })),
    'MalformedPolicyDocumentException',
    lockout,
  );
  await refused(root.send(new PutKeyPolicyCommand({ KeyId, Policy: '{' })), 'MalformedPolicyDocumentException');
  const nobody = { ...forAnn, Principal: { AWS: `arn:aws:iam::${ringwall.account}:user/nobody` } };
  await refused(
    root.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(nobody), BypassPolicyLockoutSafetyCheck: true })),
    'MalformedPolicyDocumentException',
  );
  await refused(ann.kms.send(new EncryptCommand({ KeyId, Plaintext })), 'AccessDeniedException');
  await root.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(forAnn), BypassPolicyLockoutSafetyCheck: true }));
  await ann.kms.send(new EncryptCommand({ KeyId, Plaintext }));
  await refused(root.send(new DescribeKeyCommand({ KeyId })), 'AccessDeniedException');
});

test('grants give, constrain, and end', async () => {
  const KeyId = await createKey(root);
  const [bob, eve] = [await user('bob'), await user('eve')];
  const { CiphertextBlob } = await root.send(
    new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { dept: 'it' } }),
  );
  const decrypt = (client: KMSClient, dept = 'it') =>
    client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { dept } }));
  await refused(decrypt(bob.kms), 'AccessDeniedException');
  const input = {
    KeyId,
    GranteePrincipal: bob.arn,
    RetiringPrincipal: eve.arn,
    Operations: ['Decrypt', 'DescribeKey', 'CreateGrant'] as const,
    Constraints: { EncryptionContextSubset: { dept: 'it' } },
    Name: 'g1',
  };
  const granted = await root.send(new CreateGrantCommand({ ...input, Operations: [...input.Operations] }));
  assert.match(granted.GrantId ?? '', /^[0-9a-f]{64}$/);
  await decrypt(bob.kms);
  await bob.kms.send(new DescribeKeyCommand({ KeyId, GrantTokens: [granted.GrantToken ?? ''] }));
  await refused(decrypt(eve.kms), 'AccessDeniedException');
  await refused(
    bob.kms.send(new DescribeKeyCommand({ KeyId, GrantTokens: ['bm90IGEgdG9rZW4='] })),
    'InvalidGrantTokenException',
  );
  const again = await root.send(new CreateGrantCommand({ ...input, Operations: [...input.Operations] }));
  assert.equal(again.GrantId, granted.GrantId);
  assert.notEqual(again.GrantToken, granted.GrantToken);

  const child = (Operations: ('Decrypt' | 'Encrypt')[], dept?: string) =>
    bob.kms.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: eve.arn,
        Operations,
        ...(dept === undefined ? {} : { Constraints: { EncryptionContextEquals: { dept } } }),
      }),
    );
  await refused(child(['Decrypt']), 'AccessDeniedException');
  await refused(child(['Encrypt'], 'it'), 'AccessDeniedException');
  const made = await child(['Decrypt'], 'it');
  await decrypt(eve.kms);

  const { Grants } = await root.send(new ListGrantsCommand({ KeyId }));
  assert.equal(Grants?.length, 2);
  const first = Grants?.find(({ GrantId }) => GrantId === granted.GrantId);
  assert.equal(first?.IssuingAccount, `arn:aws:iam::${ringwall.account}:root`);
  assert.deepEqual(first?.Constraints, { EncryptionContextSubset: { dept: 'it' } });
  const mine = await root.send(new ListGrantsCommand({ KeyId, GranteePrincipal: eve.arn }));
  assert.deepEqual(
    mine.Grants?.map(({ GrantId }) => GrantId),
    [made.GrantId],
  );
  await root.send(new RevokeGrantCommand({ KeyId, GrantId: made.GrantId }));
  await refused(decrypt(eve.kms), 'AccessDeniedException');

  const retirable = await root.send(new ListRetirableGrantsCommand({ RetiringPrincipal: eve.arn }));
  assert.deepEqual(
    retirable.Grants?.map(({ GrantId }) => GrantId),
    [granted.GrantId],
  );
  await refused(bob.kms.send(new RetireGrantCommand({ KeyId, GrantId: granted.GrantId })), 'AccessDeniedException');
  await refused(
    eve.kms.send(new RetireGrantCommand({ GrantToken: granted.GrantToken, DryRun: true })),
    'DryRunOperationException',
  );
  await eve.kms.send(new RetireGrantCommand({ GrantToken: granted.GrantToken }));
  await refused(decrypt(bob.kms), 'AccessDeniedException');
  assert.deepEqual((await root.send(new ListGrantsCommand({ KeyId }))).Grants, []);
  assert.deepEqual((await root.send(new ListRetirableGrantsCommand({ RetiringPrincipal: eve.arn }))).Grants, []);
  await refused(root.send(new RevokeGrantCommand({ KeyId, GrantId: granted.GrantId })), 'NotFoundException');
});

test('grants that a key cannot carry', async () => {
  const KeyId = await createKey(root);
  const base = { KeyId, GranteePrincipal: `arn:aws:iam::${ringwall.account}:root` };
  await refused(root.send(new CreateGrantCommand({ ...base, Operations: ['Sign'] })), 'ValidationException');
  await refused(
    root.send(new CreateGrantCommand({ ...base, GranteePrincipal: 'nobody', Operations: ['Decrypt'] })),
    'InvalidArnException',
  );
  await refused(
    root.send(new CreateGrantCommand({ ...base, Operations: ['Decrypt'], DryRun: true })),
    'DryRunOperationException',
  );
  assert.deepEqual((await root.send(new ListGrantsCommand({ KeyId }))).Grants, []);
});

test('the AWS managed key of a service: made on first use, usable through the service only', async () => {
  const ssm = new SSMClient(ringwall.client);
  await refused(root.send(new EncryptCommand({ KeyId: 'alias/aws/ssm', Plaintext })), 'NotFoundException');
  await ssm.send(new PutParameterCommand({ Name: '/a', Type: 'SecureString', Value: 'secret' }));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a', WithDecryption: true }));
  assert.equal(Parameter?.Value, 'secret');
  const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId: 'alias/aws/ssm' }));
  assert.equal(KeyMetadata?.KeyManager, 'AWS');
  assert.equal(KeyMetadata?.KeyState, 'Enabled');
  await refused(root.send(new EncryptCommand({ KeyId: 'alias/aws/ssm', Plaintext })), 'AccessDeniedException');
  const reader = await user('reader', allow(['ssm:GetParameter', 'kms:Decrypt']));
  const theirs = new SSMClient(ringwall.as(reader.credentials));
  assert.equal(
    (await theirs.send(new GetParameterCommand({ Name: '/a', WithDecryption: true }))).Parameter?.Value,
    'secret',
  );
});

test('DescribeKey on a predefined alias makes its key', async () => {
  const first = await root.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }));
  const second = await root.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }));
  assert.equal(first.KeyMetadata?.KeyId, second.KeyMetadata?.KeyId);
  await refused(root.send(new DescribeKeyCommand({ KeyId: 'alias/aws/nothing' })), 'NotFoundException');
});

test('ViaService limits a customer key to a service', async () => {
  const KeyId = await createKey(root);
  const via = await user(
    'via',
    allow('ssm:*'),
    allow('kms:*', { Condition: { StringEquals: { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' } } }),
  );
  await refused(via.kms.send(new EncryptCommand({ KeyId, Plaintext })), 'AccessDeniedException');
  const ssm = new SSMClient(ringwall.as(via.credentials));
  await ssm.send(new PutParameterCommand({ Name: '/b', Type: 'SecureString', Value: 'secret', KeyId }));
});
