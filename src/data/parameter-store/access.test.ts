import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import type { SSM } from '@aws-sdk/client-ssm';
import { allow, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('who may do what', () => {
  let store: TestStore;
  let nobody: SSM;
  before(async () => {
    store = await openTestStore();
    nobody = await store.user([allow('iam:GetUser', '*')]);
    await store.put('/app/db', 'v', { Overwrite: false, Tags: [{ Key: 'team', Value: 'core' }] });
    await store.put('bare', 'v');
    await store.put('/other', 'v', { Tier: 'Advanced' });
  });
  after(() => store.ringwall.stop());

  const Name = '/app/db';
  const SettingId = '/ssm/parameter-store/high-throughput-enabled';
  const tagged = { ResourceType: 'Parameter', ResourceId: Name } as const;
  const calls: Readonly<Record<string, readonly [resource: string, call: (ssm: SSM) => Promise<unknown>]>> = {
    AddTagsToResource: [
      'parameter/app/db',
      (ssm) => ssm.addTagsToResource({ ...tagged, Tags: [{ Key: 'k', Value: 'v' }] }),
    ],
    DeleteParameter: ['parameter/app/db', (ssm) => ssm.deleteParameter({ Name })],
    DeleteParameters: ['parameter/app/db', (ssm) => ssm.deleteParameters({ Names: [Name] })],
    DeleteResourcePolicy: [
      'parameter/app/db',
      (ssm) => ssm.deleteResourcePolicy({ ResourceArn: store.arn(Name), PolicyId: 'x', PolicyHash: 'y' }),
    ],
    DescribeParameters: ['*', (ssm) => ssm.describeParameters({})],
    GetParameter: ['parameter/app/db', (ssm) => ssm.getParameter({ Name: `${Name}:1` })],
    GetParameterHistory: ['parameter/app/db', (ssm) => ssm.getParameterHistory({ Name })],
    GetParameters: ['parameter/app/db', (ssm) => ssm.getParameters({ Names: [Name] })],
    GetParametersByPath: ['parameter/app', (ssm) => ssm.getParametersByPath({ Path: '/app/' })],
    GetResourcePolicies: ['parameter/app/db', (ssm) => ssm.getResourcePolicies({ ResourceArn: store.arn(Name) })],
    GetServiceSetting: [`servicesetting${SettingId}`, (ssm) => ssm.getServiceSetting({ SettingId })],
    LabelParameterVersion: ['parameter/app/db', (ssm) => ssm.labelParameterVersion({ Name, Labels: ['x'] })],
    ListTagsForResource: ['parameter/app/db', (ssm) => ssm.listTagsForResource(tagged)],
    PutParameter: ['parameter/app/db', (ssm) => ssm.putParameter({ Name, Value: 'v', Overwrite: true })],
    PutResourcePolicy: [
      'parameter/app/db',
      (ssm) => ssm.putResourcePolicy({ ResourceArn: store.arn(Name), Policy: '{}' }),
    ],
    RemoveTagsFromResource: ['parameter/app/db', (ssm) => ssm.removeTagsFromResource({ ...tagged, TagKeys: ['k'] })],
    ResetServiceSetting: [`servicesetting${SettingId}`, (ssm) => ssm.resetServiceSetting({ SettingId })],
    UnlabelParameterVersion: [
      'parameter/app/db',
      (ssm) => ssm.unlabelParameterVersion({ Name, ParameterVersion: 1, Labels: ['x'] }),
    ],
    UpdateServiceSetting: [
      `servicesetting${SettingId}`,
      (ssm) => ssm.updateServiceSetting({ SettingId, SettingValue: 'true' }),
    ],
  };

  for (const [operation, [resource, call]] of Object.entries(calls)) {
    test(`${operation} is denied without permission, and nothing happens`, async () => {
      const arn = `arn:aws:ssm:us-east-1:${store.ringwall.account}:${resource}`;
      await refused(
        call(nobody),
        'AccessDeniedException',
        `User: arn:aws:iam::${store.ringwall.account}:user/user-1 is not authorized to perform: ssm:${operation} on resource: ${arn} because no identity-based policy allows the ssm:${operation} action`,
      );
      assert.equal((await store.ssm.getParameter({ Name })).Parameter?.Version, 1);
    });
  }

  test('one permission opens one operation on the named parameters', async () => {
    const reader = await store.user([
      allow(['ssm:GetParameter', 'ssm:GetParameters'], [store.arn('/app/*'), store.arn('/bare')]),
    ]);
    assert.equal((await reader.getParameter({ Name })).Parameter?.Value, 'v');
    assert.equal((await reader.getParameter({ Name: 'bare' })).Parameter?.Value, 'v');
    assert.equal((await reader.getParameter({ Name: store.arn('/app/db') })).Parameter?.Value, 'v');
    await refused(reader.getParameter({ Name: '/other' }), 'AccessDeniedException');
    await refused(reader.getParameter({ Name: '/missing' }), 'AccessDeniedException');
    await refused(reader.getParameters({ Names: [Name, '/other'] }), 'AccessDeniedException');
    await refused(reader.putParameter({ Name, Value: 'w', Overwrite: true }), 'AccessDeniedException');
  });

  test('who may read a path reads everything below it, whatever is denied there', async () => {
    const walker = await store.user([
      allow('ssm:GetParametersByPath', store.arn('/app')),
      { Effect: 'Deny', Action: 'ssm:*', Resource: store.arn('/app/db') },
    ]);
    assert.equal((await walker.getParametersByPath({ Path: '/app', Recursive: true })).Parameters?.length, 1);
    await refused(walker.getParameter({ Name }), 'AccessDeniedException', /explicit deny in an identity-based policy/);
  });

  test('ssm:Recursive, ssm:Overwrite and ssm:Policies are condition keys', async () => {
    const careful = await store.user([
      allow('ssm:GetParametersByPath', '*', { StringEquals: { 'ssm:Recursive': 'false' } }),
      allow('ssm:PutParameter', '*', { StringEquals: { 'ssm:Overwrite': 'false' }, Null: { 'ssm:Policies': 'true' } }),
    ]);
    await careful.getParametersByPath({ Path: '/app' });
    await refused(careful.getParametersByPath({ Path: '/app', Recursive: true }), 'AccessDeniedException');
    const fresh = { Name: '/fresh', Value: 'v', Type: 'String' } as const;
    await refused(careful.putParameter({ ...fresh, Overwrite: true }), 'AccessDeniedException');
    await refused(careful.putParameter({ ...fresh, Tier: 'Advanced', Policies: '[{}]' }), 'AccessDeniedException');
    await careful.putParameter(fresh);
  });

  test('tags decide, of the parameter and of the request', async () => {
    const core = await store.user([
      allow('ssm:GetParameter', '*', { StringEquals: { 'aws:ResourceTag/team': 'core' } }),
      allow('ssm:PutParameter', '*'),
      allow('ssm:AddTagsToResource', '*', { StringEquals: { 'aws:RequestTag/team': 'core' } }),
    ]);
    await core.getParameter({ Name });
    await refused(core.getParameter({ Name: 'bare' }), 'AccessDeniedException');
    const tagged = (Value: string) =>
      core.putParameter({ Name: `/tagged-${Value}`, Value: 'v', Type: 'String', Tags: [{ Key: 'team', Value }] });
    await tagged('core');
    await refused(tagged('other'), 'AccessDeniedException', /ssm:AddTagsToResource/);
  });
});
