import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, allPages, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';
import { noteKeyUse } from './key-use.ts';

describe('the account', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  it('has one alias; a new one takes its place', async () => {
    assert.deepEqual((await test.root.listAccountAliases({})).AccountAliases, []);
    await test.root.createAccountAlias({ AccountAlias: 'first-name' });
    await test.root.createAccountAlias({ AccountAlias: 'second-name' });
    const { $metadata: _, ...listed } = await test.root.listAccountAliases({});
    assert.deepEqual(listed, { AccountAliases: ['second-name'], IsTruncated: false });
    assert.equal(
      await refusal(test.root.createAccountAlias({ AccountAlias: 'second-name' })),
      '409 EntityAlreadyExistsException: The account alias second-name already exists.',
    );
    assert.match(await refusal(test.root.deleteAccountAlias({ AccountAlias: 'first-name' })), /^404 NoSuchEntity/);
    await test.root.deleteAccountAlias({ AccountAlias: 'second-name' });
    assert.deepEqual((await test.root.listAccountAliases({})).AccountAliases, []);
  });

  it('has a password policy when it wants one', async () => {
    const none = `404 NoSuchEntityException: The Password Policy with domain name ${test.account} cannot be found.`;
    assert.equal(await refusal(test.root.getAccountPasswordPolicy({})), none);
    assert.equal(await refusal(test.root.deleteAccountPasswordPolicy({})), none);
    const lax = {
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
    };
    await test.root.updateAccountPasswordPolicy({
      MinimumPasswordLength: 12,
      MaxPasswordAge: 90,
      PasswordReusePrevention: 5,
      HardExpiry: true,
    });
    assert.deepEqual((await test.root.getAccountPasswordPolicy({})).PasswordPolicy, {
      ...lax,
      MinimumPasswordLength: 12,
      ExpirePasswords: true,
      MaxPasswordAge: 90,
      PasswordReusePrevention: 5,
      HardExpiry: true,
    });
    await test.root.updateAccountPasswordPolicy({});
    assert.deepEqual((await test.root.getAccountPasswordPolicy({})).PasswordPolicy, { ...lax, ExpirePasswords: false });
    await test.root.deleteAccountPasswordPolicy({});
    assert.equal(await refusal(test.root.getAccountPasswordPolicy({})), none);
  });

  it('counts what it has', async () => {
    const { SummaryMap: before = {} } = await test.root.getAccountSummary({});
    await test.root.createUser({ UserName: 'counted' });
    await test.root.createGroup({ GroupName: 'counted' });
    await test.root.createVirtualMFADevice({ VirtualMFADeviceName: 'counted' });
    const { Policy } = await test.root.createPolicy({ PolicyName: 'counted', PolicyDocument: policy(allow('s3:*')) });
    await test.root.createPolicyVersion({ PolicyArn: Policy?.Arn, PolicyDocument: policy(allow('s3:*')) });
    const { SummaryMap: now = {} } = await test.root.getAccountSummary({});
    const grown = Object.entries(now).flatMap(([name, count]) =>
      count === Object.entries(before).find(([other]) => other === name)?.[1] ? [] : [name],
    );
    assert.deepEqual(grown.sort(), ['Groups', 'MFADevices', 'Policies', 'PolicyVersionsInUse', 'Users']);
    assert.equal(now.PolicyVersionsInUse, 2);
    assert.equal(now.AccountAccessKeysPresent, 1);
  });

  it('remembers which tokens the global endpoint should give', async () => {
    const version = async () => (await test.root.getAccountSummary({})).SummaryMap?.GlobalEndpointTokenVersion;
    assert.equal(await version(), 1);
    await test.root.setSecurityTokenServicePreferences({ GlobalEndpointTokenVersion: 'v2Token' });
    assert.equal(await version(), 2);
    await test.root.setSecurityTokenServicePreferences({ GlobalEndpointTokenVersion: 'v1Token' });
    assert.equal(await version(), 1);
  });

  it('reports on credentials', async () => {
    assert.match(await refusal(test.root.getCredentialReport({})), /^410 CredentialReportNotPresentException: /);
    await test.root.updateAccountPasswordPolicy({ MaxPasswordAge: 10 });
    await test.userWith('reported');
    await test.root.createLoginProfile({ UserName: 'reported', Password: 'correct Horse 7' });
    await test.root.createUser({ UserName: 'comma,name', Path: '/qu"ote/' });
    const { AccessKeyMetadata: [key] = [] } = await test.root.listAccessKeys({ UserName: 'reported' });
    noteKeyUse(key?.AccessKeyId ?? '', { date: Date.UTC(2026, 1, 3, 4, 5, 6), region: 'us-east-1', service: 'iam' });
    assert.equal((await test.root.generateCredentialReport({})).State, 'STARTED');
    assert.equal((await test.root.generateCredentialReport({})).State, 'COMPLETE');
    const { Content, ReportFormat } = await test.root.getCredentialReport({});
    assert.equal(ReportFormat, 'text/csv');
    const [header = '', root = '', ...lines] = Buffer.from(Content ?? [])
      .toString()
      .split('\n');
    // As recorded of AWS.
    assert.equal(
      header,
      'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
    );
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00`;
    assert.match(
      root,
      new RegExp(
        `^<root_account>,arn:aws:iam::${test.account}:root,${time},not_supported,no_information,not_supported,not_supported,false,true,`,
      ),
    );
    const reported = lines.find((line) => line.startsWith('reported,')) ?? '';
    assert.match(
      reported,
      new RegExp(
        `^reported,arn:aws:iam::${test.account}:user/reported,${time},true,no_information,${time},${time},false,true,${time},2026-02-03T04:05:06\\+00:00,us-east-1,iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A$`,
      ),
    );
    const [, , , , , changed = '', next = ''] = reported.split(',');
    assert.equal(Date.parse(next) - Date.parse(changed), 10 * 86_400_000);
    assert.ok(
      lines.some((line) => line.startsWith(`"comma,name","arn:aws:iam::${test.account}:user/qu""ote/comma,name",`)),
    );
    await test.ringwall.advance(4 * 3_600_000);
    assert.match(await refusal(test.root.getCredentialReport({})), /^410 CredentialReportExpiredException: /);
    assert.equal((await test.root.generateCredentialReport({})).State, 'STARTED');
  });
});

describe('authorisation details', () => {
  let test: TestAccount;
  const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
  const document = policy(allow('s3:GetObject'));
  const encoded = encodeURIComponent(document).replaceAll('*', '%2A');
  before(async () => {
    test = await openTestAccount();
    await test.root.createGroup({ GroupName: 'g' });
    await test.root.attachGroupPolicy({ GroupName: 'g', PolicyArn: readOnly });
    await test.root.createUser({ UserName: 'u', Tags: [{ Key: 'k', Value: 'v' }], PermissionsBoundary: readOnly });
    await test.root.addUserToGroup({ GroupName: 'g', UserName: 'u' });
    await test.root.putUserPolicy({ UserName: 'u', PolicyName: 'inline', PolicyDocument: document });
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    await test.root.createRole({ RoleName: 'r', AssumeRolePolicyDocument });
    const { Policy } = await test.root.createPolicy({ PolicyName: 'p', PolicyDocument: document });
    await test.root.createPolicyVersion({ PolicyArn: Policy?.Arn, PolicyDocument: document, SetAsDefault: true });
  });
  after(() => test.ringwall.stop());

  it('show everything at once', async () => {
    const all = await test.root.getAccountAuthorizationDetails({});
    const [user] = all.UserDetailList ?? [];
    assert.deepEqual(user?.GroupList, ['g']);
    assert.deepEqual(user?.Tags, [{ Key: 'k', Value: 'v' }]);
    assert.equal(user?.PermissionsBoundary?.PermissionsBoundaryArn, readOnly);
    assert.deepEqual(user?.UserPolicyList, [{ PolicyName: 'inline', PolicyDocument: encoded }]);
    assert.deepEqual(all.GroupDetailList?.[0]?.AttachedManagedPolicies, [
      { PolicyName: 'IAMReadOnlyAccess', PolicyArn: readOnly },
    ]);
    assert.equal(all.RoleDetailList?.[0]?.RoleName, 'r');
    assert.deepEqual(
      all.Policies?.map(({ PolicyName, AttachmentCount, PermissionsBoundaryUsageCount }) => [
        PolicyName,
        AttachmentCount,
        PermissionsBoundaryUsageCount,
      ]),
      [
        ['p', 0, 0],
        ['IAMReadOnlyAccess', 1, 1],
      ],
    );
    assert.deepEqual(
      all.Policies?.[0]?.PolicyVersionList?.map(({ VersionId, IsDefaultVersion, Document }) => [
        VersionId,
        IsDefaultVersion,
        Document,
      ]),
      [
        ['v2', true, encoded],
        ['v1', false, encoded],
      ],
    );
    assert.equal(all.IsTruncated, false);
  });

  it('show the kinds asked for', async () => {
    const some = await test.root.getAccountAuthorizationDetails({ Filter: ['Role', 'AWSManagedPolicy'] });
    assert.deepEqual(
      [some.UserDetailList, some.GroupDetailList, some.RoleDetailList, some.Policies].map((list) => list?.length),
      [0, 0, 1, 1],
    );
  });

  it('go on over the kinds page by page', async () => {
    for (const MaxItems of [1, 2, 3]) {
      const pages = await allPages(
        (marker) => test.root.getAccountAuthorizationDetails({ MaxItems, ...marker }),
        (page) => [
          ...(page.UserDetailList ?? []).map(({ UserName }) => UserName),
          ...(page.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
          ...(page.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
          ...(page.Policies ?? []).map(({ PolicyName }) => PolicyName),
        ],
      );
      assert.deepEqual(pages.flat(), ['u', 'g', 'r', 'p', 'IAMReadOnlyAccess']);
      assert.equal(pages.length, Math.ceil(5 / MaxItems));
    }
  });
});
