import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** How data reaches the disk; tests put a failing one in its place. */
export type Sync = (what: 'wal' | 'database', file: number) => Promise<void>;

const fdatasyncAsync = promisify(fdatasync);

export const syncToDisk: Sync = (_what, file) => fdatasyncAsync(file);

/**
 * Our own descriptors of a database and its write-ahead log.
 *
 * POSIX drops every lock that a process has on a file when it closes *any* descriptor of it. So the descriptor of the database
 * is closed only after SQLite closed its own; nothing else in the process may open the database file.
 */
export class DiskFiles {
  readonly #database: number;
  readonly #wal: number;
  readonly #sync: Sync;

  constructor(file: string, sync: Sync) {
    this.#sync = sync;
    this.#database = openSync(file, 'r+');
    this.#wal = openSync(walOf(file), 'r+');
    syncDirectory(dirname(file));
  }

  syncWal(): Promise<void> {
    return this.#sync('wal', this.#wal);
  }

  syncDatabase(): Promise<void> {
    return this.#sync('database', this.#database);
  }

  truncateWal(bytes: number): void {
    ftruncateSync(this.#wal, bytes);
  }

  close(): void {
    closeSync(this.#wal);
    closeSync(this.#database);
  }
}

export function walOf(file: string): string {
  return `${file}-wal`;
}

/** Makes the entries of a directory durable. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Gives the log a second name, so that it outlives a connection that removes it. */
export function keepWal(file: string): void {
  rmSync(keptWalOf(file), { force: true });
  linkSync(walOf(file), keptWalOf(file));
}

/** Puts a kept log back, also after a crash between keeping and putting back. Nothing to do when there is none. */
export function putBackWal(file: string): void {
  const kept = keptWalOf(file);
  if (!existsSync(kept)) return;
  renameSync(kept, walOf(file));
  // rename(2) leaves both names when they already are one file
  rmSync(kept, { force: true });
}

function keptWalOf(file: string): string {
  return `${file}-wal-kept`;
}
