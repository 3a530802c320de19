import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP password storage cheat sheet, Argon2id: 19 MiB, 2 passes. Some 50 ms a guess. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const saltBytes = 16;
const tagLength = 32;

/**
 * Hash of a password, in the form that Argon2's reference implementation writes.
 *
 * @param salt 16 random bytes
 * @returns `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, base64 without padding
 */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const hash = await derive(password, salt, cost);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** Takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored);
  if (match === null) return false;
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), parameters);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

export function newSalt(random: (length: number) => Uint8Array): Uint8Array {
  return random(saltBytes);
}

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

function derive(password: string, nonce: Uint8Array, parameters: Cost): Promise<Buffer> {
  return promisify(argon2)('argon2id', { message: Buffer.from(password), nonce, tagLength, ...parameters });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
