import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from './model/load.ts';
import type { OperationModel } from './model/shape.ts';
import { hidden, redact } from './redact.ts';

const op = (service: string, name: string) => loadModel(service).operation(name) as OperationModel;

/** direction, operation, value → what audit may see. */
const cases: readonly (readonly [
  'input' | 'output',
  OperationModel,
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  ['input', op('ssm', 'PutParameter'), { Name: '/a', Value: 's' }, { Name: '/a', Value: hidden }],
  [
    'output',
    op('ssm', 'GetParameters'),
    { Parameters: [{ Name: '/a', Value: 's' }, { Name: '/b' }] },
    { Parameters: [{ Name: '/a', Value: hidden }, { Name: '/b' }] },
  ],
  ['input', op('kms', 'Encrypt'), { KeyId: 'k', Plaintext: new Uint8Array([1]) }, { KeyId: 'k', Plaintext: hidden }],
  [
    'output',
    op('kms', 'GenerateDataKey'),
    { Plaintext: new Uint8Array([1]), KeyId: 'k' },
    { Plaintext: hidden, KeyId: 'k' },
  ],
  [
    'output',
    op('iam', 'CreateAccessKey'),
    { AccessKey: { AccessKeyId: 'A', SecretAccessKey: 's' } },
    { AccessKey: { AccessKeyId: 'A', SecretAccessKey: hidden } },
  ],
  [
    'output',
    op('sts', 'AssumeRole'),
    { Credentials: { SecretAccessKey: 's', AccessKeyId: 'A' } },
    { Credentials: { SecretAccessKey: hidden, AccessKeyId: 'A' } },
  ],
  [
    'input',
    op('lambda', 'CreateFunction'),
    { Environment: { Variables: { A: 's' } } },
    { Environment: { Variables: hidden } },
  ],
];

for (const [direction, operation, value, expected] of cases)
  test(`redact: ${operation.name} ${direction}`, () => {
    const before = structuredClone(value);
    assert.deepEqual(redact(operation, direction, value), expected);
    assert.deepEqual(value, before, 'the original must not change');
  });

test('redact: a value without sensitive members is handed through', () => {
  const value = { KeyId: 'k' };
  assert.equal(redact(op('kms', 'DescribeKey'), 'input', value), value);
});
