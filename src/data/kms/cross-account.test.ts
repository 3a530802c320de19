import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  RetireGrantCommand,
} from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { refused } from './client-for-tests.ts';

const [owner, guest] = ['111122223333', '444455556666'];
const Plaintext = Buffer.from('shared');

let ringwall: Ringwall;
let theirs: KMSClient;
let ours: KMSClient;
let arn: string;

/** In open mode a 12-digit access key id is the root of that account. */
const rootOf = (account: string) => new KMSClient(ringwall.as({ accessKeyId: account, secretAccessKey: 'any' }));

before(async () => {
  ringwall = await startRingwall({ auth: 'open' });
  theirs = rootOf(owner);
  ours = rootOf(guest);
  const statement = (account: string, Action: string | string[]) => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action,
    Resource: '*',
  });
  const Statement = [
    statement(owner, 'kms:*'),
    statement(guest, ['kms:Encrypt', 'kms:Decrypt', 'kms:DisableKey', 'kms:CreateGrant']),
  ];
  const { KeyMetadata } = await theirs.send(
    new CreateKeyCommand({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );
  arn = KeyMetadata?.Arn ?? '';
  await theirs.send(new CreateAliasCommand({ AliasName: 'alias/shared', TargetKeyId: arn }));
});
after(() => ringwall.stop());

test('a key policy lets another account use the key, by key ARN and alias ARN', async () => {
  const { CiphertextBlob, KeyId } = await ours.send(new EncryptCommand({ KeyId: arn, Plaintext }));
  assert.equal(KeyId, arn);
  await ours.send(new EncryptCommand({ KeyId: arn.replace(/key\/.*/, 'alias/shared'), Plaintext }));
  const decrypted = await ours.send(new DecryptCommand({ CiphertextBlob }));
  assert.equal(Buffer.from(decrypted.Plaintext ?? []).toString(), 'shared');
  await theirs.send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/shared' }));
});

test('a bare key id or alias is looked for in the own account', async () => {
  await refused(ours.send(new EncryptCommand({ KeyId: arn.replace(/.*key\//, ''), Plaintext })), 'NotFoundException');
  await refused(ours.send(new EncryptCommand({ KeyId: 'alias/shared', Plaintext })), 'NotFoundException');
});

test('what the policy does not allow is denied, and management stays with the owner', async () => {
  await refused(ours.send(new DescribeKeyCommand({ KeyId: arn })), 'AccessDeniedException');
  await refused(ours.send(new DisableKeyCommand({ KeyId: arn })), 'AccessDeniedException');
  assert.equal((await theirs.send(new DescribeKeyCommand({ KeyId: arn }))).KeyMetadata?.KeyState, 'Enabled');
});

test('grants across accounts are found and retired by the retiring principal', async () => {
  const RetiringPrincipal = `arn:aws:iam::${guest}:root`;
  const { GrantId } = await ours.send(
    new CreateGrantCommand({
      KeyId: arn,
      GranteePrincipal: RetiringPrincipal,
      RetiringPrincipal,
      Operations: ['DescribeKey'],
    }),
  );
  const { Grants } = await ours.send(new ListRetirableGrantsCommand({ RetiringPrincipal }));
  assert.deepEqual(
    Grants?.map((grant) => [grant.GrantId, grant.KeyId]),
    [[GrantId, arn]],
  );
  await ours.send(new DescribeKeyCommand({ KeyId: arn }));
  await ours.send(new RetireGrantCommand({ KeyId: arn, GrantId }));
  assert.deepEqual((await theirs.send(new ListGrantsCommand({ KeyId: arn }))).Grants, []);
});
