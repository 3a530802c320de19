import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

/** The command line as scripts use it: exit codes, refusals, the seal's life. */

const directory = temporaryDirectory();
after(() => remove(directory));
const place = (name: string) => join(directory, name);

function clientOf({ endpoint, env }: Spawned): SSMClient {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  return new SSMClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
}

const file = (name: string, text: string) => {
  writeFileSync(place(name), text, { mode: 0o600 });
  return place(name);
};

const wrongCalls: readonly (readonly [name: string, args: readonly string[], status: number, expected: RegExp])[] = [
  ['an unknown command', ['frobnicate'], 2, /unknown command/],
  ['an unknown flag', ['start', '--frobnicate'], 2, /unknown option/],
  ['a port that is none', ['start', '--port', 'many'], 2, /--port: `many` cannot be used/],
  ['an account that is none', ['start', '--account', '12'], 2, /expected 12 digits/],
  [
    'an unknown key in the file',
    ['start', '--config', file('bad.yaml', 'frobnicate: 1\n')],
    2,
    /unknown key `frobnicate`/,
  ],
  ['a file that is not there', ['start', '--config', place('none.yaml')], 2, /does not exist/],
  [
    'open mode beyond loopback',
    ['start', '--memory', '--auth', 'open', '--host', '0.0.0.0'],
    3,
    /open mode listens on loopback only/,
  ],
  ['plain HTTP beyond loopback', ['start', '--memory', '--host', '0.0.0.0'], 3, /is not loopback/],
  ['the reset route in enforce mode', ['start', '--memory', '--reset-route'], 3, /open mode/],
  ['env without a profile', ['env', '--data', place('nothing')], 1, /no profile in/],
  ['status without a server', ['status', '--data', place('nothing')], 1, /no profile in/],
  ['restore of nothing', ['restore', place('none'), '--data', place('new')], 2, /does not exist/],
  ['restore of something else', ['restore', file('garbage', 'not a database'), '--data', place('new2')], 3, /backup/],
  ['exec without a path', ['exec', '--', 'env'], 2, /--path/],
  ['a policy file that is not there', ['policy', 'test', place('none.jsonl')], 2, /none\.jsonl/],
];

for (const [name, args, status, expected] of wrongCalls) {
  test(`exit code ${status}: ${name}`, () => {
    const ran = ringwall(args);
    assert.match(ran.stderr, expected);
    assert.equal(ran.status, status);
  });
}

test('help lists every command and says what each does', () => {
  const { stdout, status } = ringwall(['--help']);
  assert.equal(status, 0);
  for (const command of ['backup', 'env', 'exec', 'explain', 'policy', 'restore', 'seal', 'start', 'status']) {
    assert.match(stdout, new RegExp(`^  ${command}\\b.*\\w{4}`, 'm'));
  }
});

test('variables and the file set what flags do not; flags win', async () => {
  const config = file('good.yaml', 'region: eu-central-1\naccount: "111122223333"\n');
  const data = place('configured');
  const server = await spawnRingwall(data, '--config', config, '--region', 'eu-west-1', '--log-level', 'silent');
  const { stdout } = ringwall(['env', '--json', '--data', data]);
  const variables = JSON.parse(stdout) as Record<string, string>;
  assert.equal(variables['AWS_REGION'], 'eu-west-1');
  assert.equal(variables['AWS_ACCOUNT_ID'], '111122223333');
  assert.equal(statSync(join(data, 'profile.json')).mode & 0o777, 0o600);
  assert.equal(statSync(join(data, 'root.key')).mode & 0o777, 0o600);
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.match(server.log(), /Root credentials of account 111122223333, shown once/);
  assert.equal(await server.stop(), 0, 'SIGTERM ends it well');
  const again = await spawnRingwall(data, '--account', '111122223333', '--log-level', 'silent');
  assert.doesNotMatch(again.log(), /AWS_SECRET_ACCESS_KEY/);
  const second = ringwall(['start', '--port', '0', '--data', data]);
  assert.equal(second.status, 3, 'one process at a time');
  await again.stop();
});

test('an open root key file, and open mode on enforced data, are refused', async () => {
  const data = place('strict');
  await (await spawnRingwall(data, '--log-level', 'silent')).stop();
  const open = ringwall(['start', '--port', '0', '--data', data, '--auth', 'open']);
  assert.equal(open.status, 3);
  assert.match(open.stderr, /enforce mode/);
  chmodSync(join(data, 'root.key'), 0o644);
  const loose = ringwall(['start', '--port', '0', '--data', data]);
  assert.equal(loose.status, 3);
  assert.match(loose.stderr, /root\.key/);
});

test('a database put back in part is refused, and starts when that is accepted', async () => {
  const data = place('rolled-back');
  const file = join(data, 'ringwall.db');
  const first = await spawnRingwall(data, '--log-level', 'silent');
  const client = clientOf(first);
  await client.send(new PutParameterCommand({ Name: '/r', Value: 'old', Type: 'String' }));
  await first.stop();
  const tables = ['records', 'ledger'];
  const rows = (database: DatabaseSync, table: string) =>
    database.prepare(`SELECT * FROM ${table} WHERE id = '/r'`).get() as Record<string, string | number | Uint8Array>;
  const before = new DatabaseSync(file);
  const old = tables.map((table) => rows(before, table));
  before.close();
  const second = await spawnRingwall(data, '--log-level', 'silent');
  const again = clientOf(second);
  await again.send(new PutParameterCommand({ Name: '/r', Value: 'new', Overwrite: true }));
  await second.stop();
  const touched = new DatabaseSync(file);
  for (const [index, table] of tables.entries()) {
    const values = Object.values(old[index] ?? {});
    touched.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
  }
  touched.close();
  const refused = ringwall(['start', '--port', '0', '--data', data]);
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /not what was last committed/);
  // Damage to another record must not hide it.
  const damaging = new DatabaseSync(file);
  damaging.exec(`UPDATE records SET body = zeroblob(40) WHERE id = (SELECT min(id) FROM records WHERE id <> '/r')`);
  damaging.close();
  const hidden = ringwall(['start', '--port', '0', '--data', data]);
  assert.equal(hidden.status, 3);
  assert.match(hidden.stderr, /damaged/);
  const accepted = await spawnRingwall(data, '--accept-damage', '--log-level', 'error');
  assert.match(accepted.log(), /damaged or altered/);
  for (const each of [client, again]) each.destroy();
  await accepted.stop();
});

test('a damaged keyring is refused in a sentence', async () => {
  const data = place('keyring');
  await (await spawnRingwall(data, '--log-level', 'silent')).stop();
  writeFileSync(join(data, 'seal.json'), '{');
  const refused = ringwall(['start', '--port', '0', '--data', data]);
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /^ringwall: the keyring is not readable[^\n]*\n$/);
});

test('exec passes the exit code of its command on', async () => {
  const server = await spawnRingwall(place('exec'), '--log-level', 'silent');
  const client = clientOf(server);
  await client.send(new PutParameterCommand({ Name: '/app/db/url', Value: 'x y', Type: 'SecureString' }));
  const ran = ringwall(['exec', '--data', server.data, '--path', '/app', '--', 'sh', '-c', 'echo "[$DB_URL]"; exit 7']);
  assert.equal(ran.stdout, '[x y]\n');
  assert.equal(ran.status, 7);
  for (const [name, value, expected, exit] of [
    ['/evil/path', '/tmp', /PATH.*--allow-override/, 3],
    ['/evil/node_options', '--inspect', /NODE_OPTIONS/, 3],
    ['/nul/n', 'hid\u0000den', /`\/nul\/n` holds a NUL/, 1],
    ['/twin/a-b', '1', /no parameters below/, 0],
  ] as const) {
    await client.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String' }));
    const path = exit === 0 ? '/nothing' : name.slice(0, name.lastIndexOf('/'));
    const refused = ringwall(['exec', '--data', server.data, '--path', path, '--', 'true']);
    assert.match(refused.stderr, expected);
    assert.doesNotMatch(refused.stderr, /hid/);
    assert.equal(refused.status, exit);
  }
  await client.send(new PutParameterCommand({ Name: '/twin/a/b', Value: '2', Type: 'String' }));
  const twins = ringwall(['exec', '--data', server.data, '--path', '/twin', '--', 'env']);
  assert.match(twins.stderr, /would both be A_B/);
  const evil = ringwall(['exec', '--data', server.data, '--allow-override', '--path', '/evil', '--', '/usr/bin/env']);
  assert.match(evil.stdout, /^NODE_OPTIONS=--inspect$/m);
  client.destroy();
  const status = ringwall(['status', '--json', '--data', server.data]);
  assert.equal((JSON.parse(status.stdout) as { records: Record<string, number> }).records['ssm/parameter'], 6);
  await server.stop();
  assert.equal(ringwall(['status', '--data', server.data], cleanEnvironment()).status, 1);
});

test('the seal: key file → passphrase → shares → key file; sealed servers answer health and unseal only', async () => {
  const data = place('sealed');
  const first = await spawnRingwall(data, '--log-level', 'silent');
  const client = clientOf(first);
  await client.send(new PutParameterCommand({ Name: '/s', Value: 'kept', Type: 'SecureString' }));
  client.destroy();
  await first.stop();

  const passphrase = file('passphrase', 'correct horse battery\n');
  const toPassphrase = ringwall([
    'seal',
    'rewrap',
    '--data',
    data,
    '--to',
    'passphrase',
    '--new-passphrase-file',
    passphrase,
  ]);
  assert.equal(toPassphrase.status, 0, toPassphrase.stderr);
  assert.equal(existsSync(join(data, 'root.key')), false);
  assert.match(ringwall(['seal', 'status', '--data', data]).stdout, /kind\s+passphrase/);
  const second = await spawnRingwall(data, '--passphrase-file', passphrase, '--log-level', 'silent');
  await reads(second);
  await second.stop();

  const toShares = ringwall([
    'seal',
    'rewrap',
    '--data',
    data,
    '--to',
    'shamir',
    '--passphrase-file',
    passphrase,
    '--shares',
    '5',
    '--threshold',
    '3',
  ]);
  assert.equal(toShares.status, 0, toShares.stderr);
  const shares = toShares.stdout.split('\n').filter((line) => line.startsWith('rws1-'));
  assert.equal(shares.length, 5);
  const third = await spawnRingwall(data, '--log-level', 'silent');
  const health = await fetch(`${third.endpoint}/_ringwall/healthz`);
  assert.deepEqual(await health.json(), { status: 'sealed', kind: 'shamir' });
  const blocked = await fetch(third.endpoint, { method: 'POST' });
  assert.equal(blocked.status, 503);
  const unseal = async (share: string | undefined) =>
    (await fetch(`${third.endpoint}/_ringwall/unseal`, { method: 'POST', body: JSON.stringify({ share }) })).json();
  assert.match(JSON.stringify(await unseal('rws1-nonsense')), /UnsealFailed/);
  assert.deepEqual(await unseal(shares[0]), { status: 'sealed', given: 1, needed: 3 });
  assert.deepEqual(await unseal(shares[4]), { status: 'sealed', given: 2, needed: 3 });
  assert.deepEqual(await unseal(shares[2]), { status: 'unsealed', given: 3, needed: 3 });
  await third.stop();

  const three = shares.slice(1, 4).flatMap((share) => ['--share', share]);
  const toFile = ringwall(['seal', 'rewrap', '--data', data, '--to', 'key-file', ...three]);
  assert.equal(toFile.status, 0, toFile.stderr);
  assert.equal(readFileSync(join(data, 'root.key')).length, 32);
  const fourth = await spawnRingwall(data, '--log-level', 'silent');
  await reads(fourth);
  await fourth.stop();
});

async function reads(server: Spawned): Promise<void> {
  const client = clientOf(server);
  const { Parameter } = await client.send(new GetParameterCommand({ Name: '/s', WithDecryption: true }));
  assert.equal(Parameter?.Value, 'kept');
  client.destroy();
}

test('open mode: any credentials, an account by its id, reset and clock', async () => {
  const server = await spawnRingwall(
    place('open'),
    '--memory',
    '--auth',
    'open',
    '--reset-route',
    '--log-level',
    'silent',
  );
  const as = (accessKeyId: string) =>
    new SSMClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'x' },
    });
  const [mine, theirs] = [as('test'), as('444455556666')];
  await mine.send(new PutParameterCommand({ Name: '/x', Value: '1', Type: 'String' }));
  await assert.rejects(theirs.send(new GetParameterCommand({ Name: '/x' })), { name: 'ParameterNotFound' });
  const { Version } = await theirs.send(new PutParameterCommand({ Name: '/x', Value: '2', Type: 'SecureString' }));
  assert.equal(Version, 1);
  const clock = await fetch(`${server.endpoint}/_ringwall/clock`, { method: 'POST', body: '{"advance":"P30D"}' });
  const { now } = (await clock.json()) as { now: string };
  assert.ok(Date.parse(now) > Date.now() + 29 * 86_400_000);
  assert.equal(clock.headers.get('x-ringwall-auth'), 'open');
  assert.equal((await fetch(`${server.endpoint}/_ringwall/reset`, { method: 'POST' })).status, 200);
  await assert.rejects(mine.send(new GetParameterCommand({ Name: '/x' })), { name: 'ParameterNotFound' });
  for (const client of [mine, theirs]) client.destroy();
  await server.stop();
});
