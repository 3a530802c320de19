import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
process.once('exit', () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** An empty directory that is gone when the test process ends. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ringwall-test-'));
  made.push(directory);
  return directory;
}
