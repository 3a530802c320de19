import { idPrefix, keyOf, objectId, pastPrefix } from './object-id.ts';

/** Entries after an id, in binary order, at most `limit`. */
export type Source<T> = (
  after: string | undefined,
  limit: number,
) => Promise<readonly { readonly id: string; readonly value: T }[]>;

export type Wanted = {
  readonly bucket: string;
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  /** Keys after this one; undefined from the beginning. */
  readonly after: string | undefined;
  /** Common prefixes up to this are not told again. */
  readonly told: string | undefined;
  readonly max: number;
};

export type Listing<T> = {
  readonly entries: readonly { readonly key: string; readonly value: T }[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix told. */
  readonly last: { readonly key: string } | { readonly prefix: string } | undefined;
};

/** Read at first where keys may be skipped; more each time that nothing was. */
const smallestRead = 32;

/**
 * One page of keys, rolled up at a delimiter. Behind a common prefix the reading goes on after all of its keys: a folder of a million
 * costs one step.
 */
export async function listKeys<T>(source: Source<T>, wanted: Wanted): Promise<Listing<T>> {
  const { bucket, prefix, delimiter, after, told, max } = wanted;
  const entries: { key: string; value: T }[] = [];
  const prefixes: string[] = [];
  let last: Listing<T>['last'];
  let place = startOf(bucket, prefix, after);
  let size = delimiter === '' ? max + 1 : Math.min(max + 1, smallestRead);
  const full = () => entries.length + prefixes.length >= max;
  if (max === 0) return { entries, prefixes, truncated: false, last };
  for (;;) {
    const page = await source(place, size);
    let skipped = false;
    for (const { id, value } of page) {
      const key = keyOf(id);
      place = id;
      const rolled = delimiter === '' ? undefined : commonPrefix(key, prefix, delimiter);
      if (rolled === undefined) {
        if (full()) return { entries, prefixes, truncated: true, last };
        entries.push({ key, value });
        last = { key };
        continue;
      }
      if (told === undefined || compareKeys(rolled, told) > 0) {
        if (full()) return { entries, prefixes, truncated: true, last };
        prefixes.push(rolled);
        last = { prefix: rolled };
      }
      place = pastPrefix(idPrefix(bucket, rolled));
      skipped = true;
      break;
    }
    if (!skipped && page.length < size) return { entries, prefixes, truncated: false, last };
    size = skipped ? smallestRead : Math.min(size * 2, 1_001);
  }
}

function startOf(bucket: string, prefix: string, after: string | undefined): string | undefined {
  if (after === undefined || compareKeys(after, prefix) < 0) return undefined;
  return objectId(bucket, after);
}

/** The beginning of a key up to and with the first delimiter after the prefix. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** By UTF-8 bytes, which is the order of code points. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
