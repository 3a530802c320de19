import { argon2, createSecretKey, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ROOT_KEY_BYTES, type RootKey, type SealParameters } from '../root-key.ts';

/** RFC 9106 §4, second recommended option: for machines where 2 GiB a guess is too much. About half a second. */
const COST = { memoryKiB: 64 * 1024, passes: 3, parallelism: 4 } as const;
const SALT_BYTES = 16;
/** Shorter ones fall to guessing whatever the cost. */
const SHORTEST = 12;

/** New public parameters, with a fresh salt. */
export function newPassphraseParameters(): SealParameters {
  return { ...COST, salt: randomBytes(SALT_BYTES).toString('base64') };
}

/**
 * The root key of a passphrase, by Argon2id.
 *
 * @param parameters those of the keyring, or new ones
 * @throws Error when the passphrase is shorter than 12 characters or the parameters are weaker than the product ever wrote
 */
export async function passphraseRootKey(passphrase: string, parameters: SealParameters): Promise<RootKey> {
  const { memoryKiB, passes, parallelism, salt } = parameters;
  if ([...passphrase].length < SHORTEST)
    throw new Error(`passphrase is too short; expected ${SHORTEST} characters or more`);
  // An altered keyring must neither weaken the derivation (bait for a later theft) nor exhaust the machine.
  const sane =
    typeof memoryKiB === 'number' &&
    memoryKiB >= COST.memoryKiB &&
    memoryKiB <= 1024 * 1024 &&
    typeof passes === 'number' &&
    passes >= COST.passes &&
    passes <= 16 &&
    typeof parallelism === 'number' &&
    parallelism >= 1 &&
    parallelism <= 16 &&
    typeof salt === 'string';
  const nonce = Buffer.from(typeof salt === 'string' ? salt : '', 'base64');
  if (!sane || nonce.length !== SALT_BYTES)
    throw new Error('the keyring has no passphrase parameters that can be used');
  const message = Buffer.from(passphrase.normalize('NFKC'));
  try {
    const secret = await promisify(argon2)('argon2id', {
      message,
      nonce,
      parallelism,
      passes,
      memory: memoryKiB,
      tagLength: ROOT_KEY_BYTES,
    });
    const key = createSecretKey(secret);
    secret.fill(0);
    return { kind: 'passphrase', parameters, key };
  } finally {
    message.fill(0);
  }
}
