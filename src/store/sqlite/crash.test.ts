import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openSealFile } from '#store/seal/keyring-file.ts';
import { createKeyFile, openKeyFile } from '#store/seal/kinds/key-file.ts';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { place } from '../../../test/conformance/store-units.ts';
import { openSqliteStore } from './store.ts';

/** Writes for ever and prints each id once it was acknowledged, or `no` when it was refused. */
const WRITER = `
  import { openSealFile } from '#store/seal/keyring-file.ts';
  import { openKeyFile } from '#store/seal/kinds/key-file.ts';
  import { openSqliteStore } from '#store/sqlite/store.ts';
  const [, directory, round] = process.argv;
  const seal = openSealFile(directory + '/seal.json', openKeyFile(directory + '/root.key'), 0);
  const store = openSqliteStore({ file: directory + '/ringwall.db', seal, clock: { now: () => 0 } });
  let next = 0;
  async function client() {
    for (;;) {
      const id = round + '-' + next++;
      const write = { key: { collection: 'things', account: '111122223333', region: 'us-east-1', id }, expected: 0, value: 'x'.repeat(2000), indexes: [['by', id]] };
      const done = store.commit({ reads: [], writes: [write], events: [], jobs: [], audit: [{ id, time: next, json: '{}' }] });
      await done.then(() => console.log(id), () => new Promise((wait) => setTimeout(wait, 5, console.log('no'))));
    }
  }
  await Promise.all(Array.from({ length: 20 }, client));
`;

function newInstallation(): string {
  const directory = newDirectory();
  createKeyFile(join(directory, 'root.key'));
  return directory;
}

function open(directory: string) {
  const seal = openSealFile(join(directory, 'seal.json'), openKeyFile(join(directory, 'root.key')), 0);
  return openSqliteStore({ file: join(directory, 'ringwall.db'), seal, clock: { now: () => 0 } });
}

function startWriter(directory: string, round: number, prefix: readonly string[] = []) {
  const root = join(import.meta.dirname, '../../..');
  const node = [process.execPath, '-C', 'source', '--input-type=module', '-e', WRITER, directory, `${round}`];
  const [command = '', ...args] = [...prefix, ...node];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, lines: createInterface(child.stdout) };
}

async function assertAllThere(directory: string, acknowledged: readonly string[]) {
  const store = open(directory);
  const found = new Set((await store.scan({ ...place, limit: 1_000_000 })).map((record) => record.key.id));
  assert.deepEqual(
    acknowledged.filter((id) => !found.has(id)),
    [],
  );
  const audited = new Set<string>();
  for await (const { id } of store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER })) audited.add(id);
  assert.deepEqual(found, new Set([...found].filter((id) => audited.has(id))), 'state and audit go together');
  assert.deepEqual((await store.verify()).problems, []);
  assert.equal((await store.verifyAudit()).brokenAt, undefined);
  await store.close();
}

test('what was acknowledged outlives 20 times kill -9', { timeout: 120_000 }, async () => {
  const directory = newInstallation();
  const acknowledged: string[] = [];
  for (let round = 0; round < 20; round++) {
    const { child, lines } = startWriter(directory, round);
    const enough = 50 + round * 60;
    let seen = 0;
    for await (const line of lines) {
      acknowledged.push(line);
      seen += 1;
      if (seen === enough) child.kill('SIGKILL');
    }
    assert.ok(seen >= enough);
  }
  await assertAllThere(directory, acknowledged);
});

test('a full disk refuses writes, loses none, and is forgotten once there is room', { timeout: 60_000 }, async (t) => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
  } catch {
    t.skip('needs prlimit to limit the size of files');
    return;
  }
  const directory = newInstallation();
  await open(directory).close();
  const { child, lines } = startWriter(directory, 0, ['prlimit', '--fsize=2000000:unlimited']);
  const acknowledged: string[] = [];
  let refused = 0;
  let after = 0;
  for await (const line of lines) {
    if (line === 'no') {
      refused += 1;
      if (refused === 200) execFileSync('prlimit', ['--pid', `${child.pid}`, '--fsize=unlimited:unlimited']);
    } else {
      acknowledged.push(line);
      if (refused >= 200) after += 1;
      if (after === 500) child.kill('SIGKILL');
    }
  }
  assert.ok(refused >= 200 && after >= 500);
  await assertAllThere(directory, acknowledged);
});
