import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { STS } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey, refused } from './client-for-tests.ts';

/** A grant is for the user or role that had the name when it was made, not for the name. */

let ringwall: Ringwall;
let kms: KMS;
let iam: IAM;
let KeyId: string;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMS(ringwall.client);
  iam = new IAM(ringwall.client);
  KeyId = await createKey(kms);
});
after(() => ringwall.stop());

async function newUser(UserName: string): Promise<{ readonly arn: string; readonly id: string; readonly kms: KMS }> {
  const { User } = await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { arn: User?.Arn ?? '', id: User?.UserId ?? '', kms: new KMS(ringwall.as(credentials)) };
}

async function deleteUser(UserName: string): Promise<void> {
  for (const { AccessKeyId } of (await iam.listAccessKeys({ UserName })).AccessKeyMetadata ?? []) {
    await iam.deleteAccessKey({ UserName, AccessKeyId });
  }
  await iam.deleteUser({ UserName });
}

const trust = () =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: ringwall.account }, Action: 'sts:AssumeRole' }],
  });

async function newRole(RoleName: string): Promise<{ readonly arn: string; readonly id: string }> {
  const { Role } = await iam.createRole({ RoleName, Path: '/jobs/', AssumeRolePolicyDocument: trust() });
  return { arn: Role?.Arn ?? '', id: Role?.RoleId ?? '' };
}

let openers = 0;

/** A session of the role, opened by a user made for it. */
async function sessionOf(RoleArn: string): Promise<KMS> {
  openers += 1;
  const UserName = `opener-${openers}`;
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const opener = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  const Statement = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument });
  const { Credentials } = await new STS(ringwall.as(opener)).assumeRole({ RoleArn, RoleSessionName: 'session' });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return new KMS(
    ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
  );
}

const describe = (client: KMS) => client.describeKey({ KeyId });

test('a user made anew has no part in the grants of the one before', async () => {
  const before = await newUser('anew');
  const grant = { KeyId, GranteePrincipal: before.arn, Operations: ['DescribeKey' as const], Name: 'anew' };
  const { GrantId } = await kms.createGrant(grant);
  await describe(before.kms);
  await deleteUser('anew');
  const [shown] = (await kms.listGrants({ KeyId, GrantId })).Grants ?? [];
  assert.equal(shown?.GranteePrincipal, before.id);
  const now = await newUser('anew');
  await refused(describe(now.kms), 'AccessDeniedException');
  assert.deepEqual((await kms.listGrants({ KeyId, GranteePrincipal: now.arn })).Grants, []);
  const again = await kms.createGrant(grant);
  assert.notEqual(again.GrantId, GrantId, 'a grant to another user is another grant');
  await describe(now.kms);
});

test('a role made anew has no part in the grants of the one before', async () => {
  const before = await newRole('worker');
  await kms.createGrant({ KeyId, GranteePrincipal: before.arn, Operations: ['DescribeKey'] });
  await describe(await sessionOf(before.arn));
  await iam.deleteRole({ RoleName: 'worker' });
  const now = await newRole('worker');
  assert.equal(now.arn, before.arn);
  await refused(describe(await sessionOf(now.arn)), 'AccessDeniedException');
});

test('a user that is renamed keeps its grants, under the new name', async () => {
  const user = await newUser('old-name');
  const { GrantId } = await kms.createGrant({ KeyId, GranteePrincipal: user.arn, Operations: ['DescribeKey'] });
  await iam.updateUser({ UserName: 'old-name', NewUserName: 'new-name' });
  await describe(user.kms);
  const arn = user.arn.replace('old-name', 'new-name');
  const [shown] = (await kms.listGrants({ KeyId, GranteePrincipal: arn })).Grants ?? [];
  assert.deepEqual([shown?.GrantId, shown?.GranteePrincipal], [GrantId, arn]);
});

test('a user made anew may not retire what the one before might', async () => {
  const before = await newUser('retirer');
  const GranteePrincipal = `arn:aws:iam::${ringwall.account}:root`;
  const input = { KeyId, GranteePrincipal, RetiringPrincipal: before.arn, Operations: ['DescribeKey' as const] };
  const { GrantId } = await kms.createGrant(input);
  const idsFor = async (RetiringPrincipal: string) =>
    (await kms.listRetirableGrants({ RetiringPrincipal })).Grants?.map((grant) => grant.GrantId);
  assert.deepEqual(await idsFor(before.arn), [GrantId]);
  await deleteUser('retirer');
  const now = await newUser('retirer');
  assert.deepEqual(await idsFor(now.arn), []);
  await refused(now.kms.retireGrant({ KeyId, GrantId }), 'AccessDeniedException');
  const { GrantId: own } = await kms.createGrant(input);
  assert.deepEqual(await idsFor(now.arn), [own]);
  await now.kms.retireGrant({ KeyId, GrantId: own });
  assert.deepEqual(await idsFor(now.arn), []);
  await kms.revokeGrant({ KeyId, GrantId });
});
