import { memorySeal } from '#store/seal/kinds/memory.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import type { Store } from '#store/store.ts';
import { Records } from './records.ts';
import { Unit } from './unit.ts';

/** An empty store in memory. */
export function emptyStore(): Store {
  return openSqliteStore({ file: ':memory:', seal: memorySeal(), clock: { now: () => 0 } });
}

/** One call's view of the store in account 111122223333 and us-east-1, and its commit. */
export function openUnit(store: Store): {
  readonly unit: Unit;
  readonly records: Records;
  readonly commit: () => Promise<void>;
} {
  const unit = new Unit();
  return {
    unit,
    records: new Records(store, unit, '111122223333', 'us-east-1'),
    commit: () => store.commit(unit.commit([])),
  };
}
