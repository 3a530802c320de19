import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { recordedCases } from '../recordings-for-tests.ts';

const recorded = recordedCases('iam');

describe('service-linked roles', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  it('are deleted by a task', async () => {
    await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }));
    await assert.rejects(iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' })), {
      name: 'InvalidInputException',
      message:
        'Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix.',
    });
    const RoleName = 'AWSServiceRoleForBatch';
    const { DeletionTaskId } = await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName }));
    assert.match(
      DeletionTaskId ?? '',
      /^task\/aws-service-role\/batch\.amazonaws\.com\/AWSServiceRoleForBatch\/[0-9a-f-]{36}$/,
    );
    const { Status } = await iam.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));
    assert.equal(Status, 'SUCCEEDED');
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), { name: 'NoSuchEntityException' });
  });

  it('exist for services that have them', async () => {
    await assert.rejects(iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'nothing.amazonaws.com' })), {
      name: 'InvalidInputException',
    });
  });

  if (recorded === undefined) it('look as recorded', { skip: 'no recordings of AWS at hand' }, () => {});
  for (const [name, expected] of recorded ?? []) {
    const [, kind = '', AWSServiceName = ''] = /test_service_role_lifecycle(\w*)\[(.+)\]$/.exec(name) ?? [];
    if (AWSServiceName === '') continue;
    it(`of ${AWSServiceName}${kind.replaceAll('_', ' ')} look as recorded`, async () => {
      const suffix = kind === '' ? {} : { CustomSuffix: 'sfx' };
      const creation = iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName, ...suffix }));
      if (kind === '_custom_suffix_not_allowed') {
        const { Code, Message } = (
          expected['custom-suffix-not-allowed'] as { Error: { Code: string; Message: string } }
        ).Error;
        return assert.rejects(creation, { name: `${Code}Exception`, message: Message });
      }
      const RoleName = (await creation).Role?.RoleName ?? '';
      const { Role: role } = await iam.send(new GetRoleCommand({ RoleName }));
      const wanted = (expected['describe-response'] as { Role: Record<string, unknown> }).Role;
      assert.deepEqual(Object.keys(role ?? {}).sort(), Object.keys(wanted).sort());
      assert.equal(role?.RoleName, (wanted['RoleName'] as string).replace('<suffix>', 'sfx'));
      assert.equal(role?.Path, wanted['Path']);
      assert.equal(role?.Description, wanted['Description']);
      assert.deepEqual(
        JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? '')),
        wanted['AssumeRolePolicyDocument'],
      );
      const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      const attached = (expected['attached-role-policies'] as { AttachedPolicies: { PolicyArn: string }[] })
        .AttachedPolicies;
      assert.deepEqual(
        AttachedPolicies?.map(({ PolicyArn }) => PolicyArn),
        attached.map(({ PolicyArn }) => PolicyArn.replace('<partition>', 'aws')),
      );
    });
  }
});
