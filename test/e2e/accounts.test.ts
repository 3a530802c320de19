import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  cleanEnvironment,
  remove,
  ringwall,
  type Spawned,
  spawnRingwall,
  temporaryDirectory,
} from '../harness/process.ts';

/** Two accounts of one installation, each within its own walls until both say otherwise. */

const directory = temporaryDirectory();
const second = '222222222222';
after(() => remove(directory));

type Variables = Record<string, string | undefined>;

function settings(server: Spawned, { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' }: Variables) {
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint: server.endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
}

test('a second account is made by the first one’s root, sees nothing of it, and enters by a role that trusts it', async () => {
  const data = join(directory, 'data');
  const server = await spawnRingwall(data, '--log-level', 'error');
  const made = ringwall(['account', 'create', second, '--json', '--data', data]);
  assert.equal(made.status, 0, made.stderr);
  const again = ringwall(['account', 'create', second, '--data', data]);
  assert.match(again.stderr, /account 222222222222 exists/);
  assert.equal(again.status, 1);
  const copied = ringwall(['backup', join(directory, 'theirs.backup')], {
    ...cleanEnvironment(),
    ...(JSON.parse(made.stdout) as Variables),
    AWS_ENDPOINT_URL: server.endpoint,
  });
  assert.match(copied.stderr, /only the root user of the first account takes backups/);
  const theirs = settings(server, JSON.parse(made.stdout) as Variables);
  const ours = settings(server, server.env);
  assert.equal((await new STSClient(theirs).send(new GetCallerIdentityCommand({}))).Account, second);

  await new SSMClient(ours).send(new PutParameterCommand({ Name: '/ours', Value: '1', Type: 'String' }));
  const foreign = new SSMClient(theirs);
  await assert.rejects(foreign.send(new GetParameterCommand({ Name: '/ours' })), { name: 'ParameterNotFound' });
  const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/ours';
  await assert.rejects(foreign.send(new GetParameterCommand({ Name: arn })), { name: 'AccessDeniedException' });

  const iam = new IAMClient(ours);
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${second}:root` }, Action: 'sts:AssumeRole' };
  await iam.send(new CreateRoleCommand({ RoleName: 'guest', AssumeRolePolicyDocument: document(trust) }));
  const read = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: arn };
  await iam.send(new PutRolePolicyCommand({ RoleName: 'guest', PolicyName: 'read', PolicyDocument: document(read) }));
  const RoleArn = 'arn:aws:iam::123456789012:role/guest';
  // The root user cannot assume roles: a user of the second account does.
  const their = new IAMClient(theirs);
  await their.send(new CreateUserCommand({ UserName: 'visitor' }));
  const go = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn };
  await their.send(new PutUserPolicyCommand({ UserName: 'visitor', PolicyName: 'go', PolicyDocument: document(go) }));
  const { AccessKey } = await their.send(new CreateAccessKeyCommand({ UserName: 'visitor' }));
  const user = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  const sts = new STSClient({ ...theirs, credentials: user });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit' }));
  const session = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const inside = new SSMClient({ ...ours, credentials: session });
  assert.equal((await inside.send(new GetParameterCommand({ Name: '/ours' }))).Parameter?.Value, '1');
  await server.stop();
  const other = ringwall(['start', '--port', '0', '--data', data, '--account', '333333333333']);
  assert.equal(other.status, 3);
  assert.match(other.stderr, /ringwall account create 333333333333/);
});
