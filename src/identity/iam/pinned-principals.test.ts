import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { STS } from '@aws-sdk/client-sts';
import { allow, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

describe('users and roles that policies name', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  const arn = (resource: string) => `arn:aws:iam::${test.account}:${resource}`;
  const trusting = (AWS: string | readonly string[]) =>
    policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
  const removeUser = async (UserName: string) => {
    const { AccessKeyMetadata = [] } = await test.root.listAccessKeys({ UserName });
    for (const { AccessKeyId } of AccessKeyMetadata) await test.root.deleteAccessKey({ UserName, AccessKeyId });
    await test.root.deleteUser({ UserName });
  };
  const trustOf = async (RoleName: string) =>
    decodeURIComponent((await test.root.getRole({ RoleName })).Role?.AssumeRolePolicyDocument ?? '');
  const idOf = async (UserName: string) => (await test.root.getUser({ UserName })).User?.UserId ?? '';
  const stsOf = async (name: string) =>
    new STS({ ...test.ringwall.client, credentials: await (await test.userWith(name)).config.credentials() });

  it('a role trusts the user of then, not one of the same name', async () => {
    const ann = await stsOf('ann');
    const id = await idOf('ann');
    await test.root.createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trusting(arn('user/ann')) });
    const RoleArn = arn('role/worker');
    await ann.assumeRole({ RoleArn, RoleSessionName: 'session' });
    assert.equal(await trustOf('worker'), trusting(arn('user/ann')));
    await removeUser('ann');
    assert.equal(await trustOf('worker'), trusting(id));
    const { Roles } = await test.root.listRoles({});
    assert.equal(decodeURIComponent(Roles?.[0]?.AssumeRolePolicyDocument ?? ''), trusting(id));
    const again = await stsOf('ann');
    assert.match(await refusal(again.assumeRole({ RoleArn, RoleSessionName: 'session' })), /^403 AccessDenied/);
    assert.equal(await trustOf('worker'), trusting(id));
    assert.match(
      await refusal(test.root.updateAssumeRolePolicy({ RoleName: 'worker', PolicyDocument: trusting(id) })),
      /^400 MalformedPolicyDocument\w*: Invalid principal in policy/,
    );
    await test.root.updateAssumeRolePolicy({ RoleName: 'worker', PolicyDocument: trusting([arn('user/ann')]) });
    await again.assumeRole({ RoleArn, RoleSessionName: 'session' });
    assert.equal(await trustOf('worker'), trusting([arn('user/ann')]));
  });

  it('a user keeps what its policies name after a new name', async () => {
    const bob = await stsOf('bob');
    await test.root.createRole({ RoleName: 'keeper', AssumeRolePolicyDocument: trusting(arn('user/bob')) });
    await test.root.updateUser({ UserName: 'bob', NewUserName: 'rob' });
    await bob.assumeRole({ RoleArn: arn('role/keeper'), RoleSessionName: 'session' });
    assert.equal(await trustOf('keeper'), trusting(arn('user/rob')));
  });

  it('a key policy that names a role means that one', async () => {
    const carl = await stsOf('carl');
    const RoleArn = arn('role/coder');
    const newRole = () =>
      test.root.createRole({ RoleName: 'coder', AssumeRolePolicyDocument: trusting(arn('user/carl')) });
    const { Role } = await newRole();
    const kms = new KMS(test.ringwall.client);
    const Policy = policy(
      { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal: { AWS: RoleArn }, Action: 'kms:Encrypt', Resource: '*' },
    );
    const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy });
    const encrypt = async () => {
      const { Credentials } = await carl.assumeRole({ RoleArn, RoleSessionName: 'session' });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      return new KMS(test.ringwall.as(session)).encrypt({ KeyId, Plaintext: Buffer.from('x') });
    };
    await encrypt();
    assert.equal((await kms.getKeyPolicy({ KeyId })).Policy, Policy);
    await test.root.deleteRole({ RoleName: 'coder' });
    await newRole();
    assert.match(await refusal(encrypt()), /AccessDenied/);
    assert.equal((await kms.getKeyPolicy({ KeyId })).Policy, Policy.replace(`"${RoleArn}"`, `"${Role?.RoleId}"`));
    await kms.putKeyPolicy({ KeyId, Policy });
    await encrypt();
  });

  it('a federated user stands for the user who made it', async () => {
    await test.userWith('dora', allow('sts:GetFederationToken'));
    const sts = new STS({
      ...test.ringwall.client,
      credentials: await (async () => {
        const { AccessKey } = await test.root.createAccessKey({ UserName: 'dora' });
        return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
      })(),
    });
    const { Credentials } = await sts.getFederationToken({ Name: 'guest', Policy: policy(allow('kms:*')) });
    const kms = new KMS(test.ringwall.client);
    const Policy = policy(
      { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal: { AWS: arn('user/dora') }, Action: 'kms:Encrypt', Resource: '*' },
    );
    const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy });
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const guest = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    await new KMS(test.ringwall.as(guest)).encrypt({ KeyId, Plaintext: Buffer.from('x') });
  });
});
