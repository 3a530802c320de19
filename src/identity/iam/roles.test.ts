import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const policy = (Action = 's3:GetObject', Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });

describe('roles', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const create = (RoleName: string, more: object = {}) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }));

  it('answers as AWS does when a role is created, read and listed', async () => {
    const { Role: created } = await create('shape', { Path: '/app/', Tags: [{ Key: 'test', Value: 'value' }] });
    assert.deepEqual(Object.keys(created ?? {}).sort(), [
      'Arn',
      'AssumeRolePolicyDocument',
      'CreateDate',
      'Path',
      'RoleId',
      'RoleName',
      'Tags',
    ]);
    assert.equal(created?.Arn, `arn:aws:iam::${ringwall.account}:role/app/shape`);
    assert.match(created?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(decodeURIComponent(created?.AssumeRolePolicyDocument ?? ''), trust);
    const { Role: read } = await iam.send(new GetRoleCommand({ RoleName: 'SHAPE' }));
    assert.equal(read?.MaxSessionDuration, 3600);
    assert.deepEqual(read?.RoleLastUsed, {});
    assert.deepEqual(read?.Tags, [{ Key: 'test', Value: 'value' }]);
    const { Roles: listed, IsTruncated } = await iam.send(new ListRolesCommand({ PathPrefix: '/app/' }));
    assert.equal(IsTruncated, false);
    assert.deepEqual(
      listed?.map(({ RoleName, Tags, RoleLastUsed, MaxSessionDuration }) => ({
        RoleName,
        Tags,
        RoleLastUsed,
        MaxSessionDuration,
      })),
      [{ RoleName: 'shape', Tags: undefined, RoleLastUsed: undefined, MaxSessionDuration: 3600 }],
    );
  });

  it('pages through roles', async () => {
    for (const name of ['p3', 'p1', 'P2']) await create(name, { Path: '/paged/' });
    const first = await iam.send(new ListRolesCommand({ PathPrefix: '/paged/', MaxItems: 2 }));
    assert.deepEqual([first.Roles?.map(({ RoleName }) => RoleName), first.IsTruncated], [['p1', 'P2'], true]);
    const second = await iam.send(new ListRolesCommand({ PathPrefix: '/paged/', MaxItems: 2, Marker: first.Marker }));
    assert.deepEqual([second.Roles?.map(({ RoleName }) => RoleName), second.IsTruncated], [['p3'], false]);
    await assert.rejects(iam.send(new ListRolesCommand({ Marker: 'nonsense' })), { name: 'ValidationError' });
  });

  const refusedTrusts: readonly (readonly [what: string, document: unknown, message: string])[] = [
    ['no JSON', '{', 'This policy contains invalid Json'],
    [
      'a user that is not there',
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:user/nobody' }, Action: 'sts:AssumeRole' },
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/nobody"',
    ],
    [
      'a role that is not there',
      {
        Effect: 'Allow',
        Principal: { AWS: ['123456789012', 'arn:aws:iam::123456789012:role/none'] },
        Action: 'sts:AssumeRole',
      },
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/none"',
    ],
    [
      'no principal at all',
      { Effect: 'Allow', Principal: { AWS: 'ann' }, Action: 'sts:AssumeRole' },
      'Invalid principal in policy: "AWS":"ann"',
    ],
    [
      'a service that cannot be one',
      { Effect: 'Allow', Principal: { Service: 'lambda' }, Action: 'sts:AssumeRole' },
      'Invalid principal in policy: "SERVICE":"lambda"',
    ],
    [
      'a resource',
      { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Resource: '*' },
      'Has prohibited field Resource',
    ],
    [
      'actions of another service',
      { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject' },
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ];
  for (const [what, statement, message] of refusedTrusts) {
    it(`refuses a trust policy with ${what}`, async () => {
      const document =
        typeof statement === 'string' ? statement : JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await assert.rejects(create('refused', { AssumeRolePolicyDocument: document }), {
        name: 'MalformedPolicyDocumentException',
        message,
      });
    });
  }

  it('refuses a name that is taken, whatever its case', async () => {
    await create('Taken');
    await assert.rejects(create('taken'), {
      name: 'EntityAlreadyExistsException',
      message: 'Role with name taken already exists.',
    });
  });

  it('names the role that is not there', async () => {
    const expected = { name: 'NoSuchEntityException', message: 'The role with name nobody cannot be found.' };
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName: 'nobody' })), expected);
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName: 'nobody' })), expected);
    await assert.rejects(iam.send(new ListRolePoliciesCommand({ RoleName: 'nobody' })), expected);
  });

  it('changes description, duration and trust policy', async () => {
    await create('changing');
    await iam.send(new UpdateRoleCommand({ RoleName: 'changing', MaxSessionDuration: 7200, Description: 'one' }));
    const { Role: described } = await iam.send(
      new UpdateRoleDescriptionCommand({ RoleName: 'changing', Description: 'two' }),
    );
    assert.deepEqual([described?.Description, described?.MaxSessionDuration], ['two', 7200]);
    const other = trust.replace('lambda', 'ec2');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'changing', PolicyDocument: other }));
    const { Role: read } = await iam.send(new GetRoleCommand({ RoleName: 'changing' }));
    assert.equal(decodeURIComponent(read?.AssumeRolePolicyDocument ?? ''), other);
    await assert.rejects(create('too-long', { MaxSessionDuration: 50_000 }), { name: 'ValidationError' });
  });

  it('keeps inline policies, within their size', async () => {
    await create('inline');
    const document = policy('apigateway:PUT', 'arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapi');
    await iam.send(new PutRolePolicyCommand({ RoleName: 'inline', PolicyName: 'b', PolicyDocument: document }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'inline', PolicyName: 'a', PolicyDocument: policy() }));
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: 'inline', PolicyName: 'b' }));
    assert.equal(decodeURIComponent(PolicyDocument ?? ''), document);
    assert.match(PolicyDocument ?? '', /%2A|%2Fapi|%253A/);
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'inline' }));
    assert.deepEqual(PolicyNames, ['a', 'b']);
    await assert.rejects(iam.send(new GetRolePolicyCommand({ RoleName: 'inline', PolicyName: 'constructor' })), {
      message: 'The role policy with name constructor cannot be found.',
    });
    const long = policy('s3:GetObject', `arn:aws:s3:::${'x'.repeat(10_240)}`);
    await assert.rejects(
      iam.send(new PutRolePolicyCommand({ RoleName: 'inline', PolicyName: 'c', PolicyDocument: long })),
      {
        name: 'LimitExceededException',
        message: 'Maximum policy size of 10240 bytes exceeded for role inline',
      },
    );
    await assert.rejects(
      iam.send(new PutRolePolicyCommand({ RoleName: 'inline', PolicyName: 'c', PolicyDocument: '{}' })),
      {
        name: 'MalformedPolicyDocumentException',
      },
    );
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'inline', PolicyName: 'a' }));
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName: 'inline' })), {
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete policies first.',
    });
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'inline', PolicyName: 'b' }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'inline' }));
  });

  it('attaches managed policies, ten at most', async () => {
    await create('attached');
    const attach = (PolicyArn: string) => iam.send(new AttachRolePolicyCommand({ RoleName: 'attached', PolicyArn }));
    const own = `arn:aws:iam::${ringwall.account}:policy/`;
    await assert.rejects(attach('longpolicynamebutnoarn'), {
      name: 'ValidationError',
      message: 'Invalid ARN:  Could not be parsed!',
    });
    await assert.rejects(attach(`${own}none`), { message: `Policy ${own}none does not exist or is not attachable.` });
    for (let index = 0; index < 10; index += 1) {
      await iam.send(new CreatePolicyCommand({ PolicyName: `a${index}`, PolicyDocument: policy() }));
      await attach(`${own}a${index}`);
    }
    await attach(`${own}a0`);
    await assert.rejects(attach('arn:aws:iam::aws:policy/ReadOnlyAccess'), {
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PoliciesPerRole: 10',
    });
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName: 'attached' })), {
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'attached', PolicyArn: `${own}a0` }));
    await assert.rejects(iam.send(new DetachRolePolicyCommand({ RoleName: 'attached', PolicyArn: `${own}a0` })), {
      name: 'NoSuchEntityException',
      message: `Policy ${own}a0 was not found.`,
    });
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'attached' }));
    assert.equal(AttachedPolicies?.length, 9);
  });

  it('keeps a permissions boundary', async () => {
    const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await create('bounded', { PermissionsBoundary: boundary });
    const read = async () => (await iam.send(new GetRoleCommand({ RoleName: 'bounded' }))).Role?.PermissionsBoundary;
    assert.equal((await read())?.PermissionsBoundaryArn, boundary);
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'bounded' }));
    assert.equal(await read(), undefined);
    await assert.rejects(
      iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'bounded', PermissionsBoundary: `${boundary}X` })),
      { name: 'NoSuchEntityException', message: `Scope ARN: ${boundary}X does not exist or is not attachable.` },
    );
  });

  it('keeps tags; keys differ by more than case', async () => {
    await create('tagged');
    const tag = (...Tags: { Key: string; Value: string }[]) =>
      iam.send(new TagRoleCommand({ RoleName: 'tagged', Tags }));
    await tag({ Key: 'Team', Value: 'a' }, { Key: 'env', Value: 'x' });
    await tag({ Key: 'team', Value: 'b' });
    await iam.send(new UntagRoleCommand({ RoleName: 'tagged', TagKeys: ['ENV'] }));
    assert.deepEqual((await iam.send(new ListRoleTagsCommand({ RoleName: 'tagged' }))).Tags, [
      { Key: 'team', Value: 'b' },
    ]);
    await assert.rejects(tag({ Key: 'k', Value: '1' }, { Key: 'K', Value: '2' }), {
      name: 'InvalidInputException',
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    });
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    await assert.rejects(tag(...many), { name: 'LimitExceededException' });
  });

  it('protects service-linked roles', async () => {
    await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }));
    const RoleName = 'AWSServiceRoleForBatch';
    const expected = {
      name: 'UnmodifiableEntityException',
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    };
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName })), expected);
    await assert.rejects(
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: policy() })),
      expected,
    );
    await assert.rejects(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust })), expected);
  });

  it('asks for permission on the role, with its tags and boundary', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'ops' }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ops' }));
    const allowed = [
      {
        Effect: 'Allow',
        Action: ['iam:PutRolePolicy', 'iam:GetRole'],
        Resource: `arn:aws:iam::${ringwall.account}:role/team/*`,
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'ops' } },
      },
      {
        Effect: 'Allow',
        Action: 'iam:CreateRole',
        Resource: '*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } },
      },
    ];
    const document = JSON.stringify({ Version: '2012-10-17', Statement: allowed });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ops', PolicyName: 'p', PolicyDocument: document }));
    const ops = new IAMClient(
      ringwall.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }),
    );
    await create('mine', { Path: '/team/', Tags: [{ Key: 'team', Value: 'ops' }] });
    await create('theirs', { Path: '/team/', Tags: [{ Key: 'team', Value: 'dev' }] });
    await ops.send(new GetRoleCommand({ RoleName: 'mine' }));
    await assert.rejects(ops.send(new GetRoleCommand({ RoleName: 'theirs' })), {
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ringwall.account}:user/ops is not authorized to perform: iam:GetRole on resource: arn:aws:iam::${ringwall.account}:role/team/theirs because no identity-based policy allows the iam:GetRole action`,
    });
    const bounded = { RoleName: 'new', AssumeRolePolicyDocument: trust };
    await assert.rejects(ops.send(new CreateRoleCommand(bounded)), { name: 'AccessDenied' });
    await ops.send(
      new CreateRoleCommand({ ...bounded, PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    );
  });
});
