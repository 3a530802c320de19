import type { Refusal } from './refusal.ts';

const maxEntries = 10;
const idForm = /^[A-Za-z0-9_-]{1,80}$/;

/** What is wrong with a batch as a whole. */
export function refuseBatch(ids: readonly string[], entryName: string): Refusal | undefined {
  if (ids.length === 0)
    return { code: 'EmptyBatchRequest', message: `There should be at least one ${entryName} in the request.` };
  if (ids.length > maxEntries)
    return {
      code: 'TooManyEntriesInBatchRequest',
      message: `Maximum number of entries per request are ${maxEntries}. You have sent ${ids.length}.`,
    };
  if (!ids.every((id) => idForm.test(id)))
    return {
      code: 'InvalidBatchEntryId',
      message:
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    };
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i);
  if (repeated !== undefined) return { code: 'BatchEntryIdsNotDistinct', message: `Id ${repeated} repeated.` };
  return undefined;
}
