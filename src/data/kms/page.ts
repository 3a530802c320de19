import type { Listed } from '#runtime/records.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { failure } from './api.ts';

/** A page of a list: one entry more is read than shown, to know whether there are more. */
export type Page<T> = {
  readonly entries: readonly Listed<T>[];
  readonly NextMarker?: string;
  readonly Truncated: boolean;
};

/** @param read lists entries after an id, at most `limit` */
export async function pageOf<T>(
  input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined },
  defaultLimit: number,
  read: (after: string | undefined, limit: number) => Promise<readonly Listed<T>[]>,
): Promise<Page<T>> {
  const limit = input.Limit ?? defaultLimit;
  const found = await read(placeIn(input.Marker), limit + 1);
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  if (found.length <= limit || last === undefined) return { entries, Truncated: false };
  return { entries, NextMarker: markerOf(last.id), Truncated: true };
}

/** The same over a list that is at hand. */
export function pageIn<T>(
  input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined },
  defaultLimit: number,
  all: readonly T[],
): { readonly entries: readonly T[]; readonly NextMarker?: string; readonly Truncated: boolean } {
  const place = placeIn(input.Marker);
  const from = place === undefined ? 0 : Number(place);
  if (!Number.isInteger(from) || from < 0) throw invalidMarker();
  const to = from + (input.Limit ?? defaultLimit);
  const entries = all.slice(from, to);
  return to < all.length
    ? { entries, NextMarker: markerOf(String(to)), Truncated: true }
    : { entries, Truncated: false };
}

function markerOf(last: string): string {
  return Buffer.from(`1:${last}`).toString('base64url');
}

function placeIn(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith('1:')) throw invalidMarker();
  return text.slice(2);
}

function invalidMarker(): ServiceError {
  return failure('InvalidMarkerException', 'The marker is not valid.');
}
