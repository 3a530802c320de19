import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { allow, allPages, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

const day = 86_400_000;

describe('service last accessed data', () => {
  let test: TestAccount;
  let ann: IAM;
  let bob: IAM;
  const arn = (resource: string) => `arn:aws:iam::${test.account}:${resource}`;
  const user = (name: string) => arn(`user/${name}`);

  before(async () => {
    test = await openTestAccount();
    const { root } = test;
    ann = await test.userWith('ann', allow('iam:Get*'), allow('kms:*'), allow('ssm:GetParameter'));
    bob = await test.userWith('bob');
    await root.createGroup({ GroupName: 'readers', Path: '/g/' });
    await root.putGroupPolicy({
      GroupName: 'readers',
      PolicyName: 'read',
      PolicyDocument: policy(allow('iam:List*')),
    });
    await root.addUserToGroup({ GroupName: 'readers', UserName: 'ann' });
    await root.addUserToGroup({ GroupName: 'readers', UserName: 'bob' });
  });
  after(() => test.ringwall.stop());

  async function report(Arn: string, Granularity: 'SERVICE_LEVEL' | 'ACTION_LEVEL' = 'SERVICE_LEVEL') {
    const { JobId = '' } = await test.root.generateServiceLastAccessedDetails({ Arn, Granularity });
    return { JobId, ...(await test.root.getServiceLastAccessedDetails({ JobId })) };
  }

  it('shows what the policies reach, and what was used of it, refused calls too', async () => {
    await ann.getAccountSummary({});
    assert.match(await refusal(ann.deleteUser({ UserName: 'bob' })), /AccessDenied/);
    const found = await report(user('ann'), 'ACTION_LEVEL');
    assert.deepEqual([found.JobStatus, found.JobType, found.IsTruncated], ['COMPLETED', 'ACTION_LEVEL', false]);
    assert.ok(found.JobCreationDate instanceof Date && found.JobCompletionDate instanceof Date);
    assert.deepEqual(
      found.ServicesLastAccessed?.map(({ ServiceNamespace, ServiceName, TotalAuthenticatedEntities }) => [
        ServiceNamespace,
        ServiceName,
        TotalAuthenticatedEntities,
      ]),
      [
        ['iam', 'AWS Identity and Access Management (IAM)', 1],
        ['kms', 'AWS Key Management Service', 0],
        ['ssm', 'AWS Systems Manager', 0],
      ],
    );
    const [iam, kms] = found.ServicesLastAccessed ?? [];
    assert.deepEqual([iam?.LastAuthenticatedEntity, iam?.LastAuthenticatedRegion], [user('ann'), 'us-east-1']);
    assert.deepEqual(
      iam?.TrackedActionsLastAccessed?.map(({ ActionName, LastAccessedEntity }) => [ActionName, LastAccessedEntity]),
      [
        ['DeleteUser', user('ann')],
        ['GetAccountSummary', user('ann')],
      ],
    );
    assert.deepEqual([kms?.LastAuthenticated, kms?.TrackedActionsLastAccessed], [undefined, undefined]);
  });

  it('leaves actions out unless they are asked for', async () => {
    const { JobType, ServicesLastAccessed } = await report(user('ann'));
    assert.equal(JobType, 'SERVICE_LEVEL');
    assert.equal(ServicesLastAccessed?.[0]?.TrackedActionsLastAccessed, undefined);
  });

  it('is of the moment it was made, also when its subject is gone', async () => {
    const carl = await test.userWith('carl', allow('iam:GetUser'));
    const before = await report(user('carl'));
    await carl.getUser({});
    const again = await test.root.getServiceLastAccessedDetails({ JobId: before.JobId });
    assert.equal(again.ServicesLastAccessed?.[0]?.LastAuthenticated, undefined);
    const { AccessKeyMetadata: [key] = [] } = await test.root.listAccessKeys({ UserName: 'carl' });
    await test.root.deleteAccessKey({ UserName: 'carl', AccessKeyId: key?.AccessKeyId });
    await test.root.deleteUserPolicy({ UserName: 'carl', PolicyName: 'may' });
    await test.root.deleteUser({ UserName: 'carl' });
    assert.deepEqual(
      (await test.root.getServiceLastAccessedDetails({ JobId: before.JobId })).ServicesLastAccessed,
      again.ServicesLastAccessed,
    );
  });

  it('lists the members of a group, the latest first', async () => {
    await ann.listUsers({});
    await test.ringwall.advance(2_000);
    await bob.listUsers({});
    await test.root.createUser({ UserName: 'idle' });
    await test.root.addUserToGroup({ GroupName: 'readers', UserName: 'idle' });
    const { JobId, ServicesLastAccessed } = await report(arn('group/g/readers'));
    assert.deepEqual(
      ServicesLastAccessed?.map((service) => [
        service.ServiceNamespace,
        service.TotalAuthenticatedEntities,
        service.LastAuthenticatedEntity,
      ]),
      [['iam', 2, user('bob')]],
    );
    const pages = await allPages(
      (marker) =>
        test.root.getServiceLastAccessedDetailsWithEntities({ JobId, ServiceNamespace: 'iam', MaxItems: 2, ...marker }),
      ({ EntityDetailsList }) => EntityDetailsList,
    );
    assert.deepEqual(
      pages.map((page) =>
        page.map(({ EntityInfo, LastAuthenticated }) => [EntityInfo?.Name, LastAuthenticated !== undefined]),
      ),
      [
        [
          ['bob', true],
          ['ann', true],
        ],
        [['idle', false]],
      ],
    );
    const { User } = await test.root.getUser({ UserName: 'bob' });
    assert.deepEqual(pages[0]?.[0]?.EntityInfo, {
      Arn: user('bob'),
      Name: 'bob',
      Type: 'USER',
      Id: User?.UserId,
      Path: '/',
    });
  });

  it('counts the sessions of a role for the role, and the users of a policy', async () => {
    const trust = policy({ Effect: 'Allow', Principal: { AWS: user('ann') }, Action: 'sts:AssumeRole' });
    await test.root.createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trust });
    const { Policy } = await test.root.createPolicy({
      PolicyName: 'work',
      PolicyDocument: policy(allow('iam:GetRole')),
    });
    const PolicyArn = Policy?.Arn ?? '';
    await test.root.attachRolePolicy({ RoleName: 'worker', PolicyArn });
    await test.root.attachUserPolicy({ UserName: 'idle', PolicyArn });
    const sts = new STS({ ...test.ringwall.client, credentials: await ann.config.credentials() });
    const { Credentials } = await sts.assumeRole({ RoleArn: arn('role/worker'), RoleSessionName: 'session' });
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken: sessionToken = '',
    } = Credentials ?? {};
    const worker = new IAM(test.ringwall.as({ accessKeyId, secretAccessKey, sessionToken }));
    await worker.getRole({ RoleName: 'worker' });

    const { ServicesLastAccessed: [ofRole] = [] } = await report(arn('role/worker'));
    assert.deepEqual([ofRole?.LastAuthenticatedEntity, ofRole?.TotalAuthenticatedEntities], [arn('role/worker'), 1]);
    const ofPolicy = await report(PolicyArn);
    assert.equal(ofPolicy.ServicesLastAccessed?.[0]?.LastAuthenticatedEntity, arn('role/worker'));
    const { EntityDetailsList } = await test.root.getServiceLastAccessedDetailsWithEntities({
      JobId: ofPolicy.JobId,
      ServiceNamespace: 'iam',
    });
    assert.deepEqual(
      EntityDetailsList?.map(({ EntityInfo, LastAuthenticated }) => [
        EntityInfo?.Type,
        EntityInfo?.Name,
        LastAuthenticated !== undefined,
      ]),
      [
        ['ROLE', 'worker', true],
        ['USER', 'idle', false],
      ],
    );
  });

  it('pages through the services of an administrator', async () => {
    await test.root.attachUserPolicy({ UserName: 'bob', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    const { JobId, ServicesLastAccessed, IsTruncated } = await report(user('bob'));
    assert.deepEqual([ServicesLastAccessed?.length, IsTruncated], [100, true]);
    const pages = await allPages(
      (marker) => test.root.getServiceLastAccessedDetails({ JobId, MaxItems: 150, ...marker }),
      (page) => page.ServicesLastAccessed,
    );
    const namespaces = pages.flat().map(({ ServiceNamespace = '' }) => ServiceNamespace);
    assert.ok(namespaces.length > 400);
    assert.deepEqual(namespaces, [...new Set(namespaces)].sort());
    await test.root.detachUserPolicy({ UserName: 'bob', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
  });

  it('lists the policies that grant a service, inherited ones too', async () => {
    const grants = async (Arn: string) =>
      (
        await test.root.listPoliciesGrantingServiceAccess({ Arn, ServiceNamespaces: ['kms', 'iam', 'sqs'] })
      ).PoliciesGrantingServiceAccess?.map(({ ServiceNamespace, Policies }) => [
        ServiceNamespace,
        Policies?.map(({ PolicyName, PolicyType, EntityType, EntityName, PolicyArn }) =>
          [PolicyName, PolicyType, EntityType, EntityName, PolicyArn].filter((part) => part !== undefined).join(' '),
        ),
      ]);
    assert.deepEqual(await grants(user('ann')), [
      ['iam', ['may INLINE USER ann', 'read INLINE GROUP readers']],
      ['kms', ['may INLINE USER ann']],
      ['sqs', []],
    ]);
    assert.deepEqual((await grants(arn('role/worker')))?.[0], ['iam', [`work MANAGED ${arn('policy/work')}`]]);
    assert.deepEqual((await grants(arn('group/g/readers')))?.[0], ['iam', ['read INLINE GROUP readers']]);
  });

  it('knows nothing of what is not there', async () => {
    const { root } = test;
    assert.match(
      await refusal(root.generateServiceLastAccessedDetails({ Arn: user('none') })),
      /^404 NoSuchEntityException: /,
    );
    assert.match(
      await refusal(root.generateServiceLastAccessedDetails({ Arn: arn('policy/none') })),
      /^404 NoSuchEntityException: /,
    );
    assert.match(
      await refusal(root.generateServiceLastAccessedDetails({ Arn: 'arn:aws:s3:::some-bucket-name' })),
      /^400 InvalidInputException: /,
    );
    const JobId = '00000000-0000-4000-8000-000000000000';
    assert.match(await refusal(root.getServiceLastAccessedDetails({ JobId })), /^404 NoSuchEntityException: /);
    assert.match(
      await refusal(root.getServiceLastAccessedDetailsWithEntities({ JobId, ServiceNamespace: 'iam' })),
      /^404 NoSuchEntityException: /,
    );
    assert.match(
      await refusal(root.listPoliciesGrantingServiceAccess({ Arn: user('none'), ServiceNamespaces: ['iam'] })),
      /^404 NoSuchEntityException: /,
    );
  });

  it('is refused to users who may not ask', async () => {
    const nobody = await test.userWith('nobody');
    const Arn = user('nobody');
    assert.match(
      await refusal(nobody.generateServiceLastAccessedDetails({ Arn })),
      /AccessDenied: .*user\/nobody because/,
    );
    const JobId = '00000000-0000-4000-8000-000000000000';
    assert.match(await refusal(nobody.getServiceLastAccessedDetails({ JobId })), /AccessDenied/);
    assert.match(
      await refusal(nobody.listPoliciesGrantingServiceAccess({ Arn, ServiceNamespaces: ['iam'] })),
      /AccessDenied/,
    );
  });

  it('forgets after 400 days, and clears old reports away', async () => {
    const { JobId } = await report(user('ann'));
    await test.ringwall.advance(401 * day);
    const { ServicesLastAccessed } = await report(user('ann'));
    assert.deepEqual(
      ServicesLastAccessed?.map(({ TotalAuthenticatedEntities }) => TotalAuthenticatedEntities),
      [0, 0, 0],
    );
    for (let round = 0; round < 3; round += 1) await report(user('ann'));
    assert.match(await refusal(test.root.getServiceLastAccessedDetails({ JobId })), /^404 NoSuchEntityException: /);
  });
});
