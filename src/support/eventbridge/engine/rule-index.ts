import { type Branch, type EventValue, type Leaf, matches, type Pattern, valuesAt } from './pattern.ts';
import type { Scalar } from './pattern-json.ts';

/** Something with a pattern: a rule, an archive. */
export type Patterned<T> = { readonly pattern: Pattern; readonly item: T };

/** Finds those whose patterns an event matches, in the order in which they were given. */
export type RuleIndex<T> = (event: EventValue) => readonly T[];

type Numbered<T> = { readonly order: number; readonly pattern: Pattern; readonly item: T };
type Posting<T> = Map<Scalar, Numbered<T>[]>;

/**
 * Compiles many patterns for one question. Most patterns require some field to be one of a few values (a source, a type, an id): each is
 * filed under the field that tells it best from the others, so that an event asks only those that its own values lead to. Patterns
 * without such a field are asked always.
 */
export function compileIndex<T>(rules: readonly Patterned<T>[]): RuleIndex<T> {
  const numbered = rules.map(({ pattern, item }, order) => ({
    order,
    pattern,
    item,
    leaves: exactLeaves(pattern.root),
  }));
  const sizes = new Map<string, number>();
  for (const { leaves } of numbered) {
    for (const name of leaves.flatMap(postingNames)) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  const sizeOf = (leaf: Leaf) => postingNames(leaf).reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  const always: Numbered<T>[] = [];
  const byPath = new Map<string, { readonly path: readonly string[]; readonly posting: Posting<T> }>();
  for (const { leaves, ...rule } of numbered) {
    const [best] = leaves.map((leaf) => ({ leaf, size: sizeOf(leaf) })).sort((a, b) => a.size - b.size);
    if (best === undefined) {
      always.push(rule);
      continue;
    }
    const { path, equal } = best.leaf;
    const name = JSON.stringify(path);
    const entry = byPath.get(name) ?? { path, posting: new Map() };
    byPath.set(name, entry);
    for (const value of equal) {
      const filed = entry.posting.get(value);
      if (filed === undefined) entry.posting.set(value, [rule]);
      else filed.push(rule);
    }
  }
  const paths = [...byPath.values()];
  return (event) => {
    const asked = new Set(always);
    for (const { path, posting } of paths) {
      for (const value of valuesAt(event, path)) {
        for (const rule of posting.get(value) ?? []) asked.add(rule);
      }
    }
    const found = [...asked].filter(({ pattern }) => matches(pattern, event));
    return found.sort((a, b) => a.order - b.order).map(({ item }) => item);
  };
}

/** Fields that must be there with one of a few values. */
function exactLeaves({ fields }: Branch): readonly Leaf[] {
  return fields.flatMap(([, pattern]) => {
    if (pattern.kind === 'branch') return exactLeaves(pattern);
    return pattern.tests.length === 0 && !pattern.absent ? [pattern] : [];
  });
}

function postingNames({ path, equal }: Leaf): readonly string[] {
  return [...equal].map((value) => JSON.stringify([path, value]));
}
