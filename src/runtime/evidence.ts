import type { Store } from '#store/store.ts';
import { collection } from './collection.ts';
import type { Evidence, Verdict } from './installation.ts';
import type { Unit } from './unit.ts';

/** Texts of the policies that decided, by their digest. */
export const policyTexts = collection<{ readonly text: string }>('runtime/policy-text', 'installation');

/** Digests known to be stored; a process looks each one up once. */
const stored = new WeakMap<Store, Set<string>>();

/** Adds the texts that are not stored yet to what the call commits. */
export async function keepEvidence(
  store: Store,
  unit: Unit,
  verdicts: readonly Verdict[],
): Promise<readonly Evidence[]> {
  const known = knownOf(store);
  const fresh = new Map<string, Evidence>();
  for (const { evidence } of verdicts) {
    for (const entry of evidence) if (!known.has(entry.digest)) fresh.set(entry.digest, entry);
  }
  for (const { digest, text } of fresh.values()) {
    const key = { collection: policyTexts.name, account: '', region: '', id: digest };
    const existing = await store.get(key);
    if (existing !== undefined) continue;
    unit.read(key, 0);
    unit.write(key, { text }, []);
  }
  return [...fresh.values()];
}

/** Called when the commit is durable. */
export function evidenceKept(store: Store, kept: readonly Evidence[]): void {
  const known = knownOf(store);
  for (const { digest } of kept) known.add(digest);
}

/** Called when everything was deleted: the texts of later decisions are stored again. */
export function forgetEvidence(store: Store): void {
  stored.delete(store);
}

function knownOf(store: Store): Set<string> {
  let known = stored.get(store);
  if (known === undefined) {
    known = new Set();
    stored.set(store, known);
  }
  return known;
}
