import { ServiceError } from '#wire/service-error.ts';
import { type PageEnd, type PageInput, pageOfList } from './page.ts';
import type { Tags } from './records.ts';

export type TagInput = { readonly Key?: string | undefined; readonly Value?: string | undefined };

/** Tags that an entity carries at most (IAM quotas). */
const maxTags = 50;

/**
 * Tags with others added. A key that differs from a known one by case alone replaces it.
 *
 * @param kind for the text of the error: `Role`, `User`, `Policy`, …
 * @throws ServiceError InvalidInput for doubled or reserved keys, LimitExceeded for the 51st tag
 */
export function addTags(existing: Tags, added: readonly TagInput[] | undefined, kind: string): Tags {
  const tags = new Map(Object.entries(existing).map(([key, value]) => [key.toLowerCase(), [key, value] as const]));
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of added ?? []) {
    const folded = Key.toLowerCase();
    if (folded.startsWith('aws:')) {
      throw new ServiceError('InvalidInputException', 'Tag keys beginning with aws: are reserved for AWS use.');
    }
    if (seen.has(folded)) throw duplicateTags('InvalidInputException');
    seen.add(folded);
    tags.set(folded, [Key, Value]);
  }
  if (tags.size > maxTags)
    throw new ServiceError('LimitExceededException', `Cannot exceed quota for TagsPer${kind}: ${maxTags}`);
  return Object.fromEntries(tags.values());
}

/** Tags without some keys; keys are compared without regard to case. */
export function removeTags(existing: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(existing).filter(([key]) => !gone.has(key.toLowerCase())));
}

export function duplicateTags(code: string): ServiceError {
  return new ServiceError(code, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
}

/** Tags as answers show them, in order of their keys. */
export function tagList(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1));
}

/** Answer of the `List…Tags` operations. */
export function tagPage(tags: Tags, input: PageInput): PageEnd & { Tags: { Key: string; Value: string }[] } {
  const { rows, end } = pageOfList(tagList(tags), input, ({ Key }) => Key);
  return { Tags: [...rows], ...end };
}
