import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { newPostgresDatabase, skipWithoutPostgres } from '../conformance/postgres-database.ts';
import { remove, ringwall, type Spawned, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** Two processes, one database: what one acknowledges the other serves, and each may die. */

/** How long after an acknowledged write another process may still answer with what was before. */
const stalenessMs = 1_000;

type Database = Awaited<ReturnType<typeof newPostgresDatabase>>;
type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

function clientOf({ endpoint }: Spawned, credentials: Credentials): SSMClient {
  return new SSMClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
}

function credentialsOf({ env }: Spawned): Credentials {
  return { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' };
}

const put = (Name: string, Value: string, more: object = {}) =>
  new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true, ...more });
const read = async (client: SSMClient, Name: string) =>
  (await client.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;

async function jobsDone({ endpoint }: Spawned): Promise<number> {
  const text = await (await fetch(`${endpoint}/_ringwall/metrics`)).text();
  return Number(/^ringwall_jobs_total\{kind="ssm\/policy",outcome="done"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

describe('two processes on one PostgreSQL database', { skip: skipWithoutPostgres, timeout: 120_000 }, () => {
  const directory = temporaryDirectory();
  const rootKey = join(directory, 'one', 'root.key');
  let database: Database;
  let servers: [Spawned, Spawned];
  let clients: [SSMClient, SSMClient];
  let credentials: Credentials;

  const start = (name: string, ...flags: string[]) =>
    spawnRingwall(
      join(directory, name),
      '--store',
      database.url,
      '--root-key',
      rootKey,
      '--log-level',
      'warn',
      ...flags,
    );

  before(async () => {
    database = await newPostgresDatabase();
    const one = await start('one');
    credentials = credentialsOf(one);
    const two = await start('two');
    servers = [one, two];
    clients = [clientOf(one, credentials), clientOf(two, credentials)];
  });
  after(async () => {
    for (const server of servers ?? []) await server.stop();
    await database?.drop();
    remove(directory);
  });

  test('the credentials of the first start work on both; only it has a profile', async () => {
    for (const [at, client] of clients.entries()) {
      await client.send(put(`/credentials/${at}`, 'x'));
    }
    assert.ok(existsSync(join(directory, 'one', 'profile.json')));
    // Bodies lie in `blobs`, and functions are unpacked beside it while the server runs.
    const kept = readdirSync(join(directory, 'two')).filter((name) => name !== 'blobs' && !name.startsWith('lambda-'));
    assert.deepEqual(kept, ['mode'], 'neither keys nor data beside the database');
  });

  test(`what one acknowledged the other answers within ${stalenessMs} ms`, async (t: TestContext) => {
    const waits: number[] = [];
    let stale = 0;
    for (let round = 0; round < 200; round += 1) {
      const [writer, reader] = round % 2 === 0 ? clients : ([...clients].reverse() as typeof clients);
      const value = `round ${round}`;
      await writer.send(put('/staleness', value));
      const acknowledged = performance.now();
      if (round < 2) await read(reader, '/staleness');
      let reads = 0;
      while ((await read(reader, '/staleness')) !== value) {
        reads += 1;
        assert.ok(performance.now() - acknowledged < stalenessMs, `round ${round} is still not seen`);
      }
      if (reads > 0) stale += 1;
      waits.push(reads > 0 ? performance.now() - acknowledged : 0);
    }
    t.diagnostic(
      `${stale} of ${waits.length} first reads were stale; the longest took ${Math.max(...waits).toFixed(1)} ms`,
    );
  });

  test('200 overwrites at once through both: every one is a version of its own', async (t: TestContext) => {
    await clients[0].send(put('/contended', 'first'));
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) => (clients[at % 2] as SSMClient).send(put('/contended', `value ${at}`))),
    );
    t.diagnostic(`${Math.round(performance.now() - started)} ms`);
    const versions = answers.map(({ Version = 0 }) => Version).sort((a, b) => a - b);
    assert.deepEqual(
      versions,
      Array.from({ length: 200 }, (_, at) => at + 2),
    );
    const last = answers.findIndex(({ Version }) => Version === 201);
    for (const client of clients) assert.equal(await read(client, '/contended'), `value ${last}`);
  });

  test('a job that both could run is run once', async () => {
    const Timestamp = new Date(Date.now() + 2_000).toISOString();
    const policies = JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp } }]);
    const names = Array.from({ length: 20 }, (_, at) => `/expires/${at}`);
    const doneBefore = (await jobsDone(servers[0])) + (await jobsDone(servers[1]));
    for (const [at, name] of names.entries()) {
      const client = clients[at % 2] as SSMClient;
      await client.send(put(name, 'x', { Tier: 'Advanced', Policies: policies }));
    }
    for (const name of names) {
      const there = () =>
        read(clients[0], name).then(
          () => true,
          (error) => !(error instanceof ParameterNotFound),
        );
      while (await there());
    }
    assert.equal((await jobsDone(servers[0])) + (await jobsDone(servers[1])) - doneBefore, names.length);
  });

  test('kill -9 of one: what it acknowledged is there, the other goes on, and it comes back', async () => {
    const acknowledged = new Map<string, string>();
    const inFlight = new Map<string, string>();
    let dead = false;
    const work = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; !dead; count += 1) {
        const name = `/killed/${writer}`;
        inFlight.set(name, String(count));
        try {
          await clients[1].send(put(name, String(count)));
          acknowledged.set(name, String(count));
        } catch {
          return;
        }
      }
    });
    while (acknowledged.size < 8) await new Promise(setImmediate);
    await servers[1].kill();
    dead = true;
    await Promise.all(work);
    for (const [name, value] of acknowledged) {
      assert.ok([value, inFlight.get(name)].includes(await read(clients[0], name)), name);
    }
    await clients[0].send(put('/killed/after', 'still here'));
    servers[1] = await start('two');
    clients[1] = clientOf(servers[1], credentials);
    assert.equal(await read(clients[1], '/killed/after'), 'still here');
    await clients[1].send(new DeleteParameterCommand({ Name: '/killed/after' }));
  });

  test('connections that break are made anew; nothing stale is served afterwards', async () => {
    await clients[0].send(put('/broken', 'before'));
    for (const client of clients) assert.equal(await read(client, '/broken'), 'before');
    await database.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const until = async (work: () => Promise<unknown>) => {
      for (const ends = Date.now() + 10_000; ; ) {
        try {
          return await work();
        } catch (error) {
          if (Date.now() > ends) throw error;
        }
      }
    };
    await until(() => clients[1].send(put('/broken', 'after')));
    await until(async () => assert.equal(await read(clients[0], '/broken'), 'after'));
    for (const { endpoint } of servers) assert.equal((await fetch(`${endpoint}/_ringwall/readyz`)).status, 200);
  });

  test('another root key, or none, is refused', async () => {
    for (const [name, ...flags] of [['none'], ['missing', '--root-key', join(directory, 'missing.key')]] as const) {
      const ran = ringwall([
        'start',
        '--port',
        '0',
        '--store',
        database.url,
        '--data',
        join(directory, name),
        ...flags,
      ]);
      assert.equal(ran.status, 3, ran.stderr);
      assert.match(ran.stderr, /root\.key|missing\.key/);
    }
    const other = await spawnRingwall(join(directory, 'other'), '--log-level', 'error');
    await other.stop();
    const ran = ringwall(['start', '--port', '0', '--store', database.url, '--data', join(directory, 'other')]);
    assert.equal(ran.status, 3, ran.stderr);
    assert.match(ran.stderr, /root key/);
  });

  test('the seal is in the database, and a command shows and changes it there', async () => {
    const store = ['--store', database.url, '--data', join(directory, 'one')];
    const shown = ringwall(['seal', 'status', '--json', ...store]);
    assert.equal(shown.status, 0, shown.stderr);
    const { kind, generation } = JSON.parse(shown.stdout) as { kind: string; generation: number };
    assert.deepEqual([kind, generation], ['key-file', 1]);
    const rewrapped = ringwall(['seal', 'rewrap', '--to', 'key-file', ...store]);
    assert.equal(rewrapped.status, 0, rewrapped.stderr);
    await clients[0].send(put('/rewrapped', 'x'));
    await servers[1].stop();
    servers[1] = await start('two');
    clients[1] = clientOf(servers[1], credentials);
    assert.equal(await read(clients[1], '/rewrapped'), 'x');
  });
});

describe('first start of two processes at once', { skip: skipWithoutPostgres, timeout: 60_000 }, () => {
  test('one makes the account; both serve it', async () => {
    const directory = temporaryDirectory();
    const database = await newPostgresDatabase();
    const seed = await spawnRingwall(join(directory, 'seed'), '--log-level', 'error');
    await seed.stop();
    const rootKey = join(directory, 'seed', 'root.key');
    const start = (name: string) =>
      spawnRingwall(join(directory, name), '--store', database.url, '--root-key', rootKey, '--log-level', 'error');
    const started = await Promise.allSettled([start('one'), start('two')]);
    const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    try {
      assert.equal(
        servers.length,
        2,
        started.map((each) => (each.status === 'rejected' ? String(each.reason) : 'served')).join('; '),
      );
      const made = servers.filter(({ data }) => existsSync(join(data, 'profile.json')));
      assert.equal(made.length, 1);
      const credentials = credentialsOf(made[0] as Spawned);
      for (const server of servers) await clientOf(server, credentials).send(put('/both', 'x'));
    } finally {
      for (const server of servers) await server.stop();
      await database.drop();
      remove(directory);
    }
  });
});
