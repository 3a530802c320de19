import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from './model/load.ts';
import type { OperationModel } from './model/shape.ts';
import { validate } from './validate.ts';

/** service, operation, input → code and message that AWS gave (recorded), or undefined. */
const cases: readonly (readonly [string, string, Record<string, unknown>, readonly [string, string] | undefined])[] = [
  [
    'kms',
    'CreateKey',
    { Tags: [{ TagKey: 'a'.repeat(129), TagValue: 'v' }] },
    [
      'ValidationException',
      `1 validation error detected: Value '${'a'.repeat(129)}' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ],
  ],
  [
    'kms',
    'GenerateRandom',
    { NumberOfBytes: 1025 },
    [
      'ValidationException',
      "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    ],
  ],
  [
    'kms',
    'GenerateRandom',
    { NumberOfBytes: 0 },
    [
      'ValidationException',
      "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
  ],
  ['kms', 'GenerateRandom', { NumberOfBytes: 1 }, undefined],
  [
    'kms',
    'GenerateMac',
    { Message: new Uint8Array(1), KeyId: 'k', MacAlgorithm: 'INVALID' },
    [
      'ValidationException',
      "1 validation error detected: Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]",
    ],
  ],
  [
    'kms',
    'Encrypt',
    { KeyId: 'k', Plaintext: new Uint8Array(4097) },
    [
      'ValidationException',
      "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    ],
  ],
  [
    'events',
    'CreateConnection',
    {
      Name: 'This should fail with two errors 123467890123412341234123412341234',
      AuthorizationType: 'INVALID',
      AuthParameters: {},
    },
    [
      'ValidationException',
      "3 validation errors detected: Value 'This should fail with two errors 123467890123412341234123412341234' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'This should fail with two errors 123467890123412341234123412341234' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'INVALID' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
    ],
  ],
  [
    'events',
    'PutTargets',
    { Rule: 'r', Targets: [{ Id: '!@#$@!#$', Arn: 'arn' }] },
    [
      'ValidationException',
      "1 validation error detected: Value '!@#$@!#$' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    ],
  ],
  [
    'logs',
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 's', limit: 10001 },
    [
      'InvalidParameterException',
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
  ],
  [
    'iam',
    'UpdateServiceSpecificCredential',
    { ServiceSpecificCredentialId: 'ACCA12345678901234567', Status: 'Invalid' },
    [
      'ValidationError',
      "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
    ],
  ],
  [
    'iam',
    'DeleteServiceSpecificCredential',
    { ServiceSpecificCredentialId: 'totally-wrong-credential-id-with-hyphens' },
    [
      'ValidationError',
      "1 validation error detected: Value at 'serviceSpecificCredentialId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w]+",
    ],
  ],
  [
    'sns',
    'CreatePlatformApplication',
    { Name: 'n', Platform: 'p' },
    [
      'ValidationError',
      "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null",
    ],
  ],
  [
    'sns',
    'Publish',
    { Message: 'm', MessageAttributes: { attr1: {} } },
    [
      'ValidationError',
      "1 validation error detected: Value null at 'messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null",
    ],
  ],
  [
    'sts',
    'AssumeRole',
    { RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 'Session1:2' },
    [
      'ValidationError',
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
  ],
  [
    'cloudwatch',
    'SetAlarmState',
    { AlarmName: 'a', StateReason: 'r', StateValue: 'INVALID' },
    [
      'ValidationException',
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    ],
  ],
  [
    'lambda',
    'CreateFunction',
    { FunctionName: 'f', Role: 'arn:aws:iam::111122223333:role/r', Code: {}, Architectures: ['x86_64', 'arm64'] },
    [
      'ValidationException',
      "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
  ],
  [
    'lambda',
    'CreateFunction',
    { FunctionName: 'f', Role: 'arn:aws:iam::111122223333:role/r', Code: {}, Architectures: ['X86_64'] },
    [
      'ValidationException',
      "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
  ],
  [
    'lambda',
    'CreateAlias',
    { FunctionName: 'f', Name: 'a', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 2 } } },
    [
      'ValidationException',
      "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
    ],
  ],
  [
    'lambda',
    'CreateAlias',
    { FunctionName: 'f', Name: '2024', FunctionVersion: '1' },
    [
      'ValidationException',
      "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ],
  ],
  [
    'logs',
    'PutMetricFilter',
    {
      logGroupName: 'g',
      filterName: 'f',
      filterPattern: '',
      metricTransformations: [
        { metricName: 'metric1', metricNamespace: 'n', metricValue: '1' },
        { metricName: 'metric2', metricNamespace: 'n', metricValue: '1' },
      ],
    },
    [
      'InvalidParameterException',
      "1 validation error detected: Value '[MetricTransformation(metricName=metric1, metricNamespace=n, metricValue=1, defaultValue=null",
    ],
  ],
  [
    'kms',
    'CreateGrant',
    { KeyId: 'k', GranteePrincipal: 'p', Operations: [null] },
    ['ValidationException', 'Member must not be null'],
  ],
  [
    'sqs',
    'SendMessage',
    { QueueUrl: 'q' },
    ['MissingParameter', 'The request must contain the parameter MessageBody.'],
  ],
  ['ec2', 'RunInstances', { MinCount: 1 }, ['MissingParameter', 'The request must contain the parameter MaxCount']],
  ['ec2', 'RunInstances', { MinCount: 1, MaxCount: 1, InstanceType: 'newer.than-the-model' }, undefined],
  [
    's3',
    'PutBucketVersioning',
    { Bucket: 'b', VersioningConfiguration: { Status: 'on' } },
    ['MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema'],
  ],
  ['ssm', 'PutParameter', { Name: '/a', Value: 'v'.repeat(10), Type: 'String' }, undefined],
  ['iam', 'CreateAccountAlias', { AccountAlias: 'my-alias' }, undefined],
  [
    'iam',
    'CreateAccountAlias',
    { AccountAlias: 'my--alias' },
    [
      'ValidationError',
      "1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
    ],
  ],
];

for (const [service, name, input, expected] of cases) {
  test(`validate: ${service}:${name} ${expected?.[0] ?? 'passes'} ${Object.keys(input)}`, () => {
    const error = validate(loadModel(service).operation(name) as OperationModel, input);
    assert.equal(error?.code, expected?.[0]);
    if (expected !== undefined && error !== undefined)
      assert.ok(error.message.includes(expected[1]), `${error.message}\n  is not\n${expected[1]}`);
  });
}
