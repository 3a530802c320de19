/** One page of a list, and the token that asks for the next. */
export type Page<T> = { readonly entries: readonly T[]; readonly nextToken: string | undefined };

/**
 * Reads a page: one entry more than it shows, to know whether there are more. Tokens carry the place where the page ended, so that what is
 * deleted between two pages loses nothing.
 *
 * @param token from the page before; undefined or '' at the beginning
 * @param placeOf what `read` continues after
 * @param invalid the error for a token that is not ours
 * @param read entries after a place, at most `limit`
 *
 * @example
 * const { entries, nextToken } = await pageOf(input.NextToken, 100, ({ id }) => id, invalidToken, (after, limit) =>
 *   ctx.records.list(queues, { ...(after === undefined ? {} : { after }), limit }));
 */
export async function pageOf<T>(
  token: string | undefined,
  limit: number,
  placeOf: (entry: T) => string,
  invalid: () => Error,
  read: (after: string | undefined, limit: number) => Promise<readonly T[]>,
): Promise<Page<T>> {
  const found = await read(placeIn(token, invalid), limit + 1);
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, nextToken: found.length > limit && last !== undefined ? tokenOf(placeOf(last)) : undefined };
}

/** Turns the place where a page ended into a token that clients don't read. */
export function tokenOf(place: string): string {
  return Buffer.from(`1:${place}`).toString('base64url');
}

/** The place behind a token. @throws what `invalid` makes */
export function placeIn(token: string | undefined, invalid: () => Error): string | undefined {
  if (token === undefined || token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('1:')) throw invalid();
  return text.slice(2);
}
