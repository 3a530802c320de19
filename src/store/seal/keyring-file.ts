import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DataSeal } from './data-seal.ts';
import { createKeyring, type Keyring, openKeyring, parseKeyring } from './keyring.ts';
import type { RootKey } from './root-key.ts';

/** The keyring kept in `seal.json` beside the database. @throws Error when absent or not a keyring */
export function readKeyringFile(path: string): Keyring {
  return parseKeyring(readFileSync(path, 'utf8'));
}

/** Replaces the file as a whole: after a crash it holds the old keyring or the new one. */
export function writeKeyringFile(path: string, keyring: Keyring): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(keyring, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Opens the seal of a data directory; creates the keyring on first start.
 *
 * @param path of `seal.json`
 * @param now milliseconds since the epoch, stored with a new generation
 * @throws WrongRootKeyError
 * @example const seal = openSealFile(join(data, 'seal.json'), openKeyFile(join(data, 'root.key')), clock.now());
 */
export function openSealFile(path: string, root: RootKey, now: number): DataSeal {
  if (!existsSync(path)) writeKeyringFile(path, createKeyring(root, now));
  return openKeyring(readKeyringFile(path), root, () => JSON.stringify(readKeyringFile(path)));
}
