import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  cleanEnvironment,
  remove,
  ringwall,
  type Spawned,
  spawnRingwall,
  temporaryDirectory,
} from '../harness/process.ts';

/** kill -9 while clients write: what was acknowledged is there afterwards, and decrypts. RINGWALL_CRASH_ROUNDS for more rounds. */

const rounds = Number(process.env['RINGWALL_CRASH_ROUNDS'] ?? 20);
const writers = 8;
const directory = temporaryDirectory();
after(() => remove(directory));

function clientOf(server: Spawned): SSMClient {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
  return new SSMClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
}

test(`${rounds} rounds of kill -9 lose nothing that was acknowledged`, { timeout: rounds * 10_000 }, async () => {
  const data = join(directory, 'crash');
  /** Name → the last acknowledged value, and the one that was on its way. */
  const acknowledged = new Map<string, string>();
  const inFlight = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const server = await spawnRingwall(data, '--log-level', 'error');
    const client = clientOf(server);
    for (const [name, value] of acknowledged) {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      const possible = [value, inFlight.get(name)];
      assert.ok(
        possible.includes(Parameter?.Value),
        `round ${round}: ${name} is ${Parameter?.Value}, acknowledged ${value}`,
      );
      acknowledged.set(name, Parameter?.Value ?? '');
    }
    inFlight.clear();
    let dead = false;
    const work = Array.from({ length: writers }, async (_, writer) => {
      for (let count = 0; !dead; count += 1) {
        const name = `/crash/${writer}`;
        const value = `${round}-${count}`;
        inFlight.set(name, value);
        try {
          await client.send(
            new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: true }),
          );
          acknowledged.set(name, value);
          inFlight.delete(name);
        } catch {
          return;
        }
      }
    });
    // Different moments of the commit cycle, without a timer that decides the outcome.
    while (acknowledged.size < writers) await new Promise(setImmediate);
    for (let turns = 0; turns < 50 * (round % 7); turns += 1) await new Promise(setImmediate);
    await server.kill();
    dead = true;
    await Promise.all(work);
    client.destroy();
  }
  const server = await spawnRingwall(data, '--log-level', 'error');
  const client = clientOf(server);
  for (const [name, value] of acknowledged) {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    assert.ok([value, inFlight.get(name)].includes(Parameter?.Value));
  }
  client.destroy();
  await server.stop();
});

test('no secret is on disk, in the log or in a backup in the clear', async () => {
  const data = join(directory, 'canary');
  const canary = 'CANARY-7f3a9c51-plain-secret';
  const server = await spawnRingwall(data, '--log-level', 'debug');
  const client = clientOf(server);
  await client.send(new PutParameterCommand({ Name: '/canary', Value: canary, Type: 'SecureString' }));
  await client.send(new PutParameterCommand({ Name: '/canary-text', Value: `${canary}-text`, Type: 'String' }));
  await client.send(new GetParameterCommand({ Name: '/canary', WithDecryption: true }));
  client.destroy();
  const backup = join(directory, 'canary.backup');
  assert.equal(ringwall(['backup', backup, '--data', data], cleanEnvironment()).status, 0);
  await server.stop();
  const secret = server.env['AWS_SECRET_ACCESS_KEY'] ?? '';
  const rootKey = readFileSync(join(data, 'root.key'));
  const files = [...readdirSync(data).map((name) => join(data, name)), backup].filter((file) =>
    statSync(file).isFile(),
  );
  assert.ok(files.length >= 4);
  for (const file of files) {
    const bytes = readFileSync(file);
    const name = file.slice(directory.length);
    assert.ok(!bytes.includes(canary), `${name} shows the secret`);
    if (!name.endsWith('profile.json')) assert.ok(!bytes.includes(secret), `${name} shows the root credentials`);
    if (!name.endsWith('root.key')) assert.ok(!bytes.includes(rootKey), `${name} shows the root key`);
  }
  const [, afterAnnouncement = ''] = server.log().split('AWS_SECRET_ACCESS_KEY');
  assert.ok(!server.log().includes(canary));
  assert.ok(!afterAnnouncement.slice(secret.length + 2).includes(secret), 'root credentials are shown once');
});
