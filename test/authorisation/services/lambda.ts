import { packOne } from '../../../src/support/lambda/zip/pack-for-tests.ts';
import type { Ringwall } from '../../harness/start.ts';
import type { Inputs } from '../inputs.ts';
import type { Sdk } from '../sdk.ts';
import type { ServiceCases } from '../services.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const Tags = { team: 'blue' };
const zip = packOne('index.mjs', 'export const handler = async () => 1;');

const oneContext = 'all actions of a request are asked in one context';

async function stock(root: Sdk, ringwall: Ringwall): Promise<Inputs> {
  const send = (operation: string, input: object) => root.send('lambda', operation, input);
  await root.send('iam', 'CreateRole', { RoleName: 'function', AssumeRolePolicyDocument: trust });
  const Role = `arn:aws:iam::${ringwall.account}:role/function`;
  const layer = { LayerName: 'parts', VersionNumber: 1 };
  const made = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role, Code: { ZipFile: zip } };
  await send('CreateFunction', { FunctionName: 'app', ...made, Tags, Publish: true });
  await send('CreateFunction', { FunctionName: 'other', ...made });
  await send('CreateAlias', { FunctionName: 'app', Name: 'live', FunctionVersion: '1' });
  const permission = { StatementId: 's1', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };
  await send('AddPermission', { FunctionName: 'app', ...permission });
  await send('PutFunctionEventInvokeConfig', { FunctionName: 'app', MaximumRetryAttempts: 1 });
  await send('PublishLayerVersion', { LayerName: layer.LayerName, Content: { ZipFile: zip } });
  await send('AddLayerVersionPermission', {
    ...layer,
    StatementId: 's1',
    Action: 'lambda:GetLayerVersion',
    Principal: '444455556666',
  });
  const provisioned = { FunctionName: 'app', Qualifier: 'live' };
  await send('PutProvisionedConcurrencyConfig', { ...provisioned, ProvisionedConcurrentExecutions: 1 });
  await root.send('sqs', 'CreateQueue', { QueueName: 'lambda-jobs' });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }],
  });
  await root.send('iam', 'PutRolePolicy', { RoleName: 'function', PolicyName: 'queue', PolicyDocument });
  const EventSourceArn = `arn:aws:sqs:us-east-1:${ringwall.account}:lambda-jobs`;
  const mapping = await send('CreateEventSourceMapping', { FunctionName: 'app', EventSourceArn, Enabled: false, Tags });
  await ringwall.settled();
  const layerArn = `arn:aws:lambda:us-east-1:${ringwall.account}:layer:parts:1`;
  const functionArn = `arn:aws:lambda:us-east-1:${ringwall.account}:function:app`;
  return {
    byMember: {
      FunctionName: 'app',
      FunctionVersion: '1',
      Name: 'live',
      StatementId: 's1',
      UUID: mapping.UUID,
      ...layer,
    },
    byOperation: {
      AddLayerVersionPermission: { StatementId: 's2', Action: 'lambda:GetLayerVersion', Principal: '*' },
      AddPermission: {
        StatementId: 's2',
        Action: 'lambda:InvokeFunctionUrl',
        Principal: '*',
        FunctionUrlAuthType: 'NONE',
      },
      CreateAlias: { Name: 'next' },
      CreateEventSourceMapping: { FunctionName: 'other', EventSourceArn, Enabled: false, Tags },
      CreateFunction: { FunctionName: 'new', ...made, Tags, Layers: [layerArn] },
      DeleteFunction: { FunctionName: 'other' },
      DeleteProvisionedConcurrencyConfig: provisioned,
      GetLayerVersionByArn: { Arn: layerArn },
      GetProvisionedConcurrencyConfig: provisioned,
      InvokeAsync: { InvokeArgs: Buffer.from('{}') },
      ListFunctions: { FunctionVersion: undefined },
      ListTags: { Resource: functionArn },
      PublishLayerVersion: { Content: { ZipFile: zip } },
      PutFunctionConcurrency: { ReservedConcurrentExecutions: 5 },
      PutFunctionEventInvokeConfig: { MaximumRetryAttempts: 0 },
      PutFunctionRecursionConfig: { RecursiveLoop: 'Allow' },
      PutProvisionedConcurrencyConfig: { ...provisioned, ProvisionedConcurrentExecutions: 1 },
      PutRuntimeManagementConfig: { UpdateRuntimeOn: 'Auto' },
      TagResource: { Resource: functionArn, Tags },
      UntagResource: { Resource: functionArn, TagKeys: ['team'] },
      UpdateFunctionCode: { ZipFile: zip },
      UpdateFunctionConfiguration: { Layers: [layerArn] },
      UpdateFunctionEventInvokeConfig: { MaximumRetryAttempts: 0 },
    },
  };
}

export const lambda: ServiceCases = {
  service: 'lambda',
  refusal: '403 AccessDeniedException',
  stock,
  exceptions: {
    unlistedKeys: [{ of: 'lambda:CreateFunction > lambda:TagResource', what: 'lambda:Layer', reason: oneContext }],
    absentKeys: [
      ...['CodeSigningConfigArn', 'SecurityGroupIds', 'SubnetIds', 'VpcIds'].map((key) => ({
        of: 'lambda:CreateFunction',
        what: `lambda:${key}`,
        reason: 'requests that carry it are refused',
      })),
      ...['SecurityGroupIds', 'SubnetIds', 'VpcIds'].map((key) => ({
        of: 'lambda:UpdateFunctionConfiguration',
        what: `lambda:${key}`,
        reason: 'requests that carry it are refused',
      })),
      ...['lambda:CreateFunction', 'lambda:CreateFunction > lambda:TagResource'].map((of) => ({
        of,
        what: 'aws:ResourceTag/*',
        reason: 'what is being made has no tags yet',
      })),
      {
        of: 'lambda:CreateEventSourceMapping > lambda:TagResource',
        what: 'aws:ResourceTag/*',
        reason: 'what is being made has no tags yet',
      },
      ...['aws:ResourceTag/*', 'iam:ResourceTag/*'].map((what) => ({
        of: 'lambda:CreateFunction > iam:PassRole',
        what,
        reason: 'the role has no tags',
      })),
      { of: 'lambda:DeleteFunction', what: 'aws:ResourceTag/*', reason: 'the function that is deleted has no tags' },
      ...['Invoke', 'InvokeAsync'].flatMap((operation) =>
        ['lambda:EventSourceToken', 'lambda:InvokedViaFunctionUrl'].map((what) => ({
          of: `lambda:${operation} > lambda:InvokeFunction`,
          what,
          reason: 'calls of the API carry neither a token of Alexa nor a function URL',
        })),
      ),
      {
        of: 'lambda:RemovePermission',
        what: 'lambda:FunctionUrlAuthType',
        reason: 'the permission that is removed is not for a function URL',
      },
    ],
  },
};
