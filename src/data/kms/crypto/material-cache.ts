import type { Seal } from '#store/seal.ts';
import { type KeyMaterial, type MaterialPlace, openMaterial, type UsableKey } from './material.ts';

/** Keys held open at once. A key is a few KB of OpenSSL memory; 1,000 cover the working set of a busy installation. */
const MAX_KEYS = 1_000;

type Entry = { readonly sealed: string; readonly key: UsableKey };

/**
 * Unsealed keys, least recently used out first. An entry counts for exactly the sealed bytes it came from: whoever has read the
 * key's record gets the key that the record names, and nothing else.
 */
export class MaterialCache {
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;

  constructor(limit: number = MAX_KEYS) {
    this.#limit = limit;
  }

  /** @throws TamperedError when the sealed bytes are not this key's */
  open(seal: Seal, place: MaterialPlace, material: KeyMaterial): UsableKey {
    const name = `${place.account}|${place.region}|${place.keyId}|${material.id}`;
    const found = this.#entries.get(name);
    if (found?.sealed === material.sealed) {
      this.#entries.delete(name);
      this.#entries.set(name, found);
      return found.key;
    }
    const key = openMaterial(seal, place, material);
    this.#entries.set(name, { sealed: material.sealed, key });
    if (this.#entries.size > this.#limit) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return key;
  }

  /** Forgets all material of a key: when it is disabled, deleted, or its material is. */
  drop(place: Omit<MaterialPlace, 'spec'>): void {
    const prefix = `${place.account}|${place.region}|${place.keyId}|`;
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.#entries.delete(name);
  }

  get size(): number {
    return this.#entries.size;
  }
}

const caches = new WeakMap<Seal, MaterialCache>();

/** The cache of an installation: it lives and dies with the seal that opened its keys. */
export function cacheOf(seal: Seal): MaterialCache {
  let cache = caches.get(seal);
  if (cache === undefined) {
    cache = new MaterialCache();
    caches.set(seal, cache);
  }
  return cache;
}
