import { type Page, pageOf } from '#runtime/page.ts';
import { invalidParameter, invalidValue } from './api.ts';

/** Entries of a list where the client does not say how many: all that AWS ever gives at once. */
const most = 1_000;

/** A page of a list; without `MaxResults` there is no token for the next one. @throws ServiceError InvalidParameterValue */
export async function page<T>(
  maxResults: number | undefined,
  token: string | undefined,
  read: (after: string | undefined, limit: number) => Promise<readonly T[]>,
  placeOf: (entry: T) => string,
): Promise<Page<T>> {
  if (maxResults !== undefined && (maxResults < 1 || maxResults > most))
    throw invalidValue(maxResults, 'MaxResults', `Must be between 1 and ${most}, if provided.`);
  const invalid = () => invalidParameter('Invalid or expired next token.');
  const found = await pageOf(token, maxResults ?? most, placeOf, invalid, read);
  return maxResults === undefined ? { ...found, nextToken: undefined } : found;
}
