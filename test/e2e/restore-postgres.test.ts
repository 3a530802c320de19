import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { newPostgresDatabase, skipWithoutPostgres } from '../conformance/postgres-database.ts';
import { remove, ringwall, type Spawned, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** A backup of either engine fills an empty PostgreSQL database, and the server goes on there. */

function clientOf({ endpoint, env }: Spawned): SSMClient {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  return new SSMClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
}

describe('restore --store postgres://…', { skip: skipWithoutPostgres, timeout: 120_000 }, () => {
  const directory = temporaryDirectory();
  const place = (name: string) => join(directory, name);
  const dropped: (() => Promise<void>)[] = [];
  const newDatabase = async () => {
    const database = await newPostgresDatabase();
    dropped.push(database.drop);
    return database.url;
  };
  const file = place('backup');
  const quiet = ['--log-level', 'silent'];
  let source: string;

  before(async () => {
    source = await newDatabase();
    const server = await spawnRingwall(place('first'), '--store', source, ...quiet);
    const client = clientOf(server);
    await client.send(new PutParameterCommand({ Name: '/kept', Value: 'secret', Type: 'SecureString' }));
    client.destroy();
    const ran = ringwall(['backup', file, '--data', place('first')]);
    assert.equal(ran.status, 0, ran.stderr);
    await server.stop();
  });
  after(async () => {
    for (const drop of dropped) await drop();
    remove(directory);
  });

  test('with a data directory: key and profile lie there, and the same credentials read what was kept', async () => {
    const store = ['--store', await newDatabase()];
    const flags = ['--root-key', join(place('first'), 'root.key'), '--profile', join(place('first'), 'profile.json')];
    const ran = ringwall(['restore', file, '--data', place('copy'), ...store, ...flags]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /^restored \S+ to \S+ringwall_test_\w+ and \S+copy\n$/);
    const server = await spawnRingwall(place('copy'), ...store, ...quiet);
    const client = clientOf(server);
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/kept', WithDecryption: true }));
    assert.equal(Parameter?.Value, 'secret');
    client.destroy();
    await server.stop();
    const again = ringwall(['restore', file, ...store, '--data', place('other')]);
    assert.equal(again.status, 3);
    assert.match(again.stderr, /^ringwall: the database is not empty[^\n]*\n$/);
  });

  test('without one: only the database is filled', async () => {
    const store = ['--store', await newDatabase()];
    const ran = ringwall(['restore', file, ...store]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /start it with its --root-key\n$/);
    const server = await spawnRingwall(
      place('new'),
      ...store,
      '--root-key',
      join(place('first'), 'root.key'),
      ...quiet,
    );
    assert.equal((await fetch(`${server.endpoint}/_ringwall/readyz`)).status, 200);
    await server.stop();
  });

  test('a data directory that is in use is refused, and the database stays empty', async () => {
    const store = ['--store', await newDatabase()];
    const refused = ringwall(['restore', file, ...store, '--data', place('first')]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /is not empty/);
    assert.equal(ringwall(['restore', file, ...store]).status, 0);
  });

  test('another root key is refused', async () => {
    await (await spawnRingwall(place('stranger'), ...quiet)).stop();
    const key = ['--root-key', join(place('stranger'), 'root.key')];
    const refused = ringwall(['restore', file, '--store', await newDatabase(), ...key]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /^ringwall: .*root key[^\n]*\n$/);
  });
});

const wrongCalls: readonly (readonly [name: string, args: readonly string[], status: number, expected: RegExp])[] = [
  ['neither --data nor --store', [], 2, /--data.*--store/],
  [
    'a profile without a directory',
    ['--store', 'postgres://127.0.0.1:1/x', '--profile', 'p'],
    2,
    /--profile needs --data/,
  ],
  ['a store that is none', ['--store', 'mysql://x'], 2, /expected sqlite or postgres/],
];
for (const [name, args, status, expected] of wrongCalls) {
  test(`restore: ${name}`, () => {
    const ran = ringwall(['restore', import.meta.filename, ...args]);
    assert.match(ran.stderr, expected);
    assert.equal(ran.status, status);
  });
}
