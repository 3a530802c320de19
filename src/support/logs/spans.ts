/**
 * Blocks are kept apart by how long a time they span, so that reading a time looks at few others: of blocks that span at most a second only
 * those that begin at most a second before it. New, small blocks wait apart in `new` until they are merged.
 */
export const spans = [
  { name: 'a', width: 1_000 },
  { name: 'b', width: 10_000 },
  { name: 'c', width: 600_000 },
  { name: 'd', width: 86_400_000 },
] as const;

export const newSpan = 'n';

/** The narrowest that holds a block. */
export function spanOf(first: number, last: number): string {
  return (spans.find(({ width }) => last - first <= width) ?? spans[3]).name;
}
