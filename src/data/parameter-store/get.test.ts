import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import {
  GetParameterCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

describe('GetParameter and GetParameters', () => {
  let ringwall: Ringwall;
  let ssm: SSMClient;
  const put = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  const get = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
  const arn = (name: string) => `arn:aws:ssm:us-east-1:${ringwall.account}:parameter${name}`;

  before(async () => {
    ringwall = await startRingwall({ region: 'us-east-1' });
    ssm = new SSMClient(ringwall.client);
    await put('bare', 'b1');
    await put('/root', 'r1');
    await put('/app/db', 'd1');
    await put('/app/db', 'd2');
    await ssm.send(new LabelParameterVersionCommand({ Name: '/app/db', ParameterVersion: 1, Labels: ['old'] }));
  });
  after(() => ringwall.stop());

  test('answers every member of the shape', async () => {
    const found = await get('/app/db');
    assert.ok(found?.LastModifiedDate instanceof Date);
    assert.deepEqual(
      { ...found, LastModifiedDate: undefined },
      {
        Name: '/app/db',
        Type: 'String',
        Value: 'd2',
        Version: 2,
        LastModifiedDate: undefined,
        ARN: arn('/app/db'),
        DataType: 'text',
      },
    );
  });

  test('a version or a label selects', async () => {
    for (const [name, value, version, selector] of [
      ['/app/db:1', 'd1', 1, ':1'],
      ['/app/db:2', 'd2', 2, ':2'],
      ['/app/db:old', 'd1', 1, ':old'],
      [`${arn('/app/db')}:old`, 'd1', 1, ':old'],
      [' /app/db:1 ', 'd1', 1, ':1'],
    ] as const) {
      const found = await get(name);
      assert.deepEqual([found?.Value, found?.Version, found?.Selector], [value, version, selector], name);
    }
  });

  test('an ARN finds the parameter with and without its slash; a name finds only itself', async () => {
    assert.equal((await get(arn('/bare')))?.Name, 'bare');
    assert.equal((await get(arn('/root')))?.Name, '/root');
    await assert.rejects(get('/bare'), { name: 'ParameterNotFound' });
    await assert.rejects(get('root'), { name: 'ParameterNotFound' });
  });

  const refused: readonly (readonly [name: string, code: string, message: RegExp])[] = [
    ['absent', 'ParameterNotFound', /^(UnknownError)?$/],
    ['absent:1', 'ParameterNotFound', /^(UnknownError)?$/],
    ['/app/db:1:2', 'ParameterNotFound', /^(UnknownError)?$/],
    ['/aws/service/ami-amazon-linux-latest/x', 'ParameterNotFound', /^(UnknownError)?$/],
    [
      '/app/db:3',
      'ParameterVersionNotFound',
      /^Systems Manager could not find version 3 of \/app\/db\. Verify the version and try again\.$/,
    ],
    ['/app/db:0', 'ParameterVersionNotFound', /version 0/],
    ['/app/db:constructor', 'ParameterVersionNotFound', /label constructor/],
    ['/app/db:__proto__', 'ParameterVersionNotFound', /label __proto__/],
    ['{test}-test', 'ValidationException', /^Parameter name: can't be prefixed with "ssm"/],
    ['app/db', 'ValidationException', /^Parameter name: can't be prefixed with "ssm"/],
    ['a b', 'ValidationException', /^Parameter name: can't be prefixed with "ssm"/],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/bare', 'ValidationException', /expected Region `us-east-1`/],
    ['/aws/reference/secretsmanager/s', 'ValidationException', /^WithDecryption flag must be True/],
  ];
  for (const [name, code, message] of refused) {
    test(`GetParameter ${name}: ${code}`, async () => {
      await assert.rejects(get(name), (error: Error) => {
        assert.equal(error.name, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('a referenced secret that does not exist', async () => {
    const Name = '/aws/reference/secretsmanager/s';
    await assert.rejects(ssm.send(new GetParameterCommand({ Name, WithDecryption: true })), {
      name: 'ParameterNotFound',
      message:
        'An error occurred (ResourceNotFoundException) when referencing Secrets Manager: Secret /aws/reference/secretsmanager/s not found.',
    });
  });

  test('GetParameters sorts by name, answers doubles once and names what it did not find', async () => {
    const Names = ['/root', 'absent', '/app/db:9', '/app/db', '/app/db', '/app/db:1', arn('/bare'), '/app/db:nolabel'];
    const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names }));
    assert.deepEqual(
      Parameters?.map(({ Name, Version, Selector }) => [Name, Version, Selector]),
      [
        ['/app/db', 1, ':1'],
        ['/app/db', 2, undefined],
        ['/root', 1, undefined],
        ['bare', 1, undefined],
      ],
    );
    assert.deepEqual(InvalidParameters, ['absent', '/app/db:9', '/app/db:nolabel']);
  });

  test('GetParameters takes at most ten names', async () => {
    const Names = [...'abcdefghijk'];
    await assert.rejects(ssm.send(new GetParametersCommand({ Names })), {
      name: 'ValidationException',
      message:
        /^1 validation error detected: Value .*at 'names' failed to satisfy constraint: Member must have length less than or equal to 10/,
    });
    const { InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: Names.slice(1) }));
    assert.equal(InvalidParameters?.length, 10);
  });
});
