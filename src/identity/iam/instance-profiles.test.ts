import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  GetInstanceProfileCommand,
  IAMClient,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  PutUserPolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  UntagInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

describe('instance profiles', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
    for (const RoleName of ['web', 'db'])
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  });
  after(() => ringwall.stop());

  it('hold one role, which cannot be deleted meanwhile', async () => {
    const InstanceProfileName = 'Front';
    const { InstanceProfile: created } = await iam.send(
      new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/p/' }),
    );
    assert.equal(created?.Arn, `arn:aws:iam::${ringwall.account}:instance-profile/p/Front`);
    assert.match(created?.InstanceProfileId ?? '', /^AIPA[A-Z2-7]{17}$/);
    assert.deepEqual(created?.Roles, []);
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'web' }));
    const { InstanceProfile: read } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: 'front' }));
    assert.deepEqual(
      read?.Roles?.map(({ RoleName }) => RoleName),
      ['web'],
    );
    await assert.rejects(iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'db' })), {
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    });
    const forRole = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'web' }));
    assert.deepEqual(
      forRole.InstanceProfiles?.map(({ InstanceProfileName: name }) => name),
      ['Front'],
    );
    const first = {
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must remove roles from instance profile first.',
    };
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName: 'web' })), first);
    await assert.rejects(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })), first);
    await assert.rejects(iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'db' })), {
      name: 'NoSuchEntityException',
    });
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'web' }));
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
    await assert.rejects(iam.send(new GetInstanceProfileCommand({ InstanceProfileName })), {
      name: 'NoSuchEntityException',
      message: 'Instance Profile Front cannot be found.',
    });
  });

  it('are listed by path, and tagged', async () => {
    await iam.send(
      new CreateInstanceProfileCommand({ InstanceProfileName: 't', Path: '/t/', Tags: [{ Key: 'a', Value: '1' }] }),
    );
    await assert.rejects(iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'T' })), {
      name: 'EntityAlreadyExistsException',
      message: 'Instance Profile T already exists.',
    });
    await iam.send(new TagInstanceProfileCommand({ InstanceProfileName: 't', Tags: [{ Key: 'b', Value: '2' }] }));
    await iam.send(new UntagInstanceProfileCommand({ InstanceProfileName: 't', TagKeys: ['a'] }));
    const { Tags } = await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName: 't' }));
    assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
    const { InstanceProfiles } = await iam.send(new ListInstanceProfilesCommand({ PathPrefix: '/t/' }));
    assert.equal(InstanceProfiles?.length, 1);
  });

  it('take a role only from who may pass it to EC2', async () => {
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'passed' }));
    await iam.send(new CreateUserCommand({ UserName: 'passer' }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'passer' }));
    const passer = new IAMClient(
      ringwall.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }),
    );
    const grant = (...Statement: object[]) =>
      iam.send(
        new PutUserPolicyCommand({
          UserName: 'passer',
          PolicyName: 'p',
          PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      );
    const add = () =>
      passer.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'passed', RoleName: 'db' }));
    const addRole = { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' };
    const pass = (service: string) => ({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `arn:aws:iam::${ringwall.account}:role/db`,
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    await grant(addRole, pass('lambda.amazonaws.com'));
    await assert.rejects(add(), {
      name: 'AccessDenied',
      message: /iam:PassRole on resource: arn:aws:iam::\d+:role\/db /,
    });
    await grant(addRole, pass('ec2.amazonaws.com'));
    await add();
  });
});
