import { type Refusal, refusal } from './refusal.ts';

/** Tags per key: service quota "Tags per KMS key". */
export const MAX_TAGS = 50;

/**
 * Refuses tags that cannot be put on a key that has `existing` ones. Texts: recordings of AWS.
 *
 * @param added tag keys of the request, as sent
 */
export function checkTags(existing: readonly string[], added: readonly string[]): Refusal | undefined {
  if (added.some((key) => /^aws:/i.test(key))) return refusal('TagException', 'Tags beginning with aws: are reserved');
  if (new Set(added).size !== added.length) return refusal('TagException', 'Duplicate tag keys');
  if (new Set([...existing, ...added]).size > MAX_TAGS) return refusal('TagException', 'Too many tags');
  return undefined;
}
