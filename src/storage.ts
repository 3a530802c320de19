import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobFolder, openBlobs } from './blob-storage.ts';
import type { Clock } from './runtime/clock.ts';
import type { Config } from './runtime/config.ts';
import type { Blobs } from './store/blobs/blobs.ts';
import { openDiskBlobs } from './store/blobs/disk-blobs.ts';
import type { DataSeal } from './store/seal/data-seal.ts';
import { type Keyring, openKeyring } from './store/seal/keyring.ts';
import { openSealFile, readKeyringFile } from './store/seal/keyring-file.ts';
import { createKeyFile, openKeyFile } from './store/seal/kinds/key-file.ts';
import { memorySeal } from './store/seal/kinds/memory.ts';
import { passphraseRootKey } from './store/seal/kinds/passphrase.ts';
import type { RootKey } from './store/seal/root-key.ts';
import type { Seal } from './store/seal.ts';
import { openSqliteStore } from './store/sqlite/store.ts';
import type { StartReport } from './store/start-check.ts';
import type { Store } from './store/store.ts';

export type Storage = {
  readonly store: Store;
  readonly seal: Seal;
  readonly blobs: Blobs;
  readonly kind: string;
  readonly sealKind: string;
  /** What the check at start found wrong; empty for a sound database. */
  readonly damage: readonly string[];
  close(): Promise<void>;
};

/** Names of what lies in a data directory. */
export const dataFiles = {
  database: 'ringwall.db',
  keyring: 'seal.json',
  rootKey: 'root.key',
  mode: 'mode',
  blobs: blobFolder,
} as const;

/** A start that would harm what is there: another mode's data, a missing root key. */
export class RefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RefusedError';
  }
}

/**
 * Opens store and seal of an installation; the first start creates them.
 *
 * @param unsealed the seal, where people had to open it
 * @throws RefusedError, SealedError, KeyFileError, WrongRootKeyError
 */
export async function openStorage(config: Config, clock: Clock, unsealed?: DataSeal): Promise<Storage> {
  if (config.memory) {
    const seal = memorySeal();
    const store = openSqliteStore({ file: ':memory:', seal, clock, auditKeepMs: auditKeepMs(config) });
    // Bodies are files even then: a test may store more than fits into memory. They end with the process.
    const directory = mkdtempSync(join(tmpdir(), 'ringwall-'));
    const close = async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    };
    const blobs = openDiskBlobs(directory);
    return { store, seal, blobs, kind: 'memory', sealKind: 'memory', damage: [], close };
  }
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const marked = readMode(config.data);
  if (config.auth === 'open' && marked === 'enforce') {
    throw new RefusedError(`\`${config.data}\` was used in enforce mode: open mode would give it to anybody`);
  }
  const keyring = await presentKeyring(config);
  const opened =
    config.store === 'sqlite'
      ? await openEmbedded(config, clock, keyring, unsealed)
      : await openShared(config, clock, keyring, unsealed);
  if (marked !== 'enforce') writeFileSync(join(config.data, dataFiles.mode), `${config.auth}\n`, { mode: 0o600 });
  const blobs = openBlobs(config);
  return { ...opened, blobs, sealKind: keyring?.kind ?? 'key-file', close: () => opened.store.close() };
}

type Opened = Pick<Storage, 'store' | 'seal' | 'kind' | 'damage'>;

/** One process, one data directory. */
async function openEmbedded(
  config: Config,
  clock: Clock,
  keyring: Keyring | undefined,
  unsealed: DataSeal | undefined,
): Promise<Opened> {
  const file = join(config.data, dataFiles.keyring);
  if (keyring === undefined && existsSync(join(config.data, dataFiles.database))) {
    throw new RefusedError(`\`${file}\` is missing: without it the data cannot be opened; restore it from a backup`);
  }
  const seal = unsealed ?? openSealFile(file, await rootKey(config, keyring), clock.now());
  const database = join(config.data, dataFiles.database);
  const store = openSqliteStore({ file: database, seal, clock, auditKeepMs: auditKeepMs(config) });
  return { store, seal, kind: 'sqlite', damage: await damageOf(config, store) };
}

function auditKeepMs({ auditRetention }: Config): number {
  return auditRetention * 86_400_000;
}

/** What the check at start found. Unless damage is accepted, any closes the store. @throws RefusedError */
async function damageOf(
  config: Config,
  store: Store & { readonly startReport: StartReport },
): Promise<readonly string[]> {
  const { problems, damaged } = store.startReport;
  const found = [...problems, ...damaged.map((what) => `damaged: ${what}`)];
  if (found.length > 0 && !config.acceptDamage) {
    await store.close();
    throw new RefusedError(
      `the database is not what was last committed: ${found.join('; ')}; restore a backup, or start with --accept-damage`,
    );
  }
  return [...problems, ...damaged];
}

/** PostgreSQL keeps the keyring too: processes on other machines need the root key only. */
async function openShared(
  config: Config,
  clock: Clock,
  keyring: Keyring | undefined,
  unsealed: DataSeal | undefined,
): Promise<Opened> {
  const { openSealTable } = await import('./store/postgres/keyring-table.ts');
  const { openPostgresStore } = await import('./store/postgres/store.ts');
  const seal = unsealed ?? (await openSealTable(config.store, await rootKey(config, keyring), clock.now()));
  const store = await openPostgresStore({ url: config.store, seal, clock, auditKeepMs: auditKeepMs(config) });
  return { store, seal, kind: 'postgres', damage: await damageOf(config, store) };
}

/** The keyring of an installation that was started before. */
export async function presentKeyring(config: Config): Promise<Keyring | undefined> {
  if (config.store === 'sqlite') {
    const file = join(config.data, dataFiles.keyring);
    return existsSync(file) ? readKeyringFile(file) : undefined;
  }
  const { findKeyringTable } = await import('./store/postgres/keyring-table.ts');
  return findKeyringTable(config.store);
}

/** The root key by the kind that the keyring names; a first start makes a key file. */
async function rootKey(config: Config, keyring: Keyring | undefined): Promise<RootKey> {
  const keyFile = config.rootKey ?? join(config.data, dataFiles.rootKey);
  if (keyring === undefined) return existsSync(keyFile) ? openKeyFile(keyFile) : createKeyFile(keyFile);
  if (keyring.kind === 'passphrase') return passphraseRootKey(readPassphrase(config), keyring.parameters);
  if (keyring.kind === 'shamir') throw new SealedError('shamir');
  return existsSync(`${keyFile}.new`) ? settleKeyFile(keyring, keyFile) : openKeyFile(keyFile);
}

/** A re-wrap was cut off: the key that opens the keyring is the right one. */
function settleKeyFile(keyring: Keyring, keyFile: string): RootKey {
  const fresh = openKeyFile(`${keyFile}.new`);
  try {
    openKeyring(keyring, fresh);
  } catch {
    return openKeyFile(keyFile);
  }
  renameSync(`${keyFile}.new`, keyFile);
  return fresh;
}

/** The seal needs people before it opens. */
export class SealedError extends Error {
  readonly kind: string;
  constructor(kind: string) {
    super(`the installation is sealed (${kind}): unseal it with \`ringwall seal unseal\``);
    this.kind = kind;
  }
}

function readPassphrase({ passphraseFile }: Config): string {
  if (passphraseFile === undefined) throw new SealedError('passphrase');
  return readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '');
}

function readMode(data: string): string | undefined {
  const file = join(data, dataFiles.mode);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
