import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './api-call.ts';

const root = join(import.meta.dirname, '..');

/** Arguments of Node for the two ways to start: TypeScript from a clone, JavaScript of a built release. */
export const entries = {
  clone: ['-C', 'source', join(root, 'src', 'main.ts')],
  release: [join(root, 'dist', 'main.js')],
} as const;

export type Entry = keyof typeof entries;

/** A running server on a free port of loopback. */
export type ServerProcess = {
  readonly pid: number;
  /** Signs as the root user. */
  readonly root: Target;
  readonly account: string;
  /** Ends it as an operator does, and waits. */
  stop(): Promise<void>;
};

/** A start or an end that takes longer is a failure. */
const patienceMs = 30_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// `exit` does not come on its own with these.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/**
 * Starts a server on a data directory and waits until it is ready. Enforce mode, audit on, SQLite on disk.
 *
 * @param nodeFlags before the entry, for example `--cpu-prof`
 * @throws Error with what the server said when it ends instead
 */
export async function startServer(
  data: string,
  entry: Entry,
  nodeFlags: readonly string[] = [],
): Promise<ServerProcess> {
  const args = [...nodeFlags, ...entries[entry], 'start', '--data', data, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const endpoint = await ready(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('INVARIANT: what is ready has a pid');
  const profile = JSON.parse(readFileSync(join(data, 'profile.json'), 'utf8')) as {
    readonly account: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  const { account, region, accessKeyId, secretAccessKey } = profile;
  return {
    pid,
    account,
    root: {
      host: endpoint.hostname,
      port: Number(endpoint.port),
      region,
      credentials: { accessKeyId, secretAccessKey },
    },
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exited;
      clearTimeout(late);
    },
  };
}

function ready(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => fail('is not ready'), patienceMs);
    const fail = (what: string) => {
      clearTimeout(late);
      child.kill('SIGKILL');
      reject(new Error(`the server ${what}: ${said.trim().slice(-2_000)}`));
    };
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const endpoint = /^ringwall ready (\S+)$/m.exec(said)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(late);
      said = '';
      resolve(new URL(endpoint));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => fail(`does not start: ${error.message}`));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
}
