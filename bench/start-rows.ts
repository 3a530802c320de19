import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callOnce } from './client.ts';
import { cpuSeconds, residentMiB } from './process-usage.ts';
import { median, type Row, rowOrFailure } from './row.ts';
import { type Entry, startServer } from './server-process.ts';

const runs = 3;

/** After which an idle server's memory is looked at. */
const idleMs = 5_000;

const starts: readonly { readonly name: string; readonly entry: Entry; readonly limit: number }[] = [
  { name: 'CPU to first answer, built release', entry: 'release', limit: 0.6 },
  { name: 'CPU to first answer, from a clone', entry: 'clone', limit: 1.2 },
];

/** First starts on new data directories: CPU time of the fresh process until a signed GetCallerIdentity is answered; memory when idle. */
export async function measureStartRows(said: (row: Row) => void): Promise<void> {
  const built = build();
  for (const { name, entry, limit } of starts) {
    const row = { name, unit: 'CPU-s', floor: limit, goal: limit, better: 'less' } as const;
    said(
      await rowOrFailure(row, async () => {
        if (entry === 'release' && built !== undefined) throw new Error(built);
        const seconds: number[] = [];
        for (let run = 0; run < runs; run++) seconds.push(await onFreshServer(entry, cpuSeconds));
        return { value: median(seconds), runs: seconds };
      }),
    );
  }
  const memory = {
    name: 'idle memory (RSS), built release',
    unit: 'MiB',
    floor: 120,
    goal: 120,
    better: 'less',
  } as const;
  said(
    await rowOrFailure(memory, async () => {
      if (built !== undefined) throw new Error(built);
      const value = await onFreshServer('release', async (pid) => {
        await pause(idleMs);
        return residentMiB(pid);
      });
      return { value };
    }),
  );
}

/** Starts a server on a new data directory, calls it once, and looks at the process. */
async function onFreshServer(entry: Entry, look: (pid: number) => number | Promise<number>): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'ringwall-bench-'));
  try {
    const server = await startServer(data, entry);
    try {
      await callOnce(server.root, { service: 'sts', operation: 'GetCallerIdentity', input: {} });
      return await look(server.pid);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Builds dist/ as a release does. @returns what went wrong */
function build(): string | undefined {
  try {
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return undefined;
  } catch (error) {
    const { stdout } = error as { readonly stdout?: Buffer };
    return `npm run build fails: ${stdout?.toString().split('\n')[0] ?? String(error)}`;
  }
}
