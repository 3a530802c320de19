import { tooDeep, withoutDots } from './body-fields.ts';
import type { Scalar } from './json.ts';
import type { BodyValue, Branch, FilterPolicy, Leaf } from './policy.ts';

/** A message attribute: numbers for Number, texts for String, the elements for String.Array; binary ones are left out. */
export type AttributeValue = string | number | readonly Scalar[];

/** Whether a message's attributes are what the policy asks for. Their names may hold dots. */
export function attributesMatch(policy: FilterPolicy, attributes: Readonly<Record<string, AttributeValue>>): boolean {
  return valueMatchesPolicy(policy, withoutDots(attributes));
}

/** Whether a message's body is what the policy asks for: a JSON object. */
export function bodyMatches(policy: FilterPolicy, text: string): boolean {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body) || tooDeep(body)) return false;
  return valueMatchesPolicy(policy, withoutDots(body));
}

function parsed(text: string): BodyValue {
  try {
    return JSON.parse(text) as BodyValue;
  } catch {
    return undefined;
  }
}

function valueMatchesPolicy({ root }: FilterPolicy, value: BodyValue): boolean {
  return branchMatches(root, value, { whole: value, absent: new Map() });
}

/** The whole message, and which names it lacks: asked for once, not for each element of a list. */
type Asked = { readonly whole: BodyValue; readonly absent: Map<Leaf, boolean> };

function branchMatches(branch: Branch, value: BodyValue, asked: Asked): boolean {
  if (Array.isArray(value)) {
    // All that is asked must be true of one element of a list; what must be absent is asked of the whole.
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

function leafMatches(leaf: Leaf, value: BodyValue, asked: Asked): boolean {
  return (value !== undefined && valueMatches(leaf, value)) || (leaf.absent && isAbsent(leaf, asked));
}

function valueMatches(leaf: Leaf, value: BodyValue): boolean {
  if (Array.isArray(value)) return value.some((element) => valueMatches(leaf, element));
  if (typeof value === 'object' && value !== null) return false;
  const scalar = value as Scalar;
  return leaf.equal.has(scalar) || leaf.tests.some((test) => test(scalar));
}

function isAbsent(leaf: Leaf, { whole, absent }: Asked): boolean {
  let known = absent.get(leaf);
  if (known === undefined) {
    known = !hasValue(whole, leaf.path, 0);
    absent.set(leaf, known);
  }
  return known;
}

/** Whether a value stands at a path. Objects and empty lists are no values. */
function hasValue(value: BodyValue, path: readonly string[], depth: number): boolean {
  if (Array.isArray(value)) return value.some((element) => hasValue(element, path, depth));
  const name = path[depth];
  if (typeof value !== 'object' || value === null) return name === undefined && value !== undefined;
  if (name === undefined || !Object.hasOwn(value, name)) return false;
  return hasValue((value as Readonly<Record<string, unknown>>)[name], path, depth + 1);
}
