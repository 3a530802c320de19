import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Keyring } from '#store/seal/keyring.ts';
import { openKeyFile, writeKeyFile } from '#store/seal/kinds/key-file.ts';
import { newPassphraseParameters, passphraseRootKey } from '#store/seal/kinds/passphrase.ts';
import { combineShares, shamirParameters, splitRootKey } from '#store/seal/kinds/shamir.ts';
import { ROOT_KEY_BYTES, type RootKey } from '#store/seal/root-key.ts';
import { CommandFailure, exitCodes } from './failure.ts';

export type PresentKey = {
  readonly keyFile: string;
  readonly passphraseFile: string | undefined;
  readonly shares: readonly string[] | undefined;
};

/** The root key that the keyring is under now. @throws CommandFailure when what it takes was not given */
export async function presentRootKey(keyring: Keyring, given: PresentKey): Promise<RootKey> {
  if (keyring.kind === 'passphrase') {
    return passphraseRootKey(readSecret(given.passphraseFile, '--passphrase-file'), keyring.parameters);
  }
  if (keyring.kind === 'shamir') {
    if (given.shares === undefined)
      throw new CommandFailure(exitCodes.wrongCall, 'the seal is split: give its shares with --share');
    return combineShares(given.shares, keyring.parameters);
  }
  return openKeyFile(given.keyFile);
}

/** A new root key, safe before the keyring depends on it: a key file is on disk as `FILE.new`, shares are in `say`. */
export type NewKey = {
  readonly root: RootKey;
  /** What the operator must have seen before the keyring changes. */
  readonly say: readonly string[];
  /** Called when the keyring is under the new key. A start after a crash in between finds `FILE.new` itself. */
  readonly settle: () => void;
};

export async function newRootKey(
  kind: string,
  given: {
    readonly keyFile: string;
    readonly passphraseFile: string | undefined;
    readonly shares: number;
    readonly threshold: number;
  },
): Promise<NewKey> {
  const settle = () => retire(given.keyFile);
  if (kind === 'passphrase') {
    const root = await passphraseRootKey(
      readSecret(given.passphraseFile, '--new-passphrase-file'),
      newPassphraseParameters(),
    );
    return { root, say: [], settle };
  }
  const secret = randomBytes(ROOT_KEY_BYTES);
  if (kind === 'shamir') {
    const say = splitRootKey(secret, given.threshold, given.shares);
    const root: RootKey = {
      kind: 'shamir',
      parameters: shamirParameters(given.threshold, given.shares),
      key: createSecretKey(secret),
    };
    secret.fill(0);
    return { root, say: ['shares, shown once:', ...say], settle };
  }
  const fresh = `${given.keyFile}.new`;
  rmSync(fresh, { force: true });
  writeKeyFile(fresh, secret);
  return {
    root: openKeyFile(fresh),
    say: [],
    settle: () => {
      retire(given.keyFile);
      renameSync(fresh, given.keyFile);
    },
  };
}

/** The old key opens nothing of what is written from now on, but backups made before need it: it is kept aside. */
function retire(keyFile: string): void {
  if (!existsSync(keyFile)) return;
  const aside = `${keyFile}.until-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(keyFile, aside);
  process.stdout.write(`the old root key is kept as ${aside}: backups made until now need it\n`);
}

function readSecret(file: string | undefined, flag: string): string {
  if (file === undefined) throw new CommandFailure(exitCodes.wrongCall, `give the passphrase with ${flag}`);
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}
