import { placeIn, tokenOf } from '#runtime/page.ts';
import { invalid } from './api.ts';

/** Entries of a list when a call names no limit, and at most. */
export const pageSize = 100;

export function invalidToken(): Error {
  return invalid('Invalid NextToken.');
}

/** A page of a list that is in memory, in the order of its places. */
export function listPage<T>(
  all: readonly T[],
  placeOf: (entry: T) => string,
  token: string | undefined,
  limit: number = pageSize,
): { readonly entries: readonly T[]; readonly nextToken: string | undefined } {
  const after = placeIn(token, invalidToken);
  const left = after === undefined ? all : all.filter((entry) => placeOf(entry) > after);
  const entries = left.slice(0, limit);
  const last = entries.at(-1);
  return { entries, nextToken: left.length > limit && last !== undefined ? tokenOf(placeOf(last)) : undefined };
}
