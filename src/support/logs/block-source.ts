import type { Listed, Records } from '#runtime/records.ts';
import { type BlockRow, blocks, sortable } from './records.ts';
import { newSpan, spans } from './spans.ts';

/** What is read: streams by their ids, or all streams of a group. */
export type Scope =
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'streams'; readonly ids: readonly string[] };

export type Direction = 'forward' | 'backward';

/**
 * A block in its turn. Forward, every event that comes later is of the time `edge` or after it; backward, of the time `edge` or before it.
 */
export type Turn = { readonly id: string; readonly block: BlockRow; readonly edge: number };

const pageBlocks = 4;
/** New blocks wait for a few minutes at most, and all are looked at. */
const maxNew = 100_000;

/**
 * Blocks that may hold events of a time, in order of time.
 *
 * @param from ms, inclusive
 * @param to ms, inclusive
 */
export async function* blocksOf(
  records: Records,
  scope: Scope,
  from: number,
  to: number,
  direction: Direction,
): AsyncGenerator<Turn> {
  const within = ({ value }: Listed<BlockRow>) => value.first <= to && value.last >= from;
  // New ones first: what is merged meanwhile is then found twice, never not at all.
  const waiting = (await newBlocks(records, scope)).filter(within);
  const cursors = [
    new Cursor(direction, 0, waiting),
    ...prefixesOf(scope).flatMap((prefix) =>
      spans.map(({ name, width }) => {
        const after = direction === 'forward' ? Math.max(from - width, 0) : to + 1;
        return new Cursor(direction, width, [], pagesOf(records, scope, `${prefix}${name}/`, after, direction));
      }),
    ),
  ];
  await Promise.all(cursors.map((cursor) => cursor.fill()));
  for (;;) {
    let next: Cursor | undefined;
    for (const cursor of cursors) if (cursor.isBefore(next)) next = cursor;
    const edge = next?.edge;
    if (next === undefined || edge === undefined) return;
    const found = next.take();
    await next.fill();
    if (within(found)) yield { id: found.id, block: found.value, edge };
    // Whatever comes now begins after the time, or ends before it.
    else if (direction === 'forward' ? edge > to : edge < from) return;
  }
}

function prefixesOf(scope: Scope): readonly string[] {
  return scope.kind === 'group' ? [`${scope.id}/`] : scope.ids.map((id) => `${id}/`);
}

async function newBlocks(records: Records, scope: Scope): Promise<readonly Listed<BlockRow>[]> {
  const found: Listed<BlockRow>[] = [];
  for (const prefix of prefixesOf(scope)) {
    const where = { prefix: `${prefix}${newSpan}/`, limit: maxNew };
    found.push(
      ...(scope.kind === 'group'
        ? await records.listIndex(blocks, 'by-group', where)
        : await records.list(blocks, where)),
    );
  }
  return found;
}

type Pages = () => Promise<readonly Listed<BlockRow>[]>;

/** @param time where the first page begins */
function pagesOf(records: Records, scope: Scope, prefix: string, time: number, direction: Direction): Pages {
  const reverse = direction === 'backward';
  const options = { prefix, limit: pageBlocks, reverse };
  let after = { key: `${prefix}${sortable(time)}`, id: '' };
  return async () => {
    const page =
      scope.kind === 'group'
        ? await records.listIndex(blocks, 'by-group', { ...options, after })
        : await records.list(blocks, { ...options, after: after.id === '' ? after.key : after.id });
    const last = page.at(-1);
    if (last !== undefined) after = { key: last.indexKey, id: last.id };
    return page;
  };
}

/** Blocks of one span in order. */
class Cursor {
  readonly #direction: Direction;
  readonly #width: number;
  readonly #pages: Pages | undefined;
  #blocks: readonly Listed<BlockRow>[];
  #at = 0;
  #ended = false;

  /** @param given all blocks where there are no pages, in any order */
  constructor(direction: Direction, width: number, given: readonly Listed<BlockRow>[], pages?: Pages) {
    this.#direction = direction;
    this.#width = width;
    this.#pages = pages;
    const sign = direction === 'forward' ? 1 : -1;
    this.#blocks = given.toSorted((a, b) => sign * (this.#edgeOf(a) - this.#edgeOf(b)));
  }

  /** Reads on where nothing is left. */
  async fill(): Promise<void> {
    if (this.#pages === undefined || this.#ended || this.#at < this.#blocks.length) return;
    this.#blocks = await this.#pages();
    this.#at = 0;
    this.#ended = this.#blocks.length === 0;
  }

  get edge(): number | undefined {
    const next = this.#blocks[this.#at];
    return next === undefined ? undefined : this.#edgeOf(next);
  }

  isBefore(other: Cursor | undefined): boolean {
    const mine = this.edge;
    const theirs = other?.edge;
    if (mine === undefined) return false;
    if (theirs === undefined) return true;
    return this.#direction === 'forward' ? mine < theirs : mine > theirs;
  }

  take(): Listed<BlockRow> {
    const next = this.#blocks[this.#at];
    if (next === undefined) throw new Error('INVARIANT: a cursor is filled before it is read');
    this.#at += 1;
    return next;
  }

  /** No event of this block, or of those behind it, is beyond. */
  #edgeOf({ value }: Listed<BlockRow>): number {
    if (this.#direction === 'forward') return value.first;
    return this.#pages === undefined ? value.last : value.first + this.#width;
  }
}
