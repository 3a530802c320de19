import type { Collection } from '#runtime/collection.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed, Records } from '#runtime/records.ts';
import { invalidParameter } from './errors.ts';

/** A page of rows, and the member that asks for the next where there is one. */
export type RowPage<T> = { readonly rows: readonly T[]; readonly next: { readonly NextMarker?: string } };

/** Most entries of a page (API reference, the list operations). */
const maxItems = 50;

type Range = {
  readonly marker: string | undefined;
  readonly limit: number | undefined;
  readonly prefix?: string;
  /** Stands before all others. */
  readonly first?: unknown;
};

export async function rowPage<T>(
  records: Records,
  from: Collection<T>,
  { marker, limit = maxItems, prefix = '', first }: Range,
): Promise<RowPage<T>> {
  const invalid = () => invalidParameter('marker: expected one that was answered before');
  const read = async (after: string | undefined, count: number): Promise<readonly Listed<T>[]> => {
    const head =
      first === undefined || after !== undefined ? [] : [{ id: `${prefix}!`, value: first as T, indexKey: '' }];
    const rest = await records.list(from, { prefix, limit: count, ...(after === undefined ? {} : { after }) });
    return [...head, ...rest].slice(0, count);
  };
  const placeOf = ({ id }: Listed<T>) => id;
  const { entries, nextToken } = await pageOf(marker, Math.min(limit, maxItems), placeOf, invalid, read);
  return {
    rows: entries.map(({ value }) => value),
    next: nextToken === undefined ? {} : { NextMarker: nextToken },
  };
}
