import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { remove, ringwall, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

const directory = temporaryDirectory();
after(() => remove(directory));

test('a first start that cannot listen still shows its root credentials, which the next start serves', async () => {
  const data = join(directory, 'data');
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const failed = ringwall(['start', '--data', data, '--port', String(port)]);
  await new Promise((resolve) => taken.close(resolve));
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /cannot listen on 127\.0\.0\.1:\d+/);
  const shown = /AWS_ACCESS_KEY_ID=(\S+)\s+AWS_SECRET_ACCESS_KEY=(\S+)/.exec(failed.stderr);
  const server = await spawnRingwall(data, '--log-level', 'error');
  try {
    const [, accessKeyId = '', secretAccessKey = ''] = shown ?? [];
    const sts = new STSClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey },
    });
    assert.match((await sts.send(new GetCallerIdentityCommand({}))).Arn ?? '', /:root$/);
    assert.equal(server.env['AWS_ACCESS_KEY_ID'], accessKeyId, 'the profile has them, too');
    assert.equal(server.env['AWS_ENDPOINT_URL'], server.endpoint);
  } finally {
    await server.stop();
  }
});
