import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, allPages, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

describe('policies of users and groups', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName: 'ann' });
    await test.root.createGroup({ GroupName: 'team' });
  });
  after(() => test.ringwall.stop());

  it('keeps inline policies as given, and answers them percent-encoded', async () => {
    // As recorded of AWS: what is already encoded in the document stays so.
    const PolicyDocument = `{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["apigateway:PUT"], "Resource": ["arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3A(x)'*"]}]
}`;
    await test.root.putUserPolicy({ UserName: 'ann', PolicyName: 'p', PolicyDocument });
    await test.root.putGroupPolicy({ GroupName: 'team', PolicyName: 'p', PolicyDocument });
    const ofUser = await test.root.getUserPolicy({ UserName: 'ann', PolicyName: 'p' });
    const ofGroup = await test.root.getGroupPolicy({ GroupName: 'team', PolicyName: 'p' });
    for (const encoded of [ofUser.PolicyDocument, ofGroup.PolicyDocument]) {
      assert.doesNotMatch(encoded ?? '', /[^A-Za-z0-9%._~-]/);
      assert.equal(decodeURIComponent(encoded ?? ''), PolicyDocument);
    }
    assert.deepEqual([ofUser.UserName, ofGroup.GroupName, ofUser.PolicyName], ['ann', 'team', 'p']);
  });

  it('refuses documents that are no policies', async () => {
    const cases: readonly (readonly [document: string, message: string])[] = [
      ['{}', 'Syntax errors in policy.'],
      [
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}',
        'Policy statement must contain resources.',
      ],
      [
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}',
        'Policy document should not specify a principal.',
      ],
    ];
    for (const [PolicyDocument, message] of cases) {
      const call = test.root.putUserPolicy({ UserName: 'ann', PolicyName: 'bad', PolicyDocument });
      assert.equal(await refusal(call), `400 MalformedPolicyDocumentException: ${message}`);
    }
  });

  it('counts the size of all inline policies of a user together, without white space', async () => {
    await test.root.createUser({ UserName: 'wordy' });
    const sized = (length: number) =>
      policy({ Sid: 'x'.repeat(length - policy({ Sid: '', ...allow('s3:*') }).length), ...allow('s3:*') });
    const put = (PolicyName: string, PolicyDocument: string) =>
      test.root.putUserPolicy({ UserName: 'wordy', PolicyName, PolicyDocument });
    assert.equal(
      await refusal(put('one', sized(2_049))),
      '409 LimitExceededException: Maximum policy size of 2048 bytes exceeded for user wordy',
    );
    await put('one', `${sized(2_000)}${' '.repeat(500)}`);
    assert.match(await refusal(put('two', sized(100))), /^409 LimitExceeded/);
    await put('one', sized(1_900));
    await put('two', sized(100));
  });

  it('lists and deletes inline policies, whatever they are called', async () => {
    const UserName = 'odd';
    await test.root.createUser({ UserName });
    const names = ['__proto__', 'constructor', 'z'];
    const PolicyDocument = policy(allow('s3:*'));
    assert.equal(
      await refusal(test.root.getUserPolicy({ UserName, PolicyName: 'constructor' })),
      '404 NoSuchEntityException: The user policy with name constructor cannot be found.',
    );
    for (const PolicyName of names) await test.root.putUserPolicy({ UserName, PolicyName, PolicyDocument });
    const pages = await allPages(
      (marker) => test.root.listUserPolicies({ UserName, MaxItems: 2, ...marker }),
      ({ PolicyNames }) => PolicyNames,
    );
    assert.deepEqual(pages, [['__proto__', 'constructor'], ['z']]);
    for (const PolicyName of names) {
      const got = await test.root.getUserPolicy({ UserName, PolicyName });
      assert.equal(decodeURIComponent(got.PolicyDocument ?? ''), PolicyDocument);
      await test.root.deleteUserPolicy({ UserName, PolicyName });
    }
    assert.deepEqual((await test.root.listUserPolicies({ UserName })).PolicyNames, []);
    assert.equal(
      await refusal(test.root.deleteGroupPolicy({ GroupName: 'team', PolicyName: 'none' })),
      '404 NoSuchEntityException: The group policy with name none cannot be found.',
    );
  });

  it('attaches managed policies: they count at once', async () => {
    const bob = await test.userWith('bob');
    const { Policy } = await test.root.createPolicy({
      PolicyName: 'lister',
      PolicyDocument: policy(allow('iam:ListUsers')),
    });
    assert.match(await refusal(bob.listUsers({})), /^403 /);
    await test.root.attachUserPolicy({ UserName: 'bob', PolicyArn: Policy?.Arn });
    await bob.listUsers({});
    await test.root.attachUserPolicy({ UserName: 'bob', PolicyArn: Policy?.Arn });
    assert.deepEqual((await test.root.listAttachedUserPolicies({ UserName: 'bob' })).AttachedPolicies, [
      { PolicyName: 'lister', PolicyArn: Policy?.Arn },
    ]);
    await test.root.detachUserPolicy({ UserName: 'bob', PolicyArn: Policy?.Arn });
    assert.match(await refusal(bob.listUsers({})), /^403 /);
    assert.equal(
      await refusal(test.root.detachUserPolicy({ UserName: 'bob', PolicyArn: Policy?.Arn })),
      `404 NoSuchEntityException: Policy ${Policy?.Arn} was not found.`,
    );
  });

  it('refuses ARNs as AWS was recorded to', async () => {
    const arn = `arn:aws:iam::${test.account}:policy/none123`;
    const cases: readonly (readonly [arn: string, refusal: string])[] = [
      ['longpolicynamebutnoarn', '400 ValidationError: Invalid ARN:  Could not be parsed!'],
      [arn, `404 NoSuchEntityException: Policy ${arn} does not exist or is not attachable.`],
    ];
    for (const [PolicyArn, expected] of cases) {
      assert.equal(await refusal(test.root.attachUserPolicy({ UserName: 'ann', PolicyArn })), expected);
      assert.equal(await refusal(test.root.attachGroupPolicy({ GroupName: 'team', PolicyArn })), expected);
    }
  });

  it('attaches ten, and lists them below a path', async () => {
    const GroupName = 'full';
    await test.root.createGroup({ GroupName });
    for (let index = 0; index < 11; index += 1) {
      const Path = index === 0 ? '/special/' : '/';
      await test.root.createPolicy({ PolicyName: `many${index}`, Path, PolicyDocument: policy(allow('s3:*')) });
    }
    const arn = (index: number) => `arn:aws:iam::${test.account}:policy/${index === 0 ? 'special/' : ''}many${index}`;
    for (let index = 0; index < 10; index += 1) await test.root.attachGroupPolicy({ GroupName, PolicyArn: arn(index) });
    assert.equal(
      await refusal(test.root.attachGroupPolicy({ GroupName, PolicyArn: arn(10) })),
      '409 LimitExceededException: Cannot exceed quota for PoliciesPerGroup: 10',
    );
    const special = await test.root.listAttachedGroupPolicies({ GroupName, PathPrefix: '/special/' });
    assert.deepEqual(special.AttachedPolicies, [{ PolicyName: 'many0', PolicyArn: arn(0) }]);
    const pages = await allPages(
      (marker) => test.root.listAttachedGroupPolicies({ GroupName, MaxItems: 6, ...marker }),
      ({ AttachedPolicies }) => AttachedPolicies,
    );
    assert.deepEqual(
      pages.map(({ length }) => length),
      [6, 4],
    );
  });

  it('asks with the policy and the boundary as conditions', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
    const boundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const only = { ArnEquals: { 'iam:PolicyARN': PolicyArn }, StringEquals: { 'iam:PermissionsBoundary': boundary } };
    const granter = await test.userWith('granter', allow('iam:AttachUserPolicy', '*', only));
    await test.root.createUser({ UserName: 'free' });
    await test.root.createUser({ UserName: 'bound', PermissionsBoundary: boundary });
    await granter.attachUserPolicy({ UserName: 'bound', PolicyArn });
    assert.match(await refusal(granter.attachUserPolicy({ UserName: 'free', PolicyArn })), /^403 /);
    assert.match(await refusal(granter.attachUserPolicy({ UserName: 'bound', PolicyArn: boundary })), /^403 /);
  });
});
