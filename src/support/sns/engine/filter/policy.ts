import { FilterError, type JsonNode, parseFilterJson, reasonText, type Scalar } from './json.ts';
import { type Entry, readEntry, type Test } from './operators.ts';

/** A JSON value of a message, as `JSON.parse` gives it. */
export type BodyValue = unknown;

/** What a filter policy is held against. */
export type FilterScope = 'MessageAttributes' | 'MessageBody';

/** A name with the list of what it may be. */
export type Leaf = {
  readonly kind: 'leaf';
  /** From the root. */
  readonly path: readonly string[];
  readonly equal: ReadonlySet<Scalar>;
  readonly tests: readonly Test[];
  /** `exists: false` is among the entries. */
  readonly absent: boolean;
  /** Entries of the list. */
  readonly size: number;
};

/** An object: all its names, and of each `$or` one alternative. */
export type Branch = {
  readonly kind: 'branch';
  readonly fields: readonly (readonly [name: string, pattern: Leaf | Branch])[];
  readonly ors: readonly (readonly Branch[])[];
};

export type FilterPolicy = { readonly root: Branch };

export type FilterReading =
  | { readonly ok: true; readonly policy: FilterPolicy }
  /** `nested`: the message stands for itself, without the member's name before it. */
  | { readonly ok: false; readonly message: string; readonly nested?: true };

/** Names at the top, and combinations of values (developer guide, "Filter policy constraints"). */
const maxNames = 5;
const maxCombinations = 150;

/** Reads and compiles a filter policy; the message of a refusal is AWS's. */
export function readFilterPolicy(text: string, scope: FilterScope): FilterReading {
  try {
    const node = parseFilterJson(text);
    if (node.kind !== 'object') throw new FilterError('Filter is not an object', node.told);
    if (scope === 'MessageAttributes' && isNested(node)) {
      // Told only of what would be fine as a policy for bodies.
      readBranch(node, []);
      const message = 'Filter policy scope MessageAttributes does not support nested filter policy';
      return { ok: false, message, nested: true };
    }
    const root = readBranch(node, []);
    if (node.entries.length > maxNames) {
      throw new FilterError(`Filter policy can not have more than ${maxNames} keys`);
    }
    if (combinations(root, scope === 'MessageBody' ? 1 : 0) > maxCombinations) {
      throw new FilterError('Filter policy is too complex');
    }
    return { ok: true, policy: { root } };
  } catch (error) {
    if (error instanceof FilterError) return { ok: false, message: reasonText(error, text) };
    throw error;
  }
}

type ObjectNode = JsonNode & { readonly kind: 'object' };

function isNested(node: ObjectNode): boolean {
  return node.entries.some(([, value]) => value.kind === 'object');
}

function readBranch(node: ObjectNode, path: readonly string[]): Branch {
  const fields: (readonly [string, Leaf | Branch])[] = [];
  const ors: (readonly Branch[])[] = [];
  if (node.entries.length === 0 && path.length > 0) throw new FilterError('Empty objects are not allowed', node.end);
  for (const [name, value] of node.entries) {
    const alternatives = name === '$or' ? alternativesIn(value) : undefined;
    if (alternatives === undefined) fields.push(readField(name.split('.'), value, path, name));
    else ors.push(alternatives.map((each) => readBranch(each, path)));
  }
  return { kind: 'branch', fields, ors };
}

/** `$or` is the operator when it holds two objects or more; otherwise an attribute has that name. */
function alternativesIn(node: JsonNode): readonly ObjectNode[] | undefined {
  if (node.kind !== 'list' || node.items.length < 2) return undefined;
  const objects = node.items.filter((item) => item.kind === 'object');
  return objects.length === node.items.length ? objects : undefined;
}

/** A name with dots is a path: `{"a.b": …}` asks the same as `{"a": {"b": …}}`. */
function readField(
  [name = '', ...more]: readonly string[],
  value: JsonNode,
  path: readonly string[],
  written: string,
): readonly [string, Leaf | Branch] {
  const here = [...path, name];
  if (more.length > 0) return [name, { kind: 'branch', fields: [readField(more, value, here, written)], ors: [] }];
  if (value.kind === 'object') return [name, readBranch(value, here)];
  if (value.kind === 'scalar') throw new FilterError(`"${written}" must be an object or an array`, value.told);
  if (value.items.length === 0) throw new FilterError('Empty arrays are not allowed', value.end);
  return [name, leafOf(value.items.map(readEntry), here)];
}

function leafOf(entries: readonly Entry[], path: readonly string[]): Leaf {
  const exists = entries.flatMap((entry) => (entry.kind === 'exists' ? [entry.exists] : []));
  const tests = entries.flatMap((entry) => (entry.kind === 'test' ? [entry.test] : []));
  return {
    kind: 'leaf',
    path,
    equal: new Set(entries.flatMap((entry) => (entry.kind === 'equal' ? [entry.value] : []))),
    tests: exists.includes(true) ? [() => true, ...tests] : tests,
    absent: exists.includes(false),
    size: entries.length,
  };
}

/** Values of each name times each other; for bodies each weighed by its depth, of alternatives the sum. @param depth 0 weighs nothing */
function combinations(branch: Branch, depth: number): number {
  let product = 1;
  for (const [, pattern] of branch.fields) {
    product *=
      pattern.kind === 'leaf' ? pattern.size * (depth || 1) : combinations(pattern, depth === 0 ? 0 : depth + 1);
  }
  for (const alternatives of branch.ors) {
    product *= alternatives.reduce((sum, each) => sum + combinations(each, depth), 0);
  }
  return product;
}
