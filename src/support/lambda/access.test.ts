import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import type { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { openTestLambda, refused, type TestLambda, trusting } from './client-for-tests.ts';

const echo = 'export const handler = async (event) => event;';

describe('who may use a function', () => {
  let on: TestLambda;
  let bob: Lambda;
  let bobIam: IAM;
  const other = '444455556666';

  before(async () => {
    on = await openTestLambda();
    await on.iam.createUser({ UserName: 'bob' });
    const { AccessKey: key } = await on.iam.createAccessKey({ UserName: 'bob' });
    bob = new Lambda(
      on.ringwall.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }),
    );
    bobIam = on.iam;
    await on.make('shared', echo);
    await on.lambda.publishVersion({ FunctionName: 'shared' });
    await on.lambda.createAlias({ FunctionName: 'shared', Name: 'live', FunctionVersion: '1' });
  });
  after(async () => {
    bob.destroy();
    await on.stop();
  });

  const may = (name: string, statements: object[]) =>
    bobIam.putUserPolicy({
      UserName: 'bob',
      PolicyName: name,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    });

  test('nobody without a policy', async () => {
    await refused(
      bob.invoke({ FunctionName: 'shared' }),
      'AccessDeniedException',
      `User: arn:aws:iam::${on.ringwall.account}:user/bob is not authorized to perform: lambda:InvokeFunction on resource: ${on.arn('shared')} because no identity-based policy allows the lambda:InvokeFunction action`,
    );
  });

  test('a function’s policy opens exactly what it stands on', async () => {
    const Principal = `arn:aws:iam::${on.ringwall.account}:user/bob`;
    const permission = { FunctionName: 'shared', Action: 'lambda:InvokeFunction', StatementId: 'bob', Principal };
    await on.lambda.addPermission({ ...permission, Qualifier: 'live' });
    assert.equal((await bob.invoke({ FunctionName: 'shared', Qualifier: 'live' })).ExecutedVersion, '1');
    await refused(bob.invoke({ FunctionName: 'shared' }), 'AccessDeniedException', /not authorized/);
    await refused(bob.invoke({ FunctionName: 'shared:1' }), 'AccessDeniedException', /not authorized/);
    const { Policy = '' } = await on.lambda.getPolicy({ FunctionName: 'shared', Qualifier: 'live' });
    assert.deepEqual(JSON.parse(Policy).Statement[0].Principal, { AWS: Principal });
    await on.lambda.removePermission({ FunctionName: 'shared', Qualifier: 'live', StatementId: 'bob' });
    await refused(bob.invoke({ FunctionName: 'shared', Qualifier: 'live' }), 'AccessDeniedException', /not authorized/);
  });

  test('who makes a function must be allowed to pass its role', async () => {
    await may('create', [{ Effect: 'Allow', Action: 'lambda:CreateFunction', Resource: '*' }]);
    const { Code, ...rest } = {
      Code: { ZipFile: new Uint8Array(22).fill(0) },
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: on.role,
    } as const;
    await refused(bob.createFunction({ FunctionName: 'new', Code, ...rest }), 'AccessDeniedException', /iam:PassRole/);
    const Condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } };
    await may('pass', [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: on.role, Condition }]);
    await refused(
      bob.createFunction({ FunctionName: 'new', Code, ...rest }),
      'InvalidParameterValueException',
      /^Could not unzip uploaded file/,
    );
  });

  test('a role that does not trust Lambda, or belongs to others, is refused', async () => {
    await on.iam.createRole({ RoleName: 'elsewhere', AssumeRolePolicyDocument: trusting('ec2.amazonaws.com') });
    await refused(
      on.make('unfit', echo, { Role: on.role.replace('function', 'elsewhere') }),
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
    );
    await refused(
      on.make('unfit', echo, { Role: on.role.replace(on.ringwall.account, other) }),
      'AccessDeniedException',
      'Cross-account pass role is not allowed.',
    );
  });

  test('a function whose role changed its mind does not start', async () => {
    await on.iam.createRole({ RoleName: 'fickle', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') });
    await on.make('fickle', echo, { Role: on.role.replace('function', 'fickle') });
    await on.iam.updateAssumeRolePolicy({ RoleName: 'fickle', PolicyDocument: trusting('ec2.amazonaws.com') });
    await refused(
      on.call('fickle'),
      'AccessDeniedException',
      'The role defined for the function cannot be assumed by Lambda.',
    );
  });

  test('a service may call where the policy names it and its source', async () => {
    await on.make('ruled', 'import fs from "node:fs"; export const handler = async (e) => e;');
    const events = new EventBridge(on.ringwall.client);
    const { RuleArn } = await events.putRule({ Name: 'calls', EventPattern: '{"source":["test"]}' });
    await events.putTargets({ Rule: 'calls', Targets: [{ Id: '1', Arn: on.arn('ruled') }] });
    const granted = { FunctionName: 'ruled', Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
    const { house } = on.ringwall.installation;
    const asked: (readonly [string, string])[] = [];
    const { authorise } = house;
    Object.assign(house, {
      authorise: async (question: Parameters<typeof authorise>[0]) => {
        const verdict = await authorise(question);
        if (question.action === 'lambda:InvokeFunction' && question.principal.kind === 'service')
          asked.push([question.principal.arn, verdict.decision]);
        return verdict;
      },
    });
    const put = async () => {
      await events.putEvents({ Entries: [{ Source: 'test', DetailType: 't', Detail: '{}' }] });
      await on.ringwall.settled();
      return asked.splice(0).map(([, decision]) => decision)[0];
    };
    assert.equal(await put(), 'ImplicitlyDenied');
    await on.lambda.addPermission({ ...granted, StatementId: 'wrong', SourceArn: `${RuleArn}-other` });
    assert.equal(await put(), 'ImplicitlyDenied');
    await on.lambda.addPermission({
      ...granted,
      StatementId: 'right',
      SourceArn: RuleArn,
      SourceAccount: on.ringwall.account,
    });
    assert.equal(await put(), 'Allowed');
    events.destroy();
  });
});
