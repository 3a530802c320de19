import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';
import { trusting } from './client-for-tests.ts';
import { packOne } from './zip/pack-for-tests.ts';

const data = temporaryDirectory();
after(() => remove(data));

function clients(server: Spawned) {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
  const settings = { endpoint: server.endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
  return { iam: new IAM(settings), lambda: new Lambda(settings) };
}

/** Processes that carry a mark in their environment. */
function marked(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'it holds in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('functions die with a server that is killed', {
  skip: process.platform !== 'linux' && 'looks into /proc',
}, async () => {
  const mark = `RINGWALL_MARK=${process.pid}`;
  const [name = '', value = ''] = mark.split('=');
  const first = await spawnRingwall(data);
  const { iam, lambda } = clients(first);
  const { Role } = await iam.createRole({ RoleName: 'r', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') });
  const code = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));';
  await lambda.createFunction({
    FunctionName: 'f',
    Role: Role?.Arn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: packOne('index.mjs', code) },
    Timeout: 60,
    Environment: { Variables: { [name]: value } },
  });
  await lambda.invoke({ FunctionName: 'f', InvocationType: 'Event', Payload: '{"a":1}' });
  await until(() => marked(mark).length > 0);
  await first.kill();
  await until(() => marked(mark).length === 0);
});
