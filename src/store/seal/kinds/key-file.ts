import { createSecretKey, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ROOT_KEY_BYTES, type RootKey } from '../root-key.ts';

/** The root key file is not as it must be. Refused for safety (exit code 3): nothing is repaired silently. */
export class KeyFileError extends Error {
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`root key file \`${path}\`: ${problem}`, options);
    this.name = 'KeyFileError';
  }
}

/**
 * Writes a new random root key: 32 bytes, mode 0600, durable, never over an existing file.
 *
 * @throws KeyFileError when something is at `path` already
 */
export function createKeyFile(path: string): RootKey {
  const secret = randomBytes(ROOT_KEY_BYTES);
  writeKeyFile(path, secret);
  return openKeyFile(path);
}

/**
 * Writes these 32 bytes as a root key file, and zeroes them.
 *
 * @throws KeyFileError when something is at `path` already
 */
export function writeKeyFile(path: string, secret: Uint8Array): void {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  try {
    const file = openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
    try {
      writeSync(file, secret);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new KeyFileError(path, 'cannot be created; expected a directory without it', { cause });
  } finally {
    secret.fill(0);
  }
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/**
 * Reads the root key. The file must be a regular file of exactly 32 bytes, owned by this user, closed to group and world.
 *
 * @throws KeyFileError
 */
export function openKeyFile(path: string): RootKey {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new KeyFileError(path, code === 'ELOOP' ? 'is a symbolic link' : `cannot be opened (${String(code)})`, {
      cause,
    });
  }
  // Checked on the open descriptor: the file that is judged is the file that is read.
  try {
    const { mode, uid, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new KeyFileError(path, 'is not a regular file');
    if ((mode & 0o077) !== 0) {
      throw new KeyFileError(path, `has mode ${(mode & 0o777).toString(8)}; expected 600: closed to group and world`);
    }
    if (uid !== process.geteuid?.())
      throw new KeyFileError(path, `is owned by user ${uid}; expected this process's user`);
    if (size !== ROOT_KEY_BYTES) throw new KeyFileError(path, `has ${size} bytes; expected ${ROOT_KEY_BYTES}`);
    const secret = Buffer.alloc(ROOT_KEY_BYTES);
    readSync(file, secret, 0, ROOT_KEY_BYTES, 0);
    const key = createSecretKey(secret);
    secret.fill(0);
    return { kind: 'key-file', parameters: {}, key };
  } finally {
    closeSync(file);
  }
}
