import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { SSM } from '@aws-sdk/client-ssm';
import { allow, openTestStore, refused, type TestStore } from './client-for-tests.ts';

const [owner, guest] = ['111122223333', '444455556666'];

describe('sharing by resource policy', () => {
  let store: TestStore;
  let ours: SSM;
  let theirs: SSM;
  const arn = (name: string) => `arn:aws:ssm:us-east-1:${owner}:parameter${name}`;
  const policy = (
    name: string,
    account = guest,
    Action: string | string[] = ['ssm:GetParameter', 'ssm:GetParameters'],
  ) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action, Resource: arn(name) }],
    });

  before(async () => {
    // In open mode a 12-digit access key id is the root of that account.
    store = await openTestStore({ auth: 'open' });
    const rootOf = (account: string) =>
      new SSM(store.ringwall.as({ accessKeyId: account, secretAccessKey: 'any' }, 'us-east-1'));
    ours = rootOf(owner);
    theirs = rootOf(guest);
    for (const Name of ['/shared', '/other', 'bare'])
      await ours.putParameter({ Name, Value: Name, Type: 'String', Tier: 'Advanced' });
    await ours.putParameter({ Name: '/standard', Value: 'v', Type: 'String' });
  });
  after(() => store.ringwall.stop());

  test('another account reads a shared parameter by its ARN, and nothing else', async () => {
    await refused(
      theirs.getParameter({ Name: arn('/shared') }),
      'AccessDeniedException',
      /ssm:GetParameter on resource: arn:aws:ssm:us-east-1:111122223333:parameter\/shared/,
    );
    await ours.putResourcePolicy({ ResourceArn: arn('/shared'), Policy: policy('/shared') });
    await ours.putResourcePolicy({ ResourceArn: arn('/bare'), Policy: policy('/bare') });

    const { Parameter } = await theirs.getParameter({ Name: arn('/shared') });
    assert.deepEqual([Parameter?.Name, Parameter?.Value, Parameter?.ARN], ['/shared', '/shared', arn('/shared')]);
    assert.equal((await theirs.getParameter({ Name: `${arn('/bare')}:1` })).Parameter?.Name, 'bare');
    assert.equal((await theirs.getParameters({ Names: [arn('/shared'), arn('/bare')] })).Parameters?.length, 2);

    await refused(theirs.getParameter({ Name: '/shared' }), 'ParameterNotFound');
    await refused(theirs.getParameter({ Name: arn('/other') }), 'AccessDeniedException');
    // What is not there is denied like what is not shared.
    await refused(theirs.getParameter({ Name: arn('/absent') }), 'AccessDeniedException');
    await refused(theirs.getParameters({ Names: [arn('/shared'), arn('/other')] }), 'AccessDeniedException');
    await refused(theirs.getParameterHistory({ Name: arn('/shared') }), 'AccessDeniedException');
    await refused(theirs.getResourcePolicies({ ResourceArn: arn('/shared') }), 'AccessDeniedException');
    assert.deepEqual((await theirs.describeParameters({ Shared: true })).Parameters, []);
  });

  test('history is shared where the policy says so, management never', async () => {
    const Policy = policy('/other', guest, [
      'ssm:GetParameterHistory',
      'ssm:DeleteParameter',
      'ssm:PutResourcePolicy',
      'ssm:GetResourcePolicies',
    ]);
    await ours.putResourcePolicy({ ResourceArn: arn('/other'), Policy });
    assert.equal((await theirs.getParameterHistory({ Name: arn('/other') })).Parameters?.length, 1);
    await refused(theirs.deleteParameter({ Name: arn('/other') }), 'ValidationException');
    // Not even where they have a parameter of the same name.
    await theirs.putParameter({ Name: '/other', Value: 'v', Type: 'String', Tier: 'Advanced' });
    await refused(theirs.getResourcePolicies({ ResourceArn: arn('/other') }), 'ResourceNotFoundException');
    await refused(theirs.putResourcePolicy({ ResourceArn: arn('/other'), Policy }), 'ResourceNotFoundException');
  });

  test('a policy is read, replaced under its hash, and deleted', async () => {
    const ResourceArn = arn('/life');
    await ours.putParameter({ Name: '/life', Value: 'v', Type: 'String', Tier: 'Advanced' });
    assert.deepEqual((await ours.getResourcePolicies({ ResourceArn })).Policies, []);
    const Policy = policy('/life');
    const first = await ours.putResourcePolicy({ ResourceArn, Policy });
    assert.deepEqual((await ours.getResourcePolicies({ ResourceArn })).Policies, [
      { PolicyId: first.PolicyId, PolicyHash: first.PolicyHash, Policy },
    ]);
    await refused(ours.putResourcePolicy({ ResourceArn, Policy }), 'ResourcePolicyLimitExceededException');

    const { PolicyId, PolicyHash } = first;
    const changed = policy('/life', '777788889999');
    const second = await ours.putResourcePolicy({ ResourceArn, Policy: changed, PolicyId, PolicyHash });
    assert.equal(second.PolicyId, PolicyId);
    assert.notEqual(second.PolicyHash, PolicyHash);
    await refused(
      ours.putResourcePolicy({ ResourceArn, Policy, PolicyId, PolicyHash }),
      'ResourcePolicyConflictException',
    );
    await refused(ours.putResourcePolicy({ ResourceArn, Policy, PolicyId }), 'ResourcePolicyInvalidParameterException');
    await refused(
      ours.putResourcePolicy({ ResourceArn, Policy, PolicyId: 'x', PolicyHash }),
      'ResourcePolicyNotFoundException',
    );

    const id = PolicyId ?? '';
    await refused(
      ours.deleteResourcePolicy({ ResourceArn, PolicyId: id, PolicyHash: 'old' }),
      'ResourcePolicyConflictException',
    );
    await refused(
      ours.deleteResourcePolicy({ ResourceArn, PolicyId: 'x', PolicyHash: 'y' }),
      'ResourcePolicyNotFoundException',
    );
    await ours.deleteResourcePolicy({ ResourceArn, PolicyId: id, PolicyHash: second.PolicyHash ?? '' });
    assert.deepEqual((await ours.getResourcePolicies({ ResourceArn })).Policies, []);
    await refused(
      ours.deleteResourcePolicy({ ResourceArn, PolicyId: id, PolicyHash: 'y' }),
      'ResourcePolicyNotFoundException',
    );
  });

  const document = policy('/shared');
  const refusals: readonly (readonly [what: string, ResourceArn: string, Policy: string, code: string])[] = [
    ['standard parameters', arn('/standard'), policy('/standard'), 'ResourcePolicyInvalidParameterException'],
    ['absent parameters', arn('/absent'), document, 'ResourceNotFoundException'],
    [
      'other resources',
      'arn:aws:ssm:us-east-1:111122223333:opsitemgroup/default',
      document,
      'ResourcePolicyInvalidParameterException',
    ],
    ['no policy', arn('/other'), '{"Version":', 'MalformedResourcePolicyDocumentException'],
    [
      'a policy without principal',
      arn('/other'),
      JSON.stringify({ Version: '2012-10-17', Statement: [allow('ssm:GetParameter', '*')] }),
      'MalformedResourcePolicyDocumentException',
    ],
    [
      'a policy of more than 1,024 bytes',
      arn('/other'),
      document + ' '.repeat(1_024),
      'ResourcePolicyLimitExceededException',
    ],
    ['white space', arn('/other'), '   ', 'ValidationException'],
  ];
  for (const [what, ResourceArn, Policy, code] of refusals) {
    test(`${what}: ${code}`, () => refused(ours.putResourcePolicy({ ResourceArn, Policy }), code));
  }
});

test('a policy is for the user that had the name when it was put, not for the name', async (t) => {
  const store = await openTestStore();
  t.after(() => store.ringwall.stop());
  const iam = new IAM(store.ringwall.client);
  const UserName = 'reader';
  const newReader = async () => {
    await iam.createUser({ UserName });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    const ssm = new SSM(store.ringwall.as({ accessKeyId, secretAccessKey }));
    return { accessKeyId, read: () => ssm.getParameter({ Name: '/pinned' }) };
  };
  await store.put('/pinned', 'v', { Tier: 'Advanced' });
  const before = await newReader();
  const ResourceArn = store.arn('/pinned');
  const Principal = { AWS: `arn:aws:iam::${store.ringwall.account}:user/${UserName}` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'ssm:GetParameter', Resource: ResourceArn }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await store.ssm.putResourcePolicy({ ResourceArn, Policy });
  assert.equal((await store.ssm.getResourcePolicies({ ResourceArn })).Policies?.[0]?.Policy, Policy);
  await before.read();
  await iam.deleteAccessKey({ UserName, AccessKeyId: before.accessKeyId });
  await iam.deleteUser({ UserName });
  const now = await newReader();
  await refused(now.read(), 'AccessDeniedException');
});
