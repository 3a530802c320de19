import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import type { SimulateCustomPolicyCommandInput } from '@aws-sdk/client-iam';
import { allow, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

const mine = '111122223333';
const theirs = '444455556666';
const ann = `arn:aws:iam::${mine}:user/ann`;
const bucket = 'arn:aws:s3:::theirs/k';
const forbid = (action: string) => ({ Effect: 'Deny', Action: action, Resource: '*' });
const forAnn = (Effect: string, AWS = ann) => policy({ Effect, Principal: { AWS }, Action: 's3:*', Resource: bucket });

/** What is asked, and what is answered: decision, then both sides across accounts. */
const acrossAccounts: readonly {
  readonly what: string;
  readonly identity: string;
  readonly resource?: string;
  readonly answer: readonly [string, Readonly<Record<string, string>>];
}[] = [
  {
    what: 'both sides allow',
    identity: policy(allow('s3:*')),
    resource: forAnn('Allow'),
    answer: ['allowed', { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' }],
  },
  {
    what: 'the resource trusts the account',
    identity: policy(allow('s3:*')),
    resource: forAnn('Allow', mine),
    answer: ['allowed', { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' }],
  },
  {
    what: 'only the resource allows',
    identity: policy(allow('sqs:*')),
    resource: forAnn('Allow'),
    answer: ['implicitDeny', { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' }],
  },
  {
    what: 'the caller is denied by its own policy',
    identity: policy(allow('s3:*'), forbid('s3:GetObject')),
    resource: forAnn('Allow'),
    answer: ['explicitDeny', { 'IAM Policy': 'explicitDeny', 'Resource Policy': 'allowed' }],
  },
  {
    what: 'the resource denies',
    identity: policy(allow('s3:*')),
    resource: forAnn('Deny'),
    answer: ['explicitDeny', { 'IAM Policy': 'allowed', 'Resource Policy': 'explicitDeny' }],
  },
  {
    what: 'the resource has no policy',
    identity: policy(allow('s3:*')),
    answer: ['implicitDeny', { 'IAM Policy': 'allowed', 'Resource Policy': 'implicitDeny' }],
  },
];

describe('simulation results', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  async function results(input: Partial<SimulateCustomPolicyCommandInput>) {
    const asked = { PolicyInputList: [policy(allow('s3:*'))], ActionNames: ['s3:GetObject'], ...input };
    return (await test.root.simulateCustomPolicy(asked)).EvaluationResults ?? [];
  }

  for (const { what, identity, resource, answer } of acrossAccounts) {
    it(`across accounts: ${what}`, async () => {
      const [result] = await results({
        PolicyInputList: [identity],
        ResourceArns: [bucket],
        CallerArn: ann,
        ResourceOwner: `arn:aws:iam::${theirs}:root`,
        ...(resource === undefined ? {} : { ResourcePolicy: resource }),
      });
      assert.deepEqual([result?.EvalDecision, result?.EvalDecisionDetails], answer);
      assert.deepEqual(result?.ResourceSpecificResults?.[0]?.EvalDecisionDetails, answer[1]);
    });
  }

  it('take the owner from the ARN where it names one and the resource has a policy', async () => {
    const queue = `arn:aws:sqs:us-east-1:${theirs}:q`;
    const asked = {
      PolicyInputList: [policy(allow('sqs:*'))],
      ActionNames: ['sqs:SendMessage'],
      ResourceArns: [queue],
      CallerArn: ann,
    };
    const silent = policy({ Effect: 'Allow', Principal: { AWS: theirs }, Action: 'sqs:*', Resource: queue });
    assert.equal((await results({ ...asked, ResourcePolicy: silent }))[0]?.EvalDecision, 'implicitDeny');
    assert.equal((await results(asked))[0]?.EvalDecision, 'allowed');
  });

  it('need no key or trust policy where none is given', async () => {
    for (const [action, resource] of [
      ['kms:Decrypt', `arn:aws:kms:us-east-1:${mine}:key/k`],
      ['sts:AssumeRole', `arn:aws:iam::${mine}:role/r`],
    ] as const) {
      const asked = { ActionNames: [action], ResourceArns: [resource], CallerArn: ann };
      const [may] = await results({ ...asked, PolicyInputList: [policy(allow(action))] });
      assert.deepEqual([may?.EvalDecision, may?.MatchedStatements?.length], ['allowed', 1]);
      const [mayNot] = await results({ ...asked, PolicyInputList: [policy(allow('s3:*'))] });
      assert.deepEqual([mayNot?.EvalDecision, mayNot?.MatchedStatements], ['implicitDeny', []]);
    }
  });

  it("ask a role's trust policy when it is given", async () => {
    const trusting = (AWS: string) => policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
    const asked = {
      PolicyInputList: [policy(allow('sts:AssumeRole'))],
      ActionNames: ['sts:AssumeRole'],
      ResourceArns: [`arn:aws:iam::${theirs}:role/r`],
      CallerArn: ann,
    };
    assert.equal((await results({ ...asked, ResourcePolicy: trusting(ann) }))[0]?.EvalDecision, 'allowed');
    assert.equal((await results({ ...asked, ResourcePolicy: trusting(theirs) }))[0]?.EvalDecision, 'implicitDeny');
  });

  it('show a denial alone among policies of its kind, and what other kinds say', async () => {
    const [result] = await results({
      PolicyInputList: [policy(allow('s3:*'), forbid('s3:GetObject'))],
      PermissionsBoundaryPolicyInputList: [policy(allow('s3:*'))],
    });
    assert.equal(result?.EvalDecision, 'explicitDeny');
    assert.deepEqual(
      result?.MatchedStatements?.map(({ SourcePolicyId, SourcePolicyType }) => [SourcePolicyId, SourcePolicyType]),
      [
        ['PolicyInputList.1', 'IAM Policy'],
        ['PermissionsBoundaryPolicyInputList.1', 'Permissions Boundary Policy'],
      ],
    );
    assert.equal(result?.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary, true);
  });

  it('name the boundary of a user, as recorded', async () => {
    await test.root.createUser({ UserName: 'bounded' });
    const { Policy } = await test.root.createPolicy({
      PolicyName: 'IAMBlockRead',
      Path: '/limits/',
      PolicyDocument: policy(forbid('iam:*')),
    });
    await test.root.putUserPolicy({ UserName: 'bounded', PolicyName: 'may', PolicyDocument: policy(allow('*')) });
    await test.root.putUserPermissionsBoundary({ UserName: 'bounded', PermissionsBoundary: Policy?.Arn });
    const { EvaluationResults: [result] = [] } = await test.root.simulatePrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${test.account}:user/bounded`,
      ActionNames: ['iam:ListUsers'],
    });
    assert.equal(result?.EvalDecision, 'explicitDeny');
    assert.deepEqual(
      result?.MatchedStatements?.map(({ SourcePolicyId, SourcePolicyType }) => [SourcePolicyId, SourcePolicyType]),
      [
        ['user_bounded_may', 'IAM Policy'],
        ['IAMBlockRead', 'Permissions Boundary Policy'],
      ],
    );
    assert.deepEqual(result?.PermissionsBoundaryDecisionDetail, { AllowedByPermissionsBoundary: false });
    assert.deepEqual(result?.OrganizationsDecisionDetail, { AllowedByOrganizations: true });
  });

  it('put missing context values where the resource is', async () => {
    const guarded = {
      PolicyInputList: [policy(allow('s3:GetObject', '*', { Bool: { 'aws:SecureTransport': 'true' } }))],
    };
    const [everywhere] = await results(guarded);
    assert.deepEqual(everywhere?.MissingContextValues, ['aws:SecureTransport']);
    assert.deepEqual([everywhere?.EvalDecisionDetails, everywhere?.ResourceSpecificResults], [undefined, undefined]);
    const [there] = await results({ ...guarded, ResourceArns: [bucket] });
    assert.deepEqual(there?.MissingContextValues, []);
    assert.deepEqual(there?.EvalDecisionDetails, {});
    assert.deepEqual(there?.ResourceSpecificResults?.[0]?.MissingContextValues, ['aws:SecureTransport']);
  });

  it('obey the levels of an organization', async () => {
    const all = policy(allow('*'));
    const level = (...documents: readonly string[]) => ({ ServiceControlPolicyInputList: [...documents] });
    const cases = [
      { levels: [level(all), level(all)], decision: 'allowed', within: true },
      { levels: [level(all), level(policy(allow('sqs:*')))], decision: 'implicitDeny', within: false },
      { levels: [level(all), level(all, policy(forbid('s3:*')))], decision: 'explicitDeny', within: false },
    ];
    for (const { levels, decision, within } of cases) {
      const [result] = await results({ OrderedOrganizationPolicyInputList: levels, ResourceArns: [bucket] });
      assert.deepEqual(
        [result?.EvalDecision, result?.OrganizationsDecisionDetail],
        [decision, { AllowedByOrganizations: within }],
      );
      assert.deepEqual(result?.EvalDecisionDetails, within ? {} : undefined);
    }
    assert.equal((await results({}))[0]?.OrganizationsDecisionDetail, undefined);
  });

  it('page through more questions than could be listed', async () => {
    const input = {
      PolicyInputList: [policy(allow('s3:*'))],
      ActionNames: Array.from({ length: 4_000 }, (_, index) => `s3:Get${index}`),
      ResourceArns: Array.from({ length: 4_000 }, (_, index) => `arn:aws:s3:::b/${index}`),
      MaxItems: 2,
    };
    const first = await test.root.simulateCustomPolicy(input);
    assert.equal(first.IsTruncated, true);
    const next = await test.root.simulateCustomPolicy({ ...input, Marker: first.Marker });
    assert.deepEqual(
      next.EvaluationResults?.map(({ EvalActionName, EvalResourceName }) => [EvalActionName, EvalResourceName]),
      [
        ['s3:Get0', 'arn:aws:s3:::b/2'],
        ['s3:Get0', 'arn:aws:s3:::b/3'],
      ],
    );
  });

  const ec2 = (...resources: readonly string[]) =>
    resources.map((resource) => `arn:aws:ec2:us-east-1:${mine}:${resource}`);
  const refused: readonly (readonly [string, Partial<SimulateCustomPolicyCommandInput>, RegExp])[] = [
    [
      'an unknown scenario',
      { ResourceHandlingOption: 'EC2-Mars' },
      /^400 InvalidInputException: Invalid ResourceHandlingOption: EC2-Mars/,
    ],
    [
      'a scenario without its resources',
      { ResourceHandlingOption: 'EC2-VPC-EBS', ResourceArns: ec2('instance/*', 'image/*', 'security-group/*') },
      /needs resources: network-interface, volume\.$/,
    ],
    [
      'two boundaries',
      { PermissionsBoundaryPolicyInputList: [policy(allow('*')), policy(allow('*'))] },
      /takes one policy/,
    ],
    ['an owner that is no account', { ResourceOwner: 'arn:aws:s3:::b' }, /Invalid ResourceOwner/],
    ['a malformed resource policy', { ResourcePolicy: '{', CallerArn: ann }, /^400 InvalidInputException/],
    [
      'a marker that no page gave',
      { Marker: Buffer.from('1:x').toString('base64url') },
      /^400 ValidationError: Invalid Marker/,
    ],
    [
      'two values of a key that takes one',
      {
        ContextEntries: [
          { ContextKeyName: 'aws:SourceIp', ContextKeyType: 'ip', ContextKeyValues: ['10.0.0.1', '10.0.0.2'] },
        ],
      },
      /takes one value/,
    ],
  ];
  for (const [what, input, expected] of refused) {
    it(`do not come for ${what}`, async () => {
      const asked = { PolicyInputList: [policy(allow('s3:*'))], ActionNames: ['s3:GetObject'], ...input };
      assert.match(await refusal(test.root.simulateCustomPolicy(asked)), expected);
    });
  }

  it('take the scenarios with their resources', async () => {
    const found = await results({
      PolicyInputList: [policy(allow('ec2:RunInstances'))],
      ActionNames: ['ec2:RunInstances'],
      ResourceHandlingOption: 'EC2-VPC-EBS',
      ResourceArns: ec2('instance/*', 'image/ami-1', 'security-group/sg-1', 'network-interface/*', 'volume/*'),
    });
    assert.deepEqual(new Set(found.map(({ EvalDecision }) => EvalDecision)), new Set(['allowed']));
  });

  it('are refused to users who may not ask', async () => {
    const nobody = await test.userWith('nobody');
    const asked = { ActionNames: ['s3:GetObject'], PolicyInputList: [policy(allow('s3:*'))] };
    assert.match(await refusal(nobody.simulateCustomPolicy(asked)), /AccessDenied.*iam:SimulateCustomPolicy/);
    const PolicySourceArn = `arn:aws:iam::${test.account}:user/nobody`;
    assert.match(
      await refusal(nobody.simulatePrincipalPolicy({ ...asked, PolicySourceArn })),
      /AccessDenied.*iam:SimulatePrincipalPolicy on resource: arn:aws:iam::\d{12}:user\/nobody/,
    );
    assert.match(await refusal(nobody.getContextKeysForPrincipalPolicy({ PolicySourceArn })), /AccessDenied/);
  });
});
