import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';

/** What every IAM list takes: `MaxItems` 1 to 1,000, 100 when it is not given. */
export type PageInput = { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined };

/** What every IAM list answers beside its entries. */
export type PageEnd = { readonly IsTruncated: boolean; readonly Marker?: string };

const defaultItems = 100;
/** Rows looked at per store read while a filter sifts them. */
const batch = 200;

/**
 * One page of a collection in order of the ids, filtered.
 *
 * @returns the entries and how the list goes on
 */
export async function pageOfRows<T>(
  ctx: Context,
  from: Collection<T>,
  { Marker, MaxItems = defaultItems }: PageInput,
  keep: (row: T) => boolean | Promise<boolean> = () => true,
): Promise<{ readonly rows: readonly T[]; readonly end: PageEnd }> {
  const found: { readonly id: string; readonly value: T }[] = [];
  let last = placeIn(Marker);
  while (found.length <= MaxItems) {
    const listed = await ctx.records.list(from, { limit: batch, ...(last === undefined ? {} : { after: last }) });
    for (const { id, value } of listed) {
      if (await keep(value)) found.push({ id, value });
      if (found.length > MaxItems) break;
    }
    if (listed.length < batch) break;
    last = listed.at(-1)?.id;
  }
  const page = found.slice(0, MaxItems);
  return { rows: page.map(({ value }) => value), end: endOf(found.length > MaxItems, page.at(-1)?.id) };
}

/** One page of a list that is at hand. `place` names an entry; the list must be in ascending order of the places. */
export function pageOfList<T>(
  entries: readonly T[],
  { Marker, MaxItems = defaultItems }: PageInput,
  place: (entry: T) => string,
): { readonly rows: readonly T[]; readonly end: PageEnd } {
  const after = placeIn(Marker);
  const rest = after === undefined ? entries : entries.filter((entry) => place(entry) > after);
  const rows = rest.slice(0, MaxItems);
  const last = rows.at(-1);
  return { rows, end: endOf(rest.length > MaxItems, last === undefined ? undefined : place(last)) };
}

function endOf(more: boolean, last: string | undefined): PageEnd {
  return more && last !== undefined ? { IsTruncated: true, Marker: markerOf(last) } : { IsTruncated: false };
}

/** The place where a page ended, as a text that says nothing. */
export function markerOf(last: string): string {
  return Buffer.from(`1:${last}`).toString('base64url');
}

/** @throws ServiceError ValidationError for a marker that no page gave */
export function placeIn(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith('1:')) throw new ServiceError('ValidationException', 'Invalid Marker.');
  return text.slice(2);
}
