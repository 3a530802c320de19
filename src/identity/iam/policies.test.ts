import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  PutUserPermissionsBoundaryCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const document = (Action = 's3:GetObject') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('managed policies', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const arnOf = (name: string) => `arn:aws:iam::${ringwall.account}:policy/${name}`;
  const create = async (PolicyName: string, more: object = {}) => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: document(), ...more }));
    return Policy?.Arn ?? '';
  };

  it('answers as AWS does when a policy is created and read', async () => {
    const { Policy: created } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'shape', PolicyDocument: document() }),
    );
    const { CreateDate, UpdateDate, PolicyId, ...rest } = created ?? {};
    assert.deepEqual(rest, {
      PolicyName: 'shape',
      Arn: arnOf('shape'),
      Path: '/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
    });
    assert.match(PolicyId ?? '', /^ANPA[A-Z2-7]{17}$/);
    assert.deepEqual(CreateDate, UpdateDate);
    assert.deepEqual((await iam.send(new GetPolicyCommand({ PolicyArn: arnOf('shape') }))).Policy?.Tags, []);
  });

  it('names the policy that is not there', async () => {
    const PolicyArn = arnOf('non-existent-policy');
    await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn })), {
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    });
    await assert.rejects(iam.send(new GetPolicyCommand({ PolicyArn })), {
      message: `Policy ${PolicyArn} does not exist or is not attachable.`,
    });
    await create('twice');
    await assert.rejects(create('TWICE'), {
      name: 'EntityAlreadyExistsException',
      message: 'A policy called TWICE already exists. Duplicate names are not allowed.',
    });
  });

  it('refuses documents that are malformed or too long', async () => {
    await assert.rejects(create('bad', { PolicyDocument: '{"Statement":[]}' }), {
      name: 'MalformedPolicyDocumentException',
    });
    await assert.rejects(create('long', { PolicyDocument: document(`s3:${'x'.repeat(6_144)}`) }), {
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    });
  });

  it('keeps five versions, of which one is in force', async () => {
    const PolicyArn = await create('versions');
    const add = (SetAsDefault: boolean) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document('s3:*'), SetAsDefault }));
    const { PolicyVersion: second } = await add(true);
    assert.deepEqual([second?.VersionId, second?.IsDefaultVersion, second?.Document], ['v2', true, undefined]);
    for (let index = 0; index < 3; index += 1) await add(false);
    await assert.rejects(add(false), {
      name: 'LimitExceededException',
      message: /^A managed policy can have up to 5 versions\./,
    });
    const remove = (VersionId: string) => iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await assert.rejects(remove('v2'), {
      name: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
    });
    await remove('v5');
    // A number is never used again.
    assert.equal((await add(false)).PolicyVersion?.VersionId, 'v6');
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    assert.deepEqual(
      Versions?.map(({ VersionId }) => VersionId),
      ['v6', 'v4', 'v3', 'v2', 'v1'],
    );
    const page = await iam.send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3 }));
    const rest = await iam.send(new ListPolicyVersionsCommand({ PolicyArn, Marker: page.Marker }));
    assert.deepEqual(
      rest.Versions?.map(({ VersionId }) => VersionId),
      ['v2', 'v1'],
    );
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    assert.deepEqual(
      [decodeURIComponent(PolicyVersion?.Document ?? ''), PolicyVersion?.IsDefaultVersion],
      [document(), true],
    );
    await assert.rejects(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v9' })), {
      message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
    });
    await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn })), {
      message: /^This policy has more than one version\./,
    });
    for (const id of ['v2', 'v3', 'v4', 'v6']) await remove(id);
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  });

  it('lists policies by owner, path and use', async () => {
    await create('path-a', { Path: '/listed/' });
    const used = await create('path-b', { Path: '/listed/' });
    const bounding = await create('path-c', { Path: '/listed/' });
    await iam.send(new CreateUserCommand({ UserName: 'lister' }));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'lister', PolicyArn: used }));
    await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'lister', PermissionsBoundary: bounding }));
    const names = async (input: ListPoliciesCommandInput) =>
      (await iam.send(new ListPoliciesCommand(input))).Policies?.map(({ PolicyName }) => PolicyName);
    const PathPrefix = '/listed/';
    assert.deepEqual(await names({ PathPrefix }), ['path-a', 'path-b', 'path-c']);
    assert.deepEqual(await names({ PathPrefix, OnlyAttached: true }), ['path-b', 'path-c']);
    assert.deepEqual(await names({ PathPrefix, PolicyUsageFilter: 'PermissionsPolicy' }), ['path-b']);
    assert.deepEqual(await names({ PathPrefix, PolicyUsageFilter: 'PermissionsBoundary' }), ['path-c']);
    assert.deepEqual(await names({ Scope: 'AWS', PathPrefix: '/job-function/' }), ['ViewOnlyAccess']);
    assert.equal((await names({ Scope: 'Local' }))?.includes('AdministratorAccess'), false);
    const seen: unknown[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.send(
        new ListPoliciesCommand({ MaxItems: 7, ...(Marker === undefined ? {} : { Marker }) }),
      );
      seen.push(...(page.Policies ?? []).map(({ Arn }) => Arn));
      Marker = page.Marker;
    } while (Marker !== undefined);
    assert.deepEqual(
      seen,
      (await iam.send(new ListPoliciesCommand({ MaxItems: 1000 }))).Policies?.map(({ Arn }) => Arn),
    );
  });

  it('tells who uses a policy', async () => {
    const PolicyArn = await create('used');
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    await iam.send(new CreateUserCommand({ UserName: 'u1' }));
    await iam.send(new CreateUserCommand({ UserName: 'u2' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'g1' }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'r1',
        Path: '/x/',
        AssumeRolePolicyDocument: JSON.stringify(trust),
        PermissionsBoundary: PolicyArn,
      }),
    );
    await iam.send(new AttachUserPolicyCommand({ UserName: 'u1', PolicyArn }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'g1', PolicyArn }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'r1', PolicyArn }));
    const list = async (more: object = {}) => {
      const out = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...more }));
      return [
        ...(out.PolicyGroups ?? []).map(({ GroupName }) => GroupName),
        ...(out.PolicyUsers ?? []).map(({ UserName }) => UserName),
        ...(out.PolicyRoles ?? []).map(({ RoleName }) => RoleName),
      ];
    };
    assert.deepEqual(await list(), ['g1', 'u1', 'r1']);
    assert.deepEqual(await list({ EntityFilter: 'User' }), ['u1']);
    assert.deepEqual(await list({ PathPrefix: '/x/' }), ['r1']);
    assert.deepEqual(await list({ PolicyUsageFilter: 'PermissionsBoundary' }), ['r1']);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    assert.deepEqual([Policy?.AttachmentCount, Policy?.PermissionsBoundaryUsageCount], [3, 1]);
    await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn })), {
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
  });

  it('never leaves a deleted policy attached, whoever comes first', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'racer' }));
    for (let round = 0; round < 8; round += 1) {
      const PolicyArn = await create(`race${round}`);
      const [attached, deleted] = await Promise.allSettled([
        iam.send(new AttachUserPolicyCommand({ UserName: 'racer', PolicyArn })),
        iam.send(new DeletePolicyCommand({ PolicyArn })),
      ]);
      assert.notEqual(attached.status, deleted.status, `round ${round}`);
    }
  });

  it('keeps tags; those of AWS cannot be changed', async () => {
    const PolicyArn = await create('tagged', { Tags: [{ Key: 'a', Value: '1' }] });
    await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'b', Value: '2' }] }));
    await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['a'] }));
    assert.deepEqual((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags, [{ Key: 'b', Value: '2' }]);
    const aws = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await assert.rejects(iam.send(new TagPolicyCommand({ PolicyArn: aws, Tags: [] })), { name: 'AccessDenied' });
    await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn: aws })), { name: 'AccessDenied' });
  });
});
