import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DataSeal } from './data-seal.ts';
import { ROOT_KEY_BYTES, type RootKey, type SealKind, unwrapKey, wrapKey } from './root-key.ts';

const document = z.strictObject({
  format: z.literal(1),
  /** Identity of the installation; part of every derivation. */
  id: z.uuid(),
  kind: z.enum(['key-file', 'passphrase', 'shamir', 'memory']),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  /** One key for keyed digests. It never rotates: digests are compared, not opened. */
  mac: z.string(),
  generations: z
    .array(z.strictObject({ generation: z.int().min(1).max(0xffffffff), createdAt: z.number(), wrapped: z.string() }))
    .min(1),
});

/** The wrapped keys of an installation. Holds no secret in the clear: it may lie beside the data and in backups. */
export type Keyring = Readonly<z.infer<typeof document>>;

/** What `ringwall seal status` shows. */
export type KeyringStatus = {
  readonly id: string;
  readonly kind: SealKind;
  readonly generation: number;
  readonly createdAt: number;
};

const macName = 'mac';
const generationName = (generation: number) => `generation ${generation}`;

function newWrapped(root: RootKey, id: string, name: string): string {
  const secret = randomBytes(ROOT_KEY_BYTES);
  try {
    return wrapKey(root, id, name, secret);
  } finally {
    secret.fill(0);
  }
}

/**
 * A new keyring under `root`, with its first generation.
 *
 * @param now milliseconds since the epoch
 */
export function createKeyring(root: RootKey, now: number): Keyring {
  const id = randomUUID();
  const mac = newWrapped(root, id, macName);
  const generations = [{ generation: 1, createdAt: now, wrapped: newWrapped(root, id, generationName(1)) }];
  return { format: 1, id, kind: root.kind, parameters: root.parameters, mac, generations };
}

/** What should be a keyring is none. */
export class KeyringError extends Error {
  constructor(options: ErrorOptions) {
    super(
      'the keyring is not readable: expected the content of `seal.json`, format 1; restore it from a backup',
      options,
    );
    this.name = 'KeyringError';
  }
}

/** @throws KeyringError when `json` is not a keyring of this format */
export function parseKeyring(json: string): Keyring {
  try {
    return document.parse(JSON.parse(json));
  } catch (cause) {
    throw new KeyringError({ cause });
  }
}

/**
 * The seal under a keyring. Every generation is unwrapped at once, so a wrong root key shows here.
 *
 * @param read gives the keyring as it is now, for backups; a running seal does not notice a rewrap, its keys stay the same
 * @throws WrongRootKeyError
 */
export function openKeyring(keyring: Keyring, root: RootKey, read = () => JSON.stringify(keyring)): DataSeal {
  const unwrap = (name: string, wrapped: string) => {
    const secret = unwrapKey(root, keyring.id, name, wrapped);
    const key = createSecretKey(secret);
    secret.fill(0);
    return key;
  };
  const generations = keyring.generations.map(
    ({ generation, wrapped }) => [generation, unwrap(generationName(generation), wrapped)] as const,
  );
  return new DataSeal({ generations: new Map(generations), mac: unwrap(macName, keyring.mac), keyring: read });
}

/** The same keys under another root key: nothing that is sealed changes. @throws WrongRootKeyError */
export function rewrapKeyring(keyring: Keyring, from: RootKey, to: RootKey): Keyring {
  const rewrap = (name: string, wrapped: string) => {
    const secret = unwrapKey(from, keyring.id, name, wrapped);
    try {
      return wrapKey(to, keyring.id, name, secret);
    } finally {
      secret.fill(0);
    }
  };
  return {
    ...keyring,
    kind: to.kind,
    parameters: to.parameters,
    mac: rewrap(macName, keyring.mac),
    generations: keyring.generations.map((entry) => ({
      ...entry,
      wrapped: rewrap(generationName(entry.generation), entry.wrapped),
    })),
  };
}

/** A further generation: seals from the next start on; the older ones keep opening what they sealed. */
export function rotateKeyring(keyring: Keyring, root: RootKey, now: number): Keyring {
  unwrapKey(root, keyring.id, macName, keyring.mac).fill(0);
  const generation = keyringStatus(keyring).generation + 1;
  const entry = { generation, createdAt: now, wrapped: newWrapped(root, keyring.id, generationName(generation)) };
  return { ...keyring, generations: [...keyring.generations, entry] };
}

export function keyringStatus({ id, kind, generations }: Keyring): KeyringStatus {
  const newest = generations.reduce((a, b) => (b.generation > a.generation ? b : a));
  return { id, kind, generation: newest.generation, createdAt: newest.createdAt };
}
