import type { DataSeal } from './data-seal.ts';
import { type Keyring, type KeyringStatus, keyringStatus, openKeyring } from './keyring.ts';
import { passphraseRootKey } from './kinds/passphrase.ts';
import { combineShares, parseShare, ShareError } from './kinds/shamir.ts';
import type { RootKey } from './root-key.ts';

export type SealStatus = 'sealed' | 'unsealed';

/** What health and `ringwall seal status` show. `given` of `needed` secrets: shares, or the one passphrase. */
export type UnsealingStatus = KeyringStatus & {
  readonly state: SealStatus;
  readonly given: number;
  readonly needed: number;
};

/**
 * A server that waits for its people: the keyring is there, the root key is in their heads or hands. Kinds `passphrase` and
 * `shamir`; a key file needs no waiting.
 */
export class Unsealing {
  readonly #keyring: Keyring;
  readonly #read: (() => string) | undefined;
  readonly #shares = new Map<number, string>();
  #seal: DataSeal | undefined;

  /** @param read gives the keyring as it is now, for backups */
  constructor(keyring: Keyring, read?: () => string) {
    this.#keyring = keyring;
    this.#read = read;
  }

  get status(): UnsealingStatus {
    const needed = this.#needed;
    const given = this.#seal === undefined ? this.#shares.size : needed;
    return { ...keyringStatus(this.#keyring), state: this.#seal === undefined ? 'sealed' : 'unsealed', given, needed };
  }

  /**
   * Takes one share, or the passphrase.
   *
   * @returns the seal once there is enough; undefined while shares are missing
   * @throws ShareError for a share that is none; WrongRootKeyError when the secrets do not open the keyring: all shares are forgotten
   */
  async offer(secret: string): Promise<DataSeal | undefined> {
    if (this.#seal !== undefined) return this.#seal;
    const root = await this.#rootKey(secret);
    if (root === undefined) return undefined;
    this.#seal = openKeyring(this.#keyring, root, this.#read);
    return this.#seal;
  }

  get #needed(): number {
    return this.#keyring.kind === 'shamir' ? Number(this.#keyring.parameters.threshold) : 1;
  }

  async #rootKey(secret: string): Promise<RootKey | undefined> {
    const { kind, parameters } = this.#keyring;
    if (kind === 'passphrase') return passphraseRootKey(secret, parameters);
    if (kind !== 'shamir') throw new Error(`a keyring of kind \`${kind}\` is not unsealed by hand`);
    const { x, threshold } = parseShare(secret);
    if (threshold !== this.#needed) throw new ShareError('the share belongs to another splitting');
    this.#shares.set(x, secret);
    if (this.#shares.size < threshold) return undefined;
    const shares = [...this.#shares.values()];
    this.#shares.clear();
    return combineShares(shares, parameters);
  }
}
