import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = ['-C', 'source', 'src/main.ts'];

/** The program as users run it, in a process of its own with a data directory of its own. */
export type Spawned = {
  readonly endpoint: string;
  readonly data: string;
  readonly child: ChildProcess;
  /** What `ringwall env` prints, and nothing else of this environment's AWS settings. */
  readonly env: NodeJS.ProcessEnv;
  /** Everything that it wrote to standard error so far. */
  log(): string;
  /** Ends it as a crash would; the data stays. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
};

/** Servers still running: a test that fails half-way leaves none behind. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'ringwall-test-'));
}

export function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Starts `ringwall start --port 0 --data DIR …` and waits for its ready line. */
export async function spawnRingwall(data: string, ...flags: string[]): Promise<Spawned> {
  const child = spawn(process.execPath, [...program, 'start', '--port', '0', '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^ringwall (?:ready|sealed) (\S+)$/.exec(line);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    void exited.then((code) => reject(new Error(`the server ended with ${code} before it was ready: ${log}`)));
  });
  // A running server does not keep a test alive that failed; waiting for its end does.
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) (pipe as Socket).unref();
  return {
    endpoint,
    data,
    child,
    env: clientEnvironment(data),
    log: () => log,
    kill: async () => {
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
    stop: () => {
      child.ref();
      child.kill('SIGTERM');
      return exited;
    },
  };
}

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a `ringwall` command to its end. */
export function ringwall(args: readonly string[], env: NodeJS.ProcessEnv = cleanEnvironment()): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** This environment without AWS settings of its own. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name in process.env) if (!/^(AWS|RINGWALL)_/.test(name)) env[name] = process.env[name];
  return env;
}

function clientEnvironment(data: string): NodeJS.ProcessEnv {
  const { status, stdout } = ringwall(['env', '--json', '--data', data]);
  const variables = status === 0 ? (JSON.parse(stdout) as Record<string, string>) : {};
  return { ...cleanEnvironment(), ...variables, AWS_CONFIG_FILE: join(data, 'no-config'), AWS_PAGER: '' };
}

/** The stock `aws` CLI; undefined where it is not installed. */
export function awsCli(): string | undefined {
  const { stdout, status } = spawnSync('sh', ['-c', 'command -v aws'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Runs `aws ARGS…`; parses its JSON. */
export function aws(env: NodeJS.ProcessEnv, ...args: string[]): Ran & { readonly json: Record<string, never> } {
  const { status, stdout, stderr } = spawnSync('aws', args, { env, encoding: 'utf8' });
  let json: Record<string, never> = {};
  try {
    json = JSON.parse(stdout) as Record<string, never>;
  } catch {
    // Not every command answers JSON.
  }
  return { status, stdout, stderr, json };
}
