import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pendingMigrations, readMigrations } from '../migrations.ts';
import { type Keyring, openKeyring, parseKeyring } from '../seal/keyring.ts';
import { writeKeyringFile } from '../seal/keyring-file.ts';
import { openKeyFile, writeKeyFile } from '../seal/kinds/key-file.ts';
import { syncDirectory } from './disk.ts';
import type { Engine } from './engine.ts';

/** Pages copied in one step; the event loop and other commits run between steps. */
const PAGES_PER_STEP = 256;

/** Names inside a data directory. */
export const DATABASE_FILE = 'ringwall.db';
export const KEYRING_FILE = 'seal.json';
export const ROOT_KEY_FILE = 'root.key';

/** The restore would destroy or mix data, or the file is no whole backup. Refused for safety (exit code 3). */
export class RestoreError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'RestoreError';
  }
}

/** Where a backup grows until it is whole. */
export function partialOf(file: string): string {
  return `${file}.partial`;
}

/**
 * Copies the database while it runs, with the wrapped keys and without the root key. The file appears whole or not at all.
 */
export async function backupTo(engine: Engine, file: string, keyring: string): Promise<void> {
  const partial = partialOf(file);
  rmSync(partial, { force: true });
  try {
    // Writes during the copy go through the same connection, which carries them over into what is copied already.
    await backup(engine.connection.database, partial, { rate: PAGES_PER_STEP });
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  finishBackup(file, keyring);
}

/** Adds the wrapped keys to a copy, makes it durable and gives it its name. */
export function finishBackup(file: string, keyring: string): void {
  const partial = partialOf(file);
  try {
    const copy = new DatabaseSync(partial);
    copy.exec('PRAGMA journal_mode = DELETE');
    copy.prepare('INSERT OR REPLACE INTO keyring VALUES (1, ?)').run(keyring);
    copy.close();
    syncFile(partial);
    renameSync(partial, file);
    syncDirectory(dirname(file));
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${suffix}`, { force: true });
  }
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export type Restore = {
  /** The backup. */
  readonly file: string;
  /** Data directory; absent or empty. */
  readonly directory: string;
  /** Root key of the installation that was backed up. Without it the operator puts `root.key` there before the first start. */
  readonly rootKeyFile?: string;
};

/**
 * Makes a data directory from a backup.
 *
 * @throws RestoreError when the directory is not empty, or the file is not a whole backup that this version reads
 * @throws KeyFileError, WrongRootKeyError when the root key is not the one of this backup; nothing was written then
 */
export async function restore({ file, directory, rootKeyFile }: Restore): Promise<void> {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new RestoreError(`\`${directory}\` is not empty; expected an empty or absent directory`);
  }
  const keyring = readBackup(file);
  const root = rootKeyFile === undefined ? undefined : openKeyFile(rootKeyFile);
  if (root !== undefined) openKeyring(keyring, root);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const source = new DatabaseSync(file, { readOnly: true });
  const target = join(directory, DATABASE_FILE);
  const partial = partialOf(target);
  await backup(source, partial, { rate: 100 * PAGES_PER_STEP });
  source.close();
  const copy = new DatabaseSync(partial);
  copy.exec('DELETE FROM keyring');
  copy.close();
  writeKeyringFile(join(directory, KEYRING_FILE), keyring);
  if (root !== undefined) writeKeyFile(join(directory, ROOT_KEY_FILE), root.key.export());
  syncFile(partial);
  // The database comes last: a directory without it is no data directory yet.
  renameSync(partial, target);
  syncDirectory(directory);
}

/** The keyring of a backup. @throws RestoreError when the file is not a whole backup that this version reads */
export function readBackup(file: string): Keyring {
  if (!existsSync(file)) throw new RestoreError(`there is no backup \`${file}\``);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const check = database.prepare('PRAGMA integrity_check').get()?.integrity_check;
    if (check !== 'ok') throw new Error(String(check));
    const applied = database.prepare('SELECT number, name, checksum FROM migrations').all();
    pendingMigrations(readMigrations('sqlite'), applied as { number: number; name: string; checksum: string }[]);
    return parseKeyring(String(database.prepare('SELECT json FROM keyring').get()?.json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RestoreError(`\`${file}\` is not a backup that this version can restore: ${reason}`, { cause });
  } finally {
    database?.close();
  }
}
