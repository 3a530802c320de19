import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import { type KeyUseRow, keyUses } from './records-users.ts';

/**
 * When long-term access keys were last used. The authenticator reports each use; writing every one down would make every read a
 * write, so uses stay in memory until `saveKeyUses` stores them. One entry per key that exists: the map cannot be filled from outside.
 */
const recent = new Map<string, KeyUseRow>();
const unsaved = new Set<string>();

/**
 * Call for every request whose signature by a long-term key was right.
 *
 * @param use ms since the epoch, region of the endpoint, service prefix: `{ date, region: 'us-east-1', service: 's3' }`
 */
export function noteKeyUse(accessKeyId: string, use: KeyUseRow): void {
  recent.set(accessKeyId, use);
  unsaved.add(accessKeyId);
}

/** The last use, whether saved already or not. */
export async function lastKeyUse(records: Records, accessKeyId: string): Promise<KeyUseRow | undefined> {
  return recent.get(accessKeyId) ?? (await records.get(keyUses, accessKeyId));
}

/** Stores the uses noted since the last call; a job calls it every few minutes. */
export async function saveKeyUses({ records }: Pick<Context, 'records'>): Promise<void> {
  for (const accessKeyId of [...unsaved]) {
    // First, so that a use noted meanwhile is saved the next time.
    unsaved.delete(accessKeyId);
    const use = recent.get(accessKeyId);
    if (use === undefined) continue;
    await records.get(keyUses, accessKeyId);
    records.put(keyUses, accessKeyId, use);
  }
}

/** Forgets a key that was deleted. */
export async function forgetKeyUse(records: Records, accessKeyId: string): Promise<void> {
  recent.delete(accessKeyId);
  unsaved.delete(accessKeyId);
  if ((await records.get(keyUses, accessKeyId)) !== undefined) records.delete(keyUses, accessKeyId);
}
