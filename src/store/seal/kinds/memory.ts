import { createSecretKey, randomBytes } from 'node:crypto';
import type { DataSeal } from '../data-seal.ts';
import { createKeyring, openKeyring } from '../keyring.ts';
import { ROOT_KEY_BYTES, type RootKey } from '../root-key.ts';

/** A random root key that lives as long as the process: `--memory` and tests. */
export function memoryRootKey(): RootKey {
  return { kind: 'memory', parameters: {}, key: createSecretKey(randomBytes(ROOT_KEY_BYTES)) };
}

/** A seal whose keys are gone when the process ends. */
export function memorySeal(): DataSeal {
  const root = memoryRootKey();
  return openKeyring(createKeyring(root, 0), root);
}
