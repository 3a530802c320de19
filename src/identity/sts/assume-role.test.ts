import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

type Credentials = {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
};

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('AssumeRole', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  let ann: STSClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
    ann = new STSClient(settings(await user('ann', { Effect: 'Allow', Action: 'sts:*', Resource: '*' })));
  });
  after(() => ringwall.stop());

  const settings = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken }: Credentials) =>
    ringwall.as({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    });
  const user = async (UserName: string, ...statements: object[]) => {
    await iam.send(new CreateUserCommand({ UserName }));
    if (statements.length > 0) {
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(...statements) }));
    }
    return (await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey ?? {};
  };
  const trust = (
    Principal: unknown = { AWS: ringwall.account },
    more: object = {},
    Action: unknown = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  ) => policy({ Effect: 'Allow', Principal, Action, ...more });
  const role = (RoleName: string, document = trust(), more: object = {}) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, ...more }));
  const arnOf = (name: string) => `arn:aws:iam::${ringwall.account}:role/${name}`;
  const assume = async (sts: STSClient, name: string, more: Partial<AssumeRoleCommandInput> = {}) =>
    sts.send(new AssumeRoleCommand({ RoleArn: arnOf(name), RoleSessionName: 'session', ...more }));
  const session = async (sts: STSClient, name: string, more: Partial<AssumeRoleCommandInput> = {}) =>
    settings((await assume(sts, name, more)).Credentials ?? {});

  it('gives a session that acts as the role', async () => {
    await role('worker', trust(), { Path: '/app/' });
    const RoleArn = arnOf('app/worker');
    const { Credentials, AssumedRoleUser, PackedPolicySize } = await assume(ann, '', { RoleArn });
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'worker' }));
    assert.deepEqual(AssumedRoleUser, {
      Arn: `arn:aws:sts::${ringwall.account}:assumed-role/worker/session`,
      AssumedRoleId: `${Role?.RoleId}:session`,
    });
    assert.equal(PackedPolicySize, undefined);
    const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
    assert.ok(seconds > 3_590 && seconds <= 3_600, `${seconds}`);
    const as = new STSClient(settings(Credentials ?? {}));
    const { Arn, UserId, Account } = await as.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Arn, UserId, Account], [AssumedRoleUser?.Arn, AssumedRoleUser?.AssumedRoleId, ringwall.account]);
    assert.ok(Role?.RoleLastUsed?.LastUsedDate !== undefined);
    assert.equal(Role?.RoleLastUsed?.Region, ringwall.client.region);
  });

  it('has the permissions of the role, within the session policy', async () => {
    await role('lister');
    const RoleName = 'lister';
    const list = { Effect: 'Allow', Action: ['iam:ListUsers', 'iam:ListRoles'], Resource: '*' };
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: policy(list) }));
    const users = async (client: IAMClient) => client.send(new ListUsersCommand({}));
    await users(new IAMClient(await session(ann, RoleName)));
    const onlyRoles = policy({ ...list, Action: 'iam:ListRoles' });
    const narrow = await assume(ann, RoleName, { Policy: onlyRoles });
    assert.ok((narrow.PackedPolicySize ?? 0) > 0);
    await assert.rejects(users(new IAMClient(settings(narrow.Credentials ?? {}))), {
      name: 'AccessDenied',
      message: /no session policy allows the iam:ListUsers action/,
    });
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' }];
    await assert.rejects(users(new IAMClient(await session(ann, RoleName, { PolicyArns }))), { name: 'AccessDenied' });
  });

  it('ends with the role: a new one of the same name is another', async () => {
    const RoleName = 'reborn';
    const document = policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' });
    await role(RoleName);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: document }));
    const client = new IAMClient(await session(ann, RoleName));
    await client.send(new ListUsersCommand({}));
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await role(RoleName);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: document }));
    await assert.rejects(client.send(new ListUsersCommand({})), { name: 'InvalidClientTokenId' });
  });

  it('needs both sides: the trust policy, and the caller unless it is named itself', async () => {
    const powerless = new STSClient(settings(await user('powerless')));
    await role('delegated');
    await assert.rejects(assume(powerless, 'delegated'), {
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ringwall.account}:user/powerless is not authorized to perform: sts:AssumeRole on resource: ${arnOf('delegated')} because no identity-based policy allows the sts:AssumeRole action`,
    });
    await role('direct', trust({ AWS: `arn:aws:iam::${ringwall.account}:user/powerless` }));
    await assume(powerless, 'direct');
    await role('lambda-only', trust({ Service: 'lambda.amazonaws.com' }));
    await assert.rejects(assume(ann, 'lambda-only'), { name: 'AccessDenied' });
    await assert.rejects(assume(ann, 'not-there'), {
      name: 'AccessDenied',
      message: /is not authorized to perform: sts:AssumeRole/,
    });
    await assert.rejects(assume(new STSClient(ringwall.client), 'delegated'), {
      name: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  it('shows the external id to the trust policy', async () => {
    await role('external', trust(undefined, { Condition: { StringEquals: { 'sts:ExternalId': 'secret-7' } } }));
    await assert.rejects(assume(ann, 'external'), { name: 'AccessDenied' });
    await assert.rejects(assume(ann, 'external', { ExternalId: 'secret-8' }), { name: 'AccessDenied' });
    await assume(ann, 'external', { ExternalId: 'secret-7' });
  });

  it('lasts as long as the role allows; chained, an hour at most', async () => {
    await role('long', trust(), { MaxSessionDuration: 14_400 });
    await assume(ann, 'long', { DurationSeconds: 14_400 });
    await assert.rejects(assume(ann, 'long', { DurationSeconds: 14_401 }), {
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    await role('first');
    const all = policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'first', PolicyName: 'p', PolicyDocument: all }));
    const chained = new STSClient(await session(ann, 'first'));
    await assume(chained, 'long', { DurationSeconds: 3_600 });
    await assert.rejects(assume(chained, 'long', { DurationSeconds: 3_601 }), {
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });

  it('is worth nothing to another installation', async () => {
    await role('brief');
    const credentials = await session(ann, 'brief', { DurationSeconds: 900 });
    const other = await startRingwall();
    try {
      await assert.rejects(
        new STSClient({ ...credentials, endpoint: other.endpoint }).send(new GetCallerIdentityCommand({})),
        {
          name: 'InvalidClientTokenId',
        },
      );
    } finally {
      await other.stop();
    }
  });

  it('ends when it says', async () => {
    const own = await startRingwall();
    try {
      const admin = new IAMClient(own.client);
      await admin.send(new CreateUserCommand({ UserName: 'u' }));
      const { AccessKey: key } = await admin.send(new CreateAccessKeyCommand({ UserName: 'u' }));
      const document = policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${own.account}:user/u` },
        Action: 'sts:AssumeRole',
      });
      await admin.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: document }));
      const caller = new STSClient(
        own.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }),
      );
      const RoleArn = `arn:aws:iam::${own.account}:role/r`;
      const { Credentials } = await caller.send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: 's1', DurationSeconds: 900 }),
      );
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      const as = own.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
      const identity = () => new STSClient(as).send(new GetCallerIdentityCommand({}));
      await own.advance(890_000);
      await identity();
      await own.advance(11_000);
      await assert.rejects(identity(), { name: 'ExpiredToken' });
    } finally {
      await own.stop();
    }
  });

  it('hands transitive tags on, and nobody replaces them', async () => {
    const all = policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' });
    await role('tag-1');
    await iam.send(new PutRolePolicyCommand({ RoleName: 'tag-1', PolicyName: 'p', PolicyDocument: all }));
    await role('tag-2');
    const tagged = (key: string) => ({
      Effect: 'Allow',
      Action: 'iam:ListUsers',
      Resource: '*',
      Condition: { Null: { [`aws:PrincipalTag/${key}`]: 'false' } },
    });
    const onlyOnce = policy({ ...tagged('Once'), Effect: 'Deny' }, tagged('Team'));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'tag-2', PolicyName: 'p', PolicyDocument: onlyOnce }));
    await role('tag-3', trust(undefined, {}, 'sts:AssumeRole'));
    const Tags = [
      { Key: 'Team', Value: 'blue' },
      { Key: 'Once', Value: 'x' },
    ];
    const first = new STSClient(await session(ann, 'tag-1', { Tags, TransitiveTagKeys: ['Team'] }));
    await new IAMClient(await session(first, 'tag-2')).send(new ListUsersCommand({}));
    await assert.rejects(assume(first, 'tag-3'), { name: 'AccessDenied', message: /sts:TagSession/ });
    for (const Key of ['Team', 'TEAM']) {
      await assert.rejects(assume(first, 'tag-1', { Tags: [{ Key, Value: 'red' }] }), {
        name: 'InvalidParameterValue',
        message:
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      });
    }
  });

  it('refuses tags as recorded', async () => {
    await role('tag-rules');
    await assert.rejects(
      assume(ann, 'tag-rules', {
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'K', Value: '2' },
        ],
      }),
      {
        name: 'InvalidParameterValue',
        message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      },
    );
    await assert.rejects(assume(ann, 'tag-rules', { TransitiveTagKeys: ['none'], Tags: [{ Key: 'k', Value: '1' }] }), {
      name: 'InvalidParameterValue',
      message: 'The specified transitive tag key must be included in the requested tags.',
    });
  });

  it('gives principal tags to policies', async () => {
    await role('by-tag');
    const document = policy({
      Effect: 'Allow',
      Action: 'iam:ListUsers',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } },
    });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'by-tag', PolicyName: 'p', PolicyDocument: document }));
    const tagged = (Value: string) => session(ann, 'by-tag', { Tags: [{ Key: 'Team', Value }] });
    await new IAMClient(await tagged('blue')).send(new ListUsersCommand({}));
    await assert.rejects(new IAMClient(await tagged('red')).send(new ListUsersCommand({})), { name: 'AccessDenied' });
  });

  it('keeps the source identity through the chain', async () => {
    await role('source-1');
    await role('source-2', trust(undefined, {}, 'sts:AssumeRole'));
    const all = policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'source-1', PolicyName: 'p', PolicyDocument: all }));
    const first = new STSClient(await session(ann, 'source-1', { SourceIdentity: 'ann@example' }));
    assert.equal((await assume(first, 'source-1')).SourceIdentity, 'ann@example');
    await assert.rejects(assume(first, 'source-1', { SourceIdentity: 'bob@example' }), { name: 'ValidationError' });
    await assert.rejects(assume(first, 'source-2'), { name: 'AccessDenied', message: /sts:SetSourceIdentity/ });
  });

  const malformed: readonly (readonly [string, Partial<AssumeRoleCommandInput>, string])[] = [
    ['nothing-valid-in-here', { RoleArn: 'nothing-valid-in-here' }, 'nothing-valid-in-here is invalid'],
    ['no partition', { RoleArn: 'arn::b:::something/test-role' }, 'arn::b:::something/test-role is invalid'],
    ['no service', { RoleArn: 'arn:a::::something/test-role' }, 'arn:a::::something/test-role is invalid'],
    ['too few colons', { RoleArn: 'arn:a:::something/test-role' }, 'arn:a:::something/test-role is invalid'],
    ['no resource', { RoleArn: 'arn:a:a::aaaaaaaaaa:' }, 'arn:a:a::aaaaaaaaaa: is invalid'],
    [
      'a colon in the session name',
      { RoleSessionName: 'Session1:2' },
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
  ];
  for (const [what, input, message] of malformed) {
    it(`refuses ${what} as recorded`, () =>
      assert.rejects(assume(ann, 'any', input), { name: 'ValidationError', message }));
  }

  it('refuses session policies that are malformed, missing or too large', async () => {
    await role('limits');
    await assert.rejects(assume(ann, 'limits', { Policy: '{}' }), { name: 'MalformedPolicyDocumentException' });
    await assert.rejects(assume(ann, 'limits', { Policy: `${' '.repeat(2_048)}{}` }), { name: 'ValidationError' });
    await assert.rejects(assume(ann, 'limits', { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/NothingLikeIt' }] }), {
      name: 'ValidationError',
    });
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `${index}`.repeat(60), Value: unpackable(index) }));
    await assert.rejects(assume(ann, 'limits', { Tags }), { name: 'PackedPolicyTooLargeException' });
  });
});

/** Text that does not pack. */
function unpackable(seed: number): string {
  return createHash('sha512').update(String(seed)).digest('base64').repeat(2);
}
