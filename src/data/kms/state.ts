import type { KeyState } from './engine/key-states.ts';
import type { KeyRow, MaterialRow } from './records.ts';

/** The key's state. Material that only waits for its rotation is not missed. */
export function stateOf(row: KeyRow): KeyState {
  if (row.deletion !== undefined) return row.deletion.at === undefined ? 'PendingReplicaDeletion' : 'PendingDeletion';
  if (lacksMaterial(row)) return 'PendingImport';
  return row.enabled ? 'Enabled' : 'Disabled';
}

export function currentMaterial(row: KeyRow): MaterialRow | undefined {
  return row.materials.find(({ state }) => state === 'CURRENT');
}

export function pendingMaterial(row: KeyRow): MaterialRow | undefined {
  return row.materials.find(({ state }) => state === 'PENDING_ROTATION');
}

export function isReplica(row: KeyRow): boolean {
  return row.multiRegion !== undefined && row.multiRegion.primaryRegion !== row.region;
}

function lacksMaterial(row: KeyRow): boolean {
  if (currentMaterial(row) === undefined) return true;
  return row.materials.some(({ state, sealed }) => state !== 'PENDING_ROTATION' && sealed === undefined);
}
