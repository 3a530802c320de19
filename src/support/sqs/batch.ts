import { ServiceError } from '#wire/service-error.ts';
import { refuseBatch } from './engine/batch.ts';

type Failed = { readonly Id: string; readonly SenderFault: boolean; readonly Code: string; readonly Message: string };

/**
 * Runs a batch entry by entry: one that fails leaves the others alone.
 *
 * @param entryName as AWS's error names it: `SendMessageBatchRequestEntry`
 * @param refuseWhole what else makes all of it wrong
 * @throws ServiceError for a batch that is wrong as a whole
 */
export async function eachEntry<E extends { readonly Id: string }, S>(
  entries: readonly E[],
  entryName: string,
  run: (entry: E) => Promise<S>,
  refuseWhole?: () => void,
): Promise<{ readonly Successful: S[]; readonly Failed: Failed[] }> {
  const refusal = refuseBatch(
    entries.map(({ Id }) => Id),
    entryName,
  );
  if (refusal !== undefined) throw new ServiceError(refusal.code, refusal.message);
  refuseWhole?.();
  const Successful: S[] = [];
  const Failed: Failed[] = [];
  for (const entry of entries) {
    try {
      Successful.push(await run(entry));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}
