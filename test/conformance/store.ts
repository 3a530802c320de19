import type { Store } from '#store/store.ts';
import { auditConformance } from './store-audit.ts';
import { recordConformance } from './store-records.ts';
import { trailConformance } from './store-trails.ts';

/** What every store promises. Run once for each implementation; `open` gives an empty store. */
export function storeConformance(name: string, open: () => Promise<Store>): void {
  recordConformance(name, open);
  trailConformance(name, open);
  auditConformance(name, open);
}
