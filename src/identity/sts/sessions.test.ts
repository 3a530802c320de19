import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  AssumeRoleCommand,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { stepAt, totp } from '../iam/totp.ts';

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
type Given = {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
};

describe('sessions of users', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const settings = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken }: Given) =>
    ringwall.as({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    });
  const user = async (UserName: string, ...statements: object[]) => {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(...statements) }));
    return settings((await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey ?? {});
  };
  const hoursUntil = (time: Date | undefined) => ((time?.getTime() ?? 0) - Date.now()) / 3_600_000;

  it('GetSessionToken gives the user itself, for twelve hours', async () => {
    const ann = await user('ann', { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' });
    const { Credentials } = await new STSClient(ann).send(new GetSessionTokenCommand({}));
    assert.ok(Math.abs(hoursUntil(Credentials?.Expiration) - 12) < 0.01);
    const session = settings(Credentials ?? {});
    await new KMSClient(session).send(new ListKeysCommand({}));
    const { Arn } = await new STSClient(session).send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, `arn:aws:iam::${ringwall.account}:user/ann`);
    await assert.rejects(new STSClient(session).send(new GetSessionTokenCommand({})), {
      name: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    });
    await assert.rejects(new STSClient(session).send(new GetFederationTokenCommand({ Name: 'bob' })), {
      name: 'AccessDenied',
      message: 'Cannot call GetFederationToken with session credentials',
    });
  });

  it('GetSessionToken gives root an hour at most', async () => {
    const { Credentials } = await new STSClient(ringwall.client).send(
      new GetSessionTokenCommand({ DurationSeconds: 43_200 }),
    );
    assert.ok(Math.abs(hoursUntil(Credentials?.Expiration) - 1) < 0.01);
    await new KMSClient(settings(Credentials ?? {})).send(new ListKeysCommand({}));
    await assert.rejects(
      new STSClient(settings(Credentials ?? {})).send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ringwall.account}:role/r`, RoleSessionName: 's1' }),
      ),
      { message: 'Roles may not be assumed by root accounts.' },
    );
  });

  it('a session with a code of the MFA device counts as such; no code counts twice', async () => {
    const guarded = {
      Effect: 'Allow',
      Action: 'kms:ListKeys',
      Resource: '*',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    };
    const bob = await user('bob', guarded);
    const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'bob' }));
    const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
    const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
    const step = stepAt(Date.now());
    await iam.send(
      new EnableMFADeviceCommand({
        UserName: 'bob',
        SerialNumber,
        AuthenticationCode1: totp(seed, step - 1),
        AuthenticationCode2: totp(seed, step),
      }),
    );
    const sts = new STSClient(bob);
    const withCode = (TokenCode: string) => sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
    const refused = {
      name: 'AccessDenied',
      message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
    };
    const plain = await sts.send(new GetSessionTokenCommand({}));
    await assert.rejects(new KMSClient(settings(plain.Credentials ?? {})).send(new ListKeysCommand({})), {
      name: 'AccessDeniedException',
    });
    await assert.rejects(withCode(totp(seed, step + 500)), refused);
    const { Credentials } = await withCode(totp(seed, step + 1));
    await new KMSClient(settings(Credentials ?? {})).send(new ListKeysCommand({}));
    await assert.rejects(withCode(totp(seed, step + 1)), refused);
    await assert.rejects(sts.send(new GetSessionTokenCommand({ SerialNumber })), { name: 'ValidationError' });

    const RoleName = 'careful';
    const RoleArn = `arn:aws:iam::${ringwall.account}:role/${RoleName}`;
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ringwall.account}:user/bob` },
      Action: 'sts:AssumeRole',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const assume = (more: object) => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bob', ...more }));
    await ringwall.advance(300_000);
    const TokenCode = totp(seed, stepAt(Date.now() + 300_000));
    await assert.rejects(assume({}), { name: 'AccessDenied', message: /is not authorized to perform: sts:AssumeRole/ });
    await assert.rejects(assume({ SerialNumber, TokenCode: totp(seed, 1) }), refused);
    await assume({ SerialNumber, TokenCode });
    await assert.rejects(assume({ SerialNumber, TokenCode }), refused);
  });

  it('GetFederationToken gives what both the user and the session policy allow', async () => {
    const broker = await user('broker', {
      Effect: 'Allow',
      Action: ['sts:GetFederationToken', 'kms:ListKeys', 'kms:ListAliases'],
      Resource: '*',
    });
    const sts = new STSClient(broker);
    const { Credentials, FederatedUser, PackedPolicySize } = await sts.send(
      new GetFederationTokenCommand({
        Name: 'guest',
        Policy: policy({ Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' }),
      }),
    );
    assert.deepEqual(FederatedUser, {
      Arn: `arn:aws:sts::${ringwall.account}:federated-user/guest`,
      FederatedUserId: `${ringwall.account}:guest`,
    });
    assert.ok((PackedPolicySize ?? 0) > 0);
    const guest = new KMSClient(settings(Credentials ?? {}));
    await guest.send(new ListKeysCommand({}));
    await assert.rejects(guest.send(new ListAliasesCommand({})), { name: 'AccessDeniedException' });
    const role = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ringwall.account}:role/r`, RoleSessionName: 's1' });
    await assert.rejects(new STSClient(settings(Credentials ?? {})).send(role), { name: 'AccessDenied' });
    const bare = await sts.send(new GetFederationTokenCommand({ Name: 'bare' }));
    assert.equal(bare.PackedPolicySize, 0);
    await assert.rejects(new KMSClient(settings(bare.Credentials ?? {})).send(new ListKeysCommand({})), {
      name: 'AccessDeniedException',
    });
    const nobody = await user('nobody', { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' });
    await assert.rejects(new STSClient(nobody).send(new GetFederationTokenCommand({ Name: 'guest' })), {
      name: 'AccessDenied',
      message: /sts:GetFederationToken on resource: arn:aws:sts::\d+:federated-user\/guest/,
    });
  });

  it('GetAccessKeyInfo tells the account of long-term and temporary keys', async () => {
    const sts = new STSClient(ringwall.client);
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    for (const AccessKeyId of [ringwall.root.accessKeyId, Credentials?.AccessKeyId]) {
      assert.equal((await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId }))).Account, ringwall.account);
    }
    await assert.rejects(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })), {
      name: 'ValidationError',
    });
  });

  it('DecodeAuthorizationMessage opens what a refusal sealed, and nothing else', async () => {
    const sts = new STSClient(ringwall.client);
    const { seal } = ringwall.installation.house;
    const record = {
      request: {
        principal: 'arn:aws:iam::1:user/a',
        action: 'ec2:RunInstances',
        resource: '*',
        context: { 'aws:userid': 'AIDA', 'aws:SourceIp': '192.0.2.1' },
      },
      decision: 'ExplicitlyDenied',
      statements: [{ layer: 'identity', policy: 'p', index: 0, sid: 'no' }],
    };
    const sealed = seal.seal(Buffer.from(JSON.stringify(record)), 'sts/authorization-message');
    const EncodedMessage = Buffer.from(sealed).toString('base64url');
    const { DecodedMessage } = await sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage }));
    const decoded = JSON.parse(DecodedMessage ?? '') as Record<string, unknown>;
    assert.deepEqual([decoded['allowed'], decoded['explicitDeny']], [false, true]);
    assert.deepEqual((decoded['context'] as Record<string, unknown>)['principal'], {
      id: 'AIDA',
      arn: 'arn:aws:iam::1:user/a',
    });
    const elsewhere = Buffer.from(seal.seal(Buffer.from('{}'), 'sts/session')).toString('base64url');
    for (const bad of ['bm90IG91cnM', elsewhere]) {
      await assert.rejects(sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: bad })), {
        name: 'InvalidAuthorizationMessageException',
      });
    }
  });
});
