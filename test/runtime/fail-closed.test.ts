import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GetParameterCommand, PutParameterCommand, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { UnavailableError } from '#store/store.ts';
import { remove, spawnRingwall, temporaryDirectory } from '../harness/process.ts';
import { startRingwall } from '../harness/start.ts';

/** When the audit record cannot be written the call fails, reads too; when it can again, the server goes on. */

test('calls fail closed while the audit cannot be written, and recover', async () => {
  const ringwall = await startRingwall({ logLevel: 'silent' });
  after(() => ringwall.stop());
  const client = new SSMClient(ringwall.client);
  await client.send(new PutParameterCommand({ Name: '/a', Value: '1', Type: 'String' }));
  const { store } = ringwall.installation.house;
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new UnavailableError('no space left on device'));
  const unavailable = (error: unknown) =>
    error instanceof SSMServiceException && error.$metadata.httpStatusCode === 503;
  await assert.rejects(client.send(new GetParameterCommand({ Name: '/a' })), unavailable);
  await assert.rejects(client.send(new PutParameterCommand({ Name: '/a', Value: '2', Overwrite: true })), unavailable);
  await assert.rejects(client.send(new GetParameterCommand({ Name: '/none' })), unavailable);
  store.commit = commit;
  const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a' }));
  assert.equal(Parameter?.Value, '1', 'the refused write changed nothing');
});

const mountPoint = temporaryDirectory();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mountPoint]).status === 0;
after(() => {
  if (mounted) execFileSync('umount', [mountPoint]);
  remove(mountPoint);
});

test('a full disk: writes fail, nothing is lost, and writing goes on when there is space', {
  skip: mounted ? false : 'a small file system cannot be mounted here',
}, async () => {
  const data = join(mountPoint, 'data');
  const server = await spawnRingwall(data, '--log-level', 'silent');
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
  const client = new SSMClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  const put = (name: string) =>
    client.send(new PutParameterCommand({ Name: name, Value: 'v'.repeat(4000), Type: 'String' }));
  try {
    await put('/first');
    mkdirSync(join(mountPoint, 'ballast'));
    let file = 0;
    try {
      for (; ; file += 1) writeFileSync(join(mountPoint, 'ballast', String(file)), Buffer.alloc(64 * 1024));
    } catch {
      // Full.
    }
    const stored: string[] = [];
    let refused: unknown;
    for (let count = 0; refused === undefined && count < 5_000; count += 1) {
      try {
        await put(`/p${count}`);
        stored.push(`/p${count}`);
      } catch (error) {
        refused = error;
      }
    }
    assert.ok(refused instanceof SSMServiceException, 'the disk is full');
    assert.equal(refused.$metadata.httpStatusCode, 503);
    assert.equal(server.child.exitCode, null, 'the server lives');
    rmSync(join(mountPoint, 'ballast'), { recursive: true });
    await put('/after');
    for (const name of ['/first', '/after', ...stored]) {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
      assert.equal(Parameter?.Value?.length, 4000);
    }
  } finally {
    client.destroy();
    await server.kill();
  }
});
