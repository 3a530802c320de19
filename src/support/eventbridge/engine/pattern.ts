import { type Entry, readEntry, type Test } from './matchers.ts';
import { type JsonNode, PatternError, parsePatternJson, refusalText, type Scalar } from './pattern-json.ts';

/** A JSON value of an event, as `JSON.parse` gives it. */
export type EventValue = unknown;

/** A field with the list of what it may be. */
export type Leaf = {
  readonly kind: 'leaf';
  /** From the event's root. */
  readonly path: readonly string[];
  readonly equal: ReadonlySet<Scalar>;
  readonly tests: readonly Test[];
  /** `exists: false` is among the entries. */
  readonly absent: boolean;
};

/** An object: all its fields, and of each `$or` one alternative. */
export type Branch = {
  readonly kind: 'branch';
  readonly fields: readonly (readonly [name: string, pattern: Leaf | Branch])[];
  readonly ors: readonly (readonly Branch[])[];
};

/** A pattern that was read, ready to be asked about events. */
export type Pattern = { readonly root: Branch };

export type PatternReading =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

/** Reads and compiles an event pattern; the message of a refusal is AWS's. */
export function readPattern(text: string): PatternReading {
  try {
    const node = parsePatternJson(text);
    if (node.kind !== 'object') throw new PatternError('Filter is not an object', node.at);
    return { ok: true, pattern: { root: readBranch(node, []) } };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: refusalText(error, text) };
    throw error;
  }
}

function readBranch(node: JsonNode & { readonly kind: 'object' }, path: readonly string[]): Branch {
  if (node.entries.length === 0) throw new PatternError('Empty objects are not allowed', node.at);
  const fields: (readonly [string, Leaf | Branch])[] = [];
  const ors: (readonly Branch[])[] = [];
  for (const [name, value] of node.entries) {
    const alternatives = name === '$or' ? alternativesIn(value) : undefined;
    if (alternatives === undefined) fields.push(readField(name.split('.'), value, path));
    else ors.push(alternatives.map((each) => readBranch(each, path)));
  }
  return { kind: 'branch', fields, ors };
}

type ObjectNode = JsonNode & { readonly kind: 'object' };

/** `$or` is the operator when it holds two objects or more; otherwise a field has that name. */
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
): readonly [string, Leaf | Branch] {
  const here = [...path, name];
  if (more.length > 0) return [name, { kind: 'branch', fields: [readField(more, value, here)], ors: [] }];
  if (value.kind === 'object') return [name, readBranch(value, here)];
  if (value.kind === 'scalar') throw new PatternError(`"${name}" must be an object or an array`, value.at);
  return [name, readLeaf(value.items, value.at, here)];
}

function readLeaf(items: readonly JsonNode[], at: number, path: readonly string[]): Leaf {
  if (items.length === 0) throw new PatternError('Empty arrays are not allowed', at + 1);
  const entries: readonly Entry[] = items.map(readEntry);
  const exists = entries.flatMap((entry) => (entry.kind === 'exists' ? [entry.exists] : []));
  const tests = entries.flatMap((entry) => (entry.kind === 'test' ? [entry.test] : []));
  return {
    kind: 'leaf',
    path,
    equal: new Set(entries.flatMap((entry) => (entry.kind === 'equal' ? [entry.value] : []))),
    tests: exists.includes(true) ? [() => true, ...tests] : tests,
    absent: exists.includes(false),
  };
}

/** Whether an event is what the pattern asks for. Its names hold no dots: see `withoutDots`. */
export function matches({ root }: Pattern, event: EventValue): boolean {
  return branchMatches(root, event, { event, absent: new Map() });
}

/** The whole event, and which fields it lacks: asked for once, not for each element of a list. */
type Asked = { readonly event: EventValue; readonly absent: Map<Leaf, boolean> };

function branchMatches(branch: Branch, value: EventValue, asked: Asked): boolean {
  if (Array.isArray(value)) {
    // All that is asked must be true of one element of a list; what must be absent is asked of the whole event.
    return value.some((element) => branchMatches(branch, element, asked)) || fieldsMatch(branch, undefined, asked);
  }
  const object = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  return fieldsMatch(branch, object, asked);
}

function fieldsMatch(
  { fields, ors }: Branch,
  object: Readonly<Record<string, unknown>> | undefined,
  asked: Asked,
): boolean {
  for (const [name, pattern] of fields) {
    const value = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
    const found = pattern.kind === 'leaf' ? leafMatches(pattern, value, asked) : branchMatches(pattern, value, asked);
    if (!found) return false;
  }
  return ors.every((alternatives) => alternatives.some((each) => fieldsMatch(each, object, asked)));
}

function leafMatches(leaf: Leaf, value: EventValue, asked: Asked): boolean {
  return (value !== undefined && valueMatches(leaf, value)) || (leaf.absent && isAbsent(leaf, asked));
}

function valueMatches(leaf: Leaf, value: EventValue): boolean {
  if (Array.isArray(value)) return value.some((element) => valueMatches(leaf, element));
  if (typeof value === 'object' && value !== null) return false;
  const scalar = value as Scalar;
  return leaf.equal.has(scalar) || leaf.tests.some((test) => test(scalar));
}

/** Whether no value of the event stands at the field's path. Objects and empty lists are no values. */
function isAbsent(leaf: Leaf, { event, absent }: Asked): boolean {
  let known = absent.get(leaf);
  if (known === undefined) {
    known = valuesAt(event, leaf.path).size === 0;
    absent.set(leaf, known);
  }
  return known;
}

/** The values that a path leads to, those in lists one by one. */
export function valuesAt(event: EventValue, path: readonly string[]): ReadonlySet<Scalar> {
  const found = new Set<Scalar>();
  collect(event, path, 0, found);
  return found;
}

function collect(value: EventValue, path: readonly string[], depth: number, found: Set<Scalar>): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, path, depth, found);
    return;
  }
  const name = path[depth];
  if (typeof value !== 'object' || value === null) {
    if (name === undefined && value !== undefined) found.add(value as Scalar);
  } else if (name !== undefined && Object.hasOwn(value, name)) {
    collect((value as Readonly<Record<string, unknown>>)[name], path, depth + 1, found);
  }
}
