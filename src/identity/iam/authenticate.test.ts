import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import type { IAM } from '@aws-sdk/client-iam';
import { IAM as IamClient } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { type Credentials, STS } from '@aws-sdk/client-sts';
import { startRingwall } from '../../../test/harness/start.ts';
import { sealSession } from '../session-token.ts';
import { allow, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';
import { stepAt, totp } from './totp.ts';

const invalid = /^403 InvalidClientTokenId: The security token included in the request is invalid\.$/;

describe('temporary credentials of users', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  const settings = ({ AccessKeyId, SecretAccessKey, SessionToken }: Partial<Credentials> = {}) =>
    test.ringwall.as({
      accessKeyId: AccessKeyId ?? '',
      secretAccessKey: SecretAccessKey ?? '',
      sessionToken: SessionToken ?? '',
    });
  const stsOf = async (user: IAM) => new STS({ ...test.ringwall.client, credentials: await user.config.credentials() });

  it('of GetSessionToken reach IAM only with a code of the MFA device, and of STS two operations', async () => {
    const ann = await test.userWith('ann', allow('*'));
    const sts = await stsOf(ann);
    const { VirtualMFADevice } = await test.root.createVirtualMFADevice({ VirtualMFADeviceName: 'ann' });
    const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
    const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
    const step = stepAt(Date.now());
    await test.root.enableMFADevice({
      UserName: 'ann',
      SerialNumber,
      AuthenticationCode1: totp(seed, step - 1),
      AuthenticationCode2: totp(seed, step),
    });
    const plain = settings((await sts.getSessionToken({})).Credentials);
    assert.match(await refusal(new IamClient(plain).listUsers({})), invalid);
    await new KMS(plain).listKeys({});
    const TokenCode = totp(seed, step + 1);
    const proven = settings((await sts.getSessionToken({ SerialNumber, TokenCode })).Credentials);
    await new IamClient(proven).listUsers({});
    for (const session of [plain, proven]) {
      const inSession = new STS(session);
      await inSession.getCallerIdentity({});
      for (const refused of [
        inSession.getAccessKeyInfo({ AccessKeyId: test.ringwall.root.accessKeyId }),
        inSession.decodeAuthorizationMessage({ EncodedMessage: 'x' }),
        inSession.getSessionToken({}),
        inSession.getFederationToken({ Name: 'guest' }),
      ])
        assert.match(await refusal(refused), /^403 AccessDenied: Cannot call \w+ with session credentials$/);
    }
  });

  it('of the root user reach IAM no further', async () => {
    const { Credentials: given } = await new STS(test.ringwall.client).getSessionToken({});
    assert.match(await refusal(new IamClient(settings(given)).listUsers({})), invalid);
  });

  it('of GetFederationToken reach neither IAM nor STS, but for who they are', async () => {
    const broker = await test.userWith('broker', allow('*'));
    const { Credentials: given } = await (await stsOf(broker)).getFederationToken({
      Name: 'guest',
      Policy: policy(allow('*')),
    });
    const guest = settings(given);
    assert.match(await refusal(new IamClient(guest).listUsers({})), invalid);
    await new KMS(guest).listKeys({});
    const sts = new STS(guest);
    await sts.getCallerIdentity({});
    const AccessKeyId = test.ringwall.root.accessKeyId;
    assert.match(
      await refusal(sts.getAccessKeyInfo({ AccessKeyId })),
      /^403 AccessDenied: Cannot call GetAccessKeyInfo/,
    );
  });
});

describe('sessions that act as a user within policies of their own', () => {
  it('reach what these allow, IAM and STS included, and no more', async (t) => {
    const test = await openTestAccount();
    t.after(() => test.ringwall.stop());
    await test.userWith('ann', allow('*'));
    const { User } = await test.root.getUser({ UserName: 'ann' });
    const { account } = test;
    const session = (kind: 'root' | 'user', arn: string, userId: string, name: string | undefined) => {
      const accessKeyId = 'ASIAIOSFODNN7EXAMPLE';
      const secretAccessKey = 'secret';
      const facts = {
        issuedAt: Date.now(),
        expiresAt: Date.now() + 60_000,
        issuerArn: arn,
        issuerId: userId,
        issuerName: name ?? '',
        sessionName: undefined,
        mfa: false,
        policies: [policy(allow('iam:ListUsers'), allow('sts:GetAccessKeyInfo'))],
        policyArns: [],
        tags: {},
        transitiveTagKeys: [],
        sourceIdentity: undefined,
        federatedProvider: undefined,
      };
      const { seal } = test.ringwall.installation.house;
      const made = { accessKeyId, secretAccessKey, kind, account, arn, userId, name, facts, keys: {} };
      return test.ringwall.as({ accessKeyId, secretAccessKey, sessionToken: sealSession(seal, made) });
    };
    for (const settings of [
      session('user', User?.Arn ?? '', User?.UserId ?? '', 'ann'),
      session('root', `arn:aws:iam::${account}:root`, account, undefined),
    ]) {
      const iam = new IamClient(settings);
      await iam.listUsers({});
      await new STS(settings).getAccessKeyInfo({ AccessKeyId: test.ringwall.root.accessKeyId });
      assert.match(await refusal(iam.listRoles({})), /^403 AccessDenied: .*no session policy allows/);
    }
  });
});

describe('temporary credentials whose user or role is gone', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  const removeUser = async (UserName: string) => {
    const { AccessKeyMetadata = [] } = await test.root.listAccessKeys({ UserName });
    for (const { AccessKeyId } of AccessKeyMetadata) await test.root.deleteAccessKey({ UserName, AccessKeyId });
    await test.root.deleteUserPolicy({ UserName, PolicyName: 'may' });
    await test.root.deleteUser({ UserName });
  };

  it('prove nobody, also when another of the name is made', async () => {
    const ann = await test.userWith('ann', allow('*'));
    const trust = policy({ Effect: 'Allow', Principal: { AWS: test.account }, Action: 'sts:AssumeRole' });
    await test.root.createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trust });
    const sts = new STS({ ...test.ringwall.client, credentials: await ann.config.credentials() });
    const RoleArn = `arn:aws:iam::${test.account}:role/worker`;
    const given = [
      await sts.assumeRole({ RoleArn, RoleSessionName: 'session' }),
      await sts.getSessionToken({}),
      await sts.getFederationToken({ Name: 'guest', Policy: policy(allow('*')) }),
    ];
    const sessions = given.map(
      ({ Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} }) =>
        new STS(
          test.ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
        ),
    );
    for (const session of sessions) await session.getCallerIdentity({});
    await removeUser('ann');
    await test.root.deleteRole({ RoleName: 'worker' });
    for (const session of sessions) assert.match(await refusal(session.getCallerIdentity({})), invalid);
    await test.userWith('ann', allow('*'));
    await test.root.createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trust });
    for (const session of sessions) assert.match(await refusal(session.getCallerIdentity({})), invalid);
  });
});

describe('open mode', () => {
  it('keeps sessions to their account and their time', async (t) => {
    const ringwall = await startRingwall({ auth: 'open' });
    t.after(() => ringwall.stop());
    const as = (accessKeyId: string) => ringwall.as({ accessKeyId, secretAccessKey: 'any' });
    const trust = policy({ Effect: 'Allow', Principal: { AWS: '222222222222' }, Action: 'sts:AssumeRole' });
    await new IamClient(as('111111111111')).createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trust });
    const { Credentials: given } = await new STS(as('222222222222')).assumeRole({
      RoleArn: 'arn:aws:iam::111111111111:role/worker',
      RoleSessionName: 'session',
    });
    const session = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    const sts = new STS(ringwall.as(session));
    assert.equal((await sts.getCallerIdentity({})).Arn, 'arn:aws:iam::111111111111:root');
    const another = new STS(ringwall.as({ ...session, accessKeyId: 'AKIAANOTHER' }));
    assert.equal((await another.getCallerIdentity({})).Account, ringwall.account);
    await ringwall.advance(3_601_000);
    assert.match(await refusal(sts.getCallerIdentity({})), /^403 ExpiredToken: /);
  });
});
