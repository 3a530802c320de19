import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import { placeIn, tokenOf } from '#runtime/page.ts';
import { invalid } from './api.ts';

/** Entries of a list when a call names no limit, and at most. */
export const pageSize = 100;
/** Records read at once while a filter looks for its entries. */
const readSize = 200;

export type PageOf<T> = { readonly entries: readonly T[]; readonly nextToken: string | undefined };

export function invalidToken(): Error {
  return invalid('The provided token is not valid.');
}

/** A page of a list that is in memory, in the order of its places. */
export function listPage<T>(
  all: readonly T[],
  placeOf: (entry: T) => string,
  token: string | undefined,
  limit: number = pageSize,
): PageOf<T> {
  const after = placeIn(token, invalidToken);
  const left = after === undefined ? all : all.filter((entry) => placeOf(entry) > after);
  const entries = left.slice(0, limit);
  const last = entries.at(-1);
  return { entries, nextToken: left.length > limit && last !== undefined ? tokenOf(placeOf(last)) : undefined };
}

/** What lists of named things are asked for. */
export type ListInput = {
  readonly NamePrefix?: string | undefined;
  readonly NextToken?: string | undefined;
  readonly Limit?: number | undefined;
};

/** A page of named things that pass a filter, in the order of their names. */
export async function namedPage<T>(
  ctx: Context,
  from: Collection<T>,
  { NamePrefix: prefix = '', NextToken, Limit = pageSize }: ListInput,
  keep: (value: T) => boolean,
): Promise<PageOf<T>> {
  let after = placeIn(NextToken, invalidToken);
  const found: { readonly id: string; readonly value: T }[] = [];
  for (;;) {
    const read = await ctx.records.list(from, { prefix, limit: readSize, ...(after === undefined ? {} : { after }) });
    found.push(...read.filter(({ value }) => keep(value)));
    if (found.length > Limit || read.length < readSize) break;
    after = read.at(-1)?.id;
  }
  const entries = found.slice(0, Limit);
  const last = entries.at(-1);
  return {
    entries: entries.map(({ value }) => value),
    nextToken: found.length > Limit && last !== undefined ? tokenOf(last.id) : undefined,
  };
}
