import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  IAMClient,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const version = '"Version": "2012-10-17"';
/** Begins after the 40 characters before it: AWS was recorded to count from column 41. */
const putObject = '{"Sid": "VisualEdit0", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}';

describe('the simulator', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const custom = async (input: Partial<ConstructorParameters<typeof SimulateCustomPolicyCommand>[0]>) =>
    iam.send(new SimulateCustomPolicyCommand({ PolicyInputList: [], ActionNames: ['s3:PutObject'], ...input }));
  const decisions = async (input: Parameters<typeof custom>[0]) =>
    (await custom(input)).EvaluationResults?.map(({ EvalDecision }) => EvalDecision);
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const allow = (Action: string, Resource = '*', more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });

  it('answers as recorded: decision, matched statement and its place', async () => {
    const PolicyName = 'policy-in-group';
    await iam.send(new CreateUserCommand({ UserName: 'member' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'writers' }));
    await iam.send(new AddUserToGroupCommand({ UserName: 'member', GroupName: 'writers' }));
    const PolicyDocument = `{${version}, "Statement": [${putObject}]}`;
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'writers', PolicyArn: Policy?.Arn }));
    for (const entity of ['user/member', 'group/writers']) {
      const { EvaluationResults, IsTruncated } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::${ringwall.account}:${entity}`,
          ActionNames: ['s3:PutObject', 's3:GetObjectVersion'],
          ResourceArns: ['arn:aws:s3:::bucket'],
        }),
      );
      const statements = [
        {
          SourcePolicyId: PolicyName,
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 1, Column: 41 },
          EndPosition: { Line: 1, Column: 41 + putObject.length },
        },
      ];
      const result = (action: string, decision: string, matched: object[]) => ({
        EvalActionName: action,
        EvalResourceName: 'arn:aws:s3:::bucket',
        EvalDecision: decision,
        MatchedStatements: matched,
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: true },
        EvalDecisionDetails: {},
        ResourceSpecificResults: [
          {
            EvalResourceName: 'arn:aws:s3:::bucket',
            EvalResourceDecision: decision,
            MatchedStatements: matched,
            MissingContextValues: [],
          },
        ],
      });
      assert.equal(IsTruncated, false);
      assert.deepEqual(EvaluationResults, [
        result('s3:PutObject', 'allowed', statements),
        result('s3:GetObjectVersion', 'implicitDeny', []),
      ]);
    }
  });

  it('counts white space before a statement to it, as recorded of AdministratorAccess', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'admin' }));
    await iam.send(
      new AttachUserPolicyCommand({ UserName: 'admin', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    );
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${ringwall.account}:user/admin`,
        ActionNames: ['lambda:CreateFunction'],
      }),
    );
    assert.deepEqual(EvaluationResults?.[0]?.MatchedStatements, [
      {
        SourcePolicyId: 'AdministratorAccess',
        SourcePolicyType: 'IAM Policy',
        StartPosition: { Line: 3, Column: 17 },
        EndPosition: { Line: 8, Column: 6 },
      },
    ]);
    assert.equal(EvaluationResults?.[0]?.ResourceSpecificResults, undefined);
  });

  it('uses inline policies and the boundary of the user', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'bounded' }));
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'bounded', PolicyName: 'all', PolicyDocument: policy(allow('s3:*')) }),
    );
    await iam.send(
      new PutUserPermissionsBoundaryCommand({
        UserName: 'bounded',
        PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
      }),
    );
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${ringwall.account}:user/bounded`,
        ActionNames: ['s3:GetObject', 's3:PutObject'],
      }),
    );
    assert.deepEqual(
      EvaluationResults?.map(({ EvalDecision, PermissionsBoundaryDecisionDetail }) => [
        EvalDecision,
        PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      ]),
      [
        ['allowed', true],
        ['implicitDeny', false],
      ],
    );
    assert.equal(EvaluationResults?.[0]?.MatchedStatements?.[0]?.SourcePolicyId, 'user_bounded_all');
  });

  it('takes context entries, and names those that are missing', async () => {
    const guarded = policy(allow('s3:PutObject', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }));
    const { EvaluationResults } = await custom({ PolicyInputList: [guarded] });
    assert.deepEqual(EvaluationResults?.[0]?.MissingContextValues, ['aws:SecureTransport']);
    const entry = (value: string) => ({
      ContextEntries: [
        { ContextKeyName: 'aws:SecureTransport', ContextKeyType: 'boolean' as const, ContextKeyValues: [value] },
      ],
    });
    assert.deepEqual(await decisions({ PolicyInputList: [guarded], ...entry('true') }), ['allowed']);
    assert.deepEqual(await decisions({ PolicyInputList: [guarded], ...entry('false') }), ['implicitDeny']);
  });

  it('asks the resource policy across accounts', async () => {
    const resource = 'arn:aws:s3:::theirs/k';
    const theirs = (Effect: string) =>
      policy({
        Effect,
        Principal: { AWS: 'arn:aws:iam::111122223333:user/ann' },
        Action: 's3:PutObject',
        Resource: resource,
      });
    const base = {
      PolicyInputList: [policy(allow('s3:PutObject'))],
      ResourceArns: [resource],
      CallerArn: 'arn:aws:iam::111122223333:user/ann',
      ResourceOwner: 'arn:aws:iam::444455556666:root',
    };
    assert.deepEqual(await decisions(base), ['implicitDeny']);
    assert.deepEqual(await decisions({ ...base, ResourcePolicy: theirs('Allow') }), ['allowed']);
    assert.deepEqual(await decisions({ ...base, ResourcePolicy: theirs('Deny') }), ['explicitDeny']);
  });

  it('gives each action on each resource, in pages', async () => {
    const input = {
      PolicyInputList: [policy(allow('s3:PutObject', 'arn:aws:s3:::a/*'))],
      ActionNames: ['s3:PutObject', 's3:GetObject'],
      ResourceArns: ['arn:aws:s3:::a/1', 'arn:aws:s3:::b/1'],
    };
    const seen: unknown[] = [];
    let Marker: string | undefined;
    do {
      const page = await custom({ ...input, MaxItems: 3, ...(Marker === undefined ? {} : { Marker }) });
      seen.push(
        ...(page.EvaluationResults ?? []).map(
          (result) => `${result.EvalActionName} ${result.EvalResourceName} ${result.EvalDecision}`,
        ),
      );
      Marker = page.Marker;
    } while (Marker !== undefined);
    assert.deepEqual(seen, [
      's3:PutObject arn:aws:s3:::a/1 allowed',
      's3:PutObject arn:aws:s3:::b/1 implicitDeny',
      's3:GetObject arn:aws:s3:::a/1 implicitDeny',
      's3:GetObject arn:aws:s3:::b/1 implicitDeny',
    ]);
  });

  const refused: readonly (readonly [string, object])[] = [
    ['an action without a service', { ActionNames: ['PutObject'] }],
    ['a wildcard action', { ActionNames: ['s3:*'] }],
    ['a malformed policy', { PolicyInputList: ['{}'] }],
    ['a caller that is no user', { CallerArn: 'arn:aws:iam::111122223333:role/r' }],
    ['a resource policy without a caller', { ResourcePolicy: policy({ ...allow('s3:*'), Principal: '*' }) }],
  ];
  for (const [what, input] of refused) {
    it(`refuses ${what}`, () => assert.rejects(custom(input), { name: 'InvalidInputException' }));
  }

  it('knows no entity that is not there', async () => {
    const simulate = (PolicySourceArn: string) =>
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['s3:GetObject'] }));
    await assert.rejects(simulate(`arn:aws:iam::${ringwall.account}:user/none`), {
      name: 'NoSuchEntityException',
      message: 'Unable to retrieve specified IAM entity.',
    });
    await assert.rejects(simulate(`arn:aws:s3:::some-bucket-name`), { name: 'InvalidInputException' });
  });

  it('lists the context keys of policies', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    const home = 'arn:aws:s3:::${aws:username}/*';
    const variable = policy(allow('s3:*', home, { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }));
    const { ContextKeyNames } = await iam.send(
      new GetContextKeysForCustomPolicyCommand({ PolicyInputList: [variable] }),
    );
    assert.deepEqual(ContextKeyNames?.sort(), ['aws:SourceIp', 'aws:username']);
    await iam.send(new CreateUserCommand({ UserName: 'keys' }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'keys', PolicyName: 'p', PolicyDocument: variable }));
    const own = await iam.send(
      new GetContextKeysForPrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${ringwall.account}:user/keys`,
        PolicyInputList: [policy(allow('s3:*', '*', { Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }))],
      }),
    );
    assert.deepEqual(own.ContextKeyNames?.sort(), ['aws:SourceIp', 'aws:TokenIssueTime', 'aws:username']);
  });
});
