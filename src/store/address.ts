import { strict as assert } from 'node:assert';
import type { RecordKey, ScanRange } from './store.ts';

/**
 * A record key as one string, unambiguous: the lengths of the first three parts stand in front.
 * It names the record in memory and is the associated data of its body.
 *
 * @example addressOf({ collection: 'kms/keys', account: '111122223333', region: 'us-east-1', id: 'k' })
 *   // '8|12|9|kms/keys111122223333us-east-1k'
 */
export function addressOf({ collection, account, region, id }: RecordKey): string {
  return `${collection.length}|${account.length}|${region.length}|${collection}${account}${region}${id}`;
}

/** The collection of one account and region: what a scan walks. */
export function partitionOf({ collection, account, region }: Omit<RecordKey, 'id'>): string {
  return addressOf({ collection, account, region, id: '' });
}

/** Names are stored and compared as UTF-8; a lone surrogate has no UTF-8 and would collide with others. */
export function assertWellFormed(...names: readonly string[]): void {
  assert(
    names.every((name) => name.isWellFormed()),
    'INVARIANT: names are well-formed Unicode',
  );
}

/** Lower and upper bound of ids: `from <= id < to` (`fromExclusive`: `from < id`). `to` undefined: no upper bound. */
export type Bounds = { readonly from: string; readonly fromExclusive: boolean; readonly to: string | undefined };

/** The ids that a range asks for, `after` and `reverse` included. */
export function boundsOf({
  prefix = '',
  after,
  reverse = false,
}: Pick<ScanRange, 'prefix' | 'after' | 'reverse'>): Bounds {
  const to = successor(prefix);
  if (after === undefined) return { from: prefix, fromExclusive: false, to };
  if (reverse) return { from: prefix, fromExclusive: false, to: to === undefined || before(after, to) ? after : to };
  return before(after, prefix) ? { from: prefix, fromExclusive: false, to } : { from: after, fromExclusive: true, to };
}

function before(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

/**
 * The least string above every string that begins with `prefix`, in the order of UTF-8 bytes, which is the order of code
 * points. Undefined when there is none.
 */
export function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last === 0x10ffff) continue;
    const next = last + 1;
    // Surrogates are no characters: the one after U+D7FF is U+E000.
    return String.fromCodePoint(...points, next >= 0xd800 && next <= 0xdfff ? 0xe000 : next);
  }
  return undefined;
}
