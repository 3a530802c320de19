import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { refused, trusting } from './client-for-tests.ts';
import { pack, packOne } from './zip/pack-for-tests.ts';

const [ours, theirs] = ['111111111111', '222222222222'];

describe('functions and layers of other accounts', () => {
  let ringwall: Ringwall;
  const clients: Record<string, Lambda> = {};

  before(async () => {
    ringwall = await startRingwall({ auth: 'open' });
    for (const account of [ours, theirs]) {
      const settings = ringwall.as({ accessKeyId: account, secretAccessKey: 'any' });
      clients[account] = new Lambda(settings);
      const iam = new IAM(settings);
      await iam.createRole({ RoleName: 'function', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') });
      iam.destroy();
    }
  });
  after(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await ringwall.stop();
  });

  const of = (account: string) => clients[account] as Lambda;
  const arn = (account: string, name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
  const make = (account: string, FunctionName: string, code: string, Layers: string[] = []) =>
    of(account).createFunction({
      FunctionName,
      Role: `arn:aws:iam::${account}:role/function`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: packOne('index.js', code) },
      Layers,
    });
  const call = async (account: string, FunctionName: string) => {
    const { Payload } = await of(account).invoke({ FunctionName });
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };

  test('one name in two accounts is two functions', async () => {
    for (const account of [ours, theirs]) await make(account, 'same', `exports.handler = async () => '${account}';`);
    assert.deepEqual([await call(ours, 'same'), await call(theirs, 'same')], [ours, theirs]);
  });

  test('a function is called by another account as far as its policy says', async () => {
    await make(ours, 'shared', 'exports.handler = async (e, c) => c.invokedFunctionArn;');
    const FunctionName = arn(ours, 'shared');
    await refused(call(theirs, FunctionName), 'AccessDeniedException', /no resource-based policy allows/);
    const permission = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: theirs };
    await of(ours).addPermission({ FunctionName: 'shared', ...permission });
    assert.equal(await call(theirs, FunctionName), FunctionName);
    await refused(of(theirs).getFunction({ FunctionName }), 'AccessDeniedException', /lambda:GetFunction/);
    await refused(of(theirs).deleteFunction({ FunctionName }), 'AccessDeniedException', /lambda:DeleteFunction/);
    await of(ours).removePermission({ FunctionName: 'shared', StatementId: 's' });
    await refused(call(theirs, FunctionName), 'AccessDeniedException', /no resource-based policy allows/);
  });

  test('nobody makes functions in another account', async () => {
    await refused(make(theirs, arn(ours, 'planted'), ''), 'AccessDeniedException', /.*/);
  });

  test('a layer is used by another account as far as its policy says', async () => {
    const ZipFile = pack([{ path: 'nodejs/node_modules/part/index.js', content: 'module.exports = "theirs too";' }]);
    const { LayerVersionArn = '' } = await of(ours).publishLayerVersion({ LayerName: 'part', Content: { ZipFile } });
    const code = 'exports.handler = async () => require("part");';
    await refused(make(theirs, 'layered', code, [LayerVersionArn]), 'AccessDeniedException', /lambda:GetLayerVersion/);
    await refused(
      of(theirs).getLayerVersionByArn({ Arn: LayerVersionArn }),
      'AccessDeniedException',
      /lambda:GetLayerVersion/,
    );
    const permission = { StatementId: 's', Action: 'lambda:GetLayerVersion', Principal: theirs };
    await of(ours).addLayerVersionPermission({ LayerName: 'part', VersionNumber: 1, ...permission });
    await make(theirs, 'layered', code, [LayerVersionArn]);
    assert.equal(await call(theirs, 'layered'), 'theirs too');
    // What was taken over stays, whatever becomes of the layer.
    await of(ours).deleteLayerVersion({ LayerName: 'part', VersionNumber: 1 });
    assert.equal(await call(theirs, 'layered'), 'theirs too');
  });
});
