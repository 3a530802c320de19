import { type Input, invalid } from './api.ts';

/** Tags that a group carries at most. */
const maxTags = 50;

/** Tags of a request, on top of those there are. @throws ServiceError ValidationException */
export function newTags(
  added: Input<'TagResource'>['Tags'] | undefined,
  existing: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  if (added === undefined) return existing;
  if (added.some(({ Key }) => /^aws:/i.test(Key))) throw invalid('Tag keys beginning with aws: are reserved.');
  const tags = { ...existing, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > maxTags) throw invalid(`a schedule group has at most ${maxTags} tags`);
  return tags;
}
