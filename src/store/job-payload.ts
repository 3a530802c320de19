import { jobContext } from './commit-plan.ts';
import type { Seal } from './seal.ts';
import { TamperedError } from './store.ts';

/**
 * The payload of a job; undefined for one that was altered. Such a job is left to its lease, so that it comes again and never runs,
 * and the jobs beside it run.
 */
export function openPayload(
  seal: Seal,
  kind: string,
  id: string,
  sealed: Uint8Array,
): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(seal.open(sealed, jobContext(kind, id))).toString()) };
  } catch (error) {
    if (error instanceof TamperedError) return undefined;
    throw error;
  }
}
