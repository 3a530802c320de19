import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  awsCli,
  remove,
  ringwall,
  aws as run,
  type Spawned,
  spawnRingwall,
  temporaryDirectory,
} from '../harness/process.ts';

/** The README's story, told with the stock `aws` CLI against the program as users start it. */

const skip = awsCli() === undefined ? 'the aws CLI is not installed' : false;
const directory = temporaryDirectory();
let server: Spawned;
let env: NodeJS.ProcessEnv;

const aws = (...args: string[]) => run(env, ...args);

/** Runs a command that must succeed; its parsed output. */
// biome-ignore lint/suspicious/noExplicitAny: the CLI's JSON is read as it comes
function ok(...args: string[]): any {
  const ran = aws(...args);
  assert.equal(ran.status, 0, `aws ${args.join(' ')}: ${ran.stderr}`);
  return ran.json;
}

/** Runs a command that must fail; what it said. */
function refused(as: NodeJS.ProcessEnv, ...args: string[]): string {
  const ran = run(as, ...args);
  assert.notEqual(ran.status, 0, `aws ${args.join(' ')} should have been refused: ${ran.stdout}`);
  return ran.stderr;
}

type Credentials = { AccessKeyId: string; SecretAccessKey: string; SessionToken?: string };

function as(credentials: Credentials): NodeJS.ProcessEnv {
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials;
  return {
    ...env,
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { AWS_SESSION_TOKEN: SessionToken }),
  };
}

const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

before(async () => {
  if (skip !== false) return;
  server = await spawnRingwall(join(directory, 'data'), '--log-level', 'error');
  env = server.env;
});

after(async () => {
  if (skip === false) await server.stop();
  remove(directory);
});

test('parameters under a key: types, overwrite, history, labels, selectors, paths, delete', { skip }, () => {
  const keyId = ok('kms', 'create-key').KeyMetadata.KeyId;
  ok('kms', 'create-alias', '--alias-name', 'alias/prod', '--target-key-id', keyId);
  const put = (name: string, type: string, value: string, ...rest: string[]) =>
    ok('ssm', 'put-parameter', '--name', name, '--type', type, '--value', value, ...rest);
  put('/prod/db/password', 'SecureString', 'correct-horse', '--key-id', 'alias/prod');
  put('/prod/app/url', 'String', 'one.internal');
  put('/prod/app/zones', 'StringList', 'a,b,c');
  assert.equal(put('/prod/app/url', 'String', 'two.internal', '--overwrite').Version, 2);
  put('/prod/app/url', 'String', 'three.internal', '--overwrite');

  const history = ok('ssm', 'get-parameter-history', '--name', '/prod/app/url').Parameters;
  assert.deepEqual(
    history.map((entry: { Value: string }) => entry.Value),
    ['one.internal', 'two.internal', 'three.internal'],
  );
  ok('ssm', 'label-parameter-version', '--name', '/prod/app/url', '--parameter-version', '2', '--labels', 'live');
  assert.equal(ok('ssm', 'get-parameter', '--name', '/prod/app/url:live').Parameter.Value, 'two.internal');
  assert.equal(ok('ssm', 'get-parameter', '--name', '/prod/app/url:1').Parameter.Value, 'one.internal');

  const below = ok('ssm', 'get-parameters-by-path', '--path', '/prod', '--recursive', '--with-decryption').Parameters;
  assert.deepEqual(
    below.map(({ Name, Value }: { Name: string; Value: string }) => `${Name}=${Value}`),
    ['/prod/app/url=three.internal', '/prod/app/zones=a,b,c', '/prod/db/password=correct-horse'],
  );
  const lists = ok(
    'ssm',
    'get-parameters-by-path',
    '--path',
    '/prod',
    '--recursive',
    '--parameter-filters',
    'Key=Type,Values=StringList',
  );
  assert.deepEqual(
    lists.Parameters.map(({ Name }: { Name: string }) => Name),
    ['/prod/app/zones'],
  );

  put('/prod/gone', 'String', 'x');
  ok('ssm', 'delete-parameter', '--name', '/prod/gone');
  assert.match(refused(env, 'ssm', 'get-parameter', '--name', '/prod/gone'), /ParameterNotFound/);
});

test('a user reads the allowed path, is denied the other in AWS’s words, and explain says why', { skip }, () => {
  ok('iam', 'create-user', '--user-name', 'app');
  const document = policy(
    { Effect: 'Allow', Action: 'ssm:GetParameter*', Resource: 'arn:aws:ssm:*:*:parameter/prod/app/*' },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': 'arn:aws:ssm:*:*:parameter/prod/app/*' } },
    },
  );
  ok('iam', 'put-user-policy', '--user-name', 'app', '--policy-name', 'read', '--policy-document', document);
  ok(
    'ssm',
    'put-parameter',
    '--name',
    '/prod/app/token',
    '--type',
    'SecureString',
    '--value',
    'tok',
    '--key-id',
    'alias/prod',
  );
  const app = as(ok('iam', 'create-access-key', '--user-name', 'app').AccessKey);

  assert.equal(
    run(app, 'ssm', 'get-parameter', '--name', '/prod/app/token', '--with-decryption').json['Parameter']?.['Value'],
    'tok',
  );
  const said = refused(app, 'ssm', 'get-parameter', '--name', '/prod/db/password', '--with-decryption');
  assert.match(
    said,
    /\(AccessDeniedException\) when calling the GetParameter operation: User: arn:aws:iam::123456789012:user\/app is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter\/prod\/db\/password because no identity-based policy allows the ssm:GetParameter action/,
  );
  const events = ok(
    'cloudtrail',
    'lookup-events',
    '--lookup-attributes',
    'AttributeKey=Username,AttributeValue=app',
  ).Events;
  const event = JSON.parse(events[0].CloudTrailEvent) as { requestID: string; errorCode: string };
  assert.equal(event.errorCode, 'AccessDenied');
  const explained = ringwall(['explain', event.requestID, '--data', server.data]);
  assert.equal(explained.status, 0, explained.stderr);
  for (const layer of [/identity/, /boundary/, /session/, /resource/, /scp/i, /rcp/i, /endpoint/])
    assert.match(explained.stdout, layer);
  assert.match(explained.stdout, /inline policy read of user app/);
  assert.match(
    explained.stdout,
    /"Action":"ssm:GetParameter","Resource":"arn:aws:ssm:us-east-1:123456789012:parameter\/prod\/db\/password"/,
  );
});

test('a role with external id, session policy, boundary; a deny in the key policy', { skip }, () => {
  const caller = 'arn:aws:iam::123456789012:user/deployer';
  ok('iam', 'create-user', '--user-name', 'deployer');
  const deployer = as(ok('iam', 'create-access-key', '--user-name', 'deployer').AccessKey);
  ok(
    'iam',
    'create-role',
    '--role-name',
    'reader',
    '--assume-role-policy-document',
    policy({
      Effect: 'Allow',
      Principal: { AWS: caller },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'ex-42' } },
    }),
  );
  ok(
    'iam',
    'attach-role-policy',
    '--role-name',
    'reader',
    '--policy-arn',
    'arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess',
  );
  ok(
    'iam',
    'put-role-policy',
    '--role-name',
    'reader',
    '--policy-name',
    'kms',
    '--policy-document',
    policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }),
  );
  const role = 'arn:aws:iam::123456789012:role/reader';
  const assume = (...rest: string[]) => [
    'sts',
    'assume-role',
    '--role-arn',
    role,
    '--role-session-name',
    's1',
    ...rest,
  ];

  assert.match(refused(deployer, ...assume()), /AccessDenied.*is not authorized to perform: sts:AssumeRole/);
  const whole = run(deployer, ...assume('--external-id', 'ex-42'));
  assert.equal(whole.status, 0, whole.stderr);
  const session = as(whole.json['Credentials'] as never);
  assert.equal(
    run(session, 'sts', 'get-caller-identity').json['Arn'],
    'arn:aws:sts::123456789012:assumed-role/reader/s1',
  );
  assert.equal(run(session, 'ssm', 'get-parameter', '--name', '/prod/db/password', '--with-decryption').status, 0);
  assert.match(refused(session, 'ssm', 'delete-parameter', '--name', '/prod/app/url'), /AccessDenied/);

  const narrowed = run(
    deployer,
    ...assume(
      '--external-id',
      'ex-42',
      '--policy',
      policy({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:*:*:parameter/prod/app/*' }),
    ),
  );
  const narrow = as(narrowed.json['Credentials'] as never);
  assert.equal(run(narrow, 'ssm', 'get-parameter', '--name', '/prod/app/url').status, 0);
  assert.match(
    refused(narrow, 'ssm', 'get-parameter', '--name', '/prod/db/password'),
    /because no session policy allows the ssm:GetParameter action/,
  );

  const boundary = ok(
    'iam',
    'create-policy',
    '--policy-name',
    'fence',
    '--policy-document',
    policy({ Effect: 'Allow', Action: ['ssm:Get*', 'sts:*'], Resource: '*' }),
  );
  ok('iam', 'put-role-permissions-boundary', '--role-name', 'reader', '--permissions-boundary', boundary.Policy.Arn);
  assert.equal(run(session, 'ssm', 'get-parameter', '--name', '/prod/app/url').status, 0);
  assert.match(
    refused(session, 'ssm', 'describe-parameters'),
    /because no permissions boundary allows the ssm:DescribeParameters action/,
  );
  ok('iam', 'delete-role-permissions-boundary', '--role-name', 'reader');

  const keyId = ok('kms', 'describe-key', '--key-id', 'alias/prod').KeyMetadata.KeyId;
  ok(
    'kms',
    'put-key-policy',
    '--key-id',
    keyId,
    '--policy-name',
    'default',
    '--policy',
    policy(
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::123456789012:root' },
        Action: 'kms:*',
        Resource: '*',
      },
      { Sid: 'NotReader', Effect: 'Deny', Principal: { AWS: role }, Action: 'kms:Decrypt', Resource: '*' },
    ),
  );
  assert.match(
    refused(session, 'ssm', 'get-parameter', '--name', '/prod/db/password', '--with-decryption'),
    /is not authorized to perform: kms:Decrypt .* with an explicit deny in a resource-based policy/,
  );
});

test('parameters as variables; backup, restore elsewhere: the same reads work', { skip }, async () => {
  const ran = ringwall(['exec', '--data', server.data, '--path', '/prod/app', '--', 'env']);
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /^URL=three\.internal$/m);
  assert.match(ran.stdout, /^ZONES=a,b,c$/m);

  const file = join(directory, 'ringwall.backup');
  assert.equal(ringwall(['backup', file, '--data', server.data]).status, 0);
  const copy = join(directory, 'copy');
  const flags = [
    '--data',
    copy,
    '--root-key',
    join(server.data, 'root.key'),
    '--profile',
    join(server.data, 'profile.json'),
  ];
  const restored = ringwall(['restore', file, ...flags]);
  assert.equal(restored.status, 0, restored.stderr);
  assert.equal(ringwall(['restore', file, ...flags]).status, 3, 'a data directory that is not empty is refused');
  const other = await spawnRingwall(copy, '--log-level', 'error');
  try {
    const read = run(other.env, 'ssm', 'get-parameter', '--name', '/prod/db/password', '--with-decryption');
    assert.equal(read.json['Parameter']?.['Value'], 'correct-horse', read.stderr);
  } finally {
    await other.stop();
  }
});
