import type { BodyValue } from './policy.ts';

/** Deeper bodies match nothing: they are walked by recursion. */
export const maxDepth = 500;

/** Whether a value is nested too deep. */
export function tooDeep(value: BodyValue, left = maxDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const each of Array.isArray(value) ? value : Object.values(value)) if (tooDeep(each, left - 1)) return true;
  return false;
}

/**
 * Names with dots are paths, in events as in patterns: `{"a.b": 1}` becomes `{"a": {"b": 1}}` (user guide, "Considerations when creating
 * event patterns"). The value itself where no name has a dot.
 */
export function withoutDots(value: BodyValue): BodyValue {
  return hasDots(value) ? undotted(value) : value;
}

function hasDots(value: BodyValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasDots);
  for (const [name, each] of Object.entries(value)) if (name.includes('.') || hasDots(each)) return true;
  return false;
}

function undotted(value: BodyValue): BodyValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(undotted);
  const made = new Map<string, BodyValue>();
  for (const [name, each] of Object.entries(value)) {
    const [first = '', ...rest] = name.split('.').slice(0, maxDepth);
    const nested = rest.reduceRight((inner: BodyValue, part) => Object.fromEntries([[part, inner]]), undotted(each));
    made.set(first, made.has(first) ? merged(made.get(first), nested) : nested);
  }
  return Object.fromEntries(made);
}

/** Both values under one name; where they are no objects, either. */
function merged(one: BodyValue, other: BodyValue): BodyValue {
  if (!isObject(one) || !isObject(other)) return [one, other].flat();
  const made = new Map(Object.entries(one));
  for (const [name, value] of Object.entries(other)) {
    made.set(name, made.has(name) ? merged(made.get(name), value) : value);
  }
  return Object.fromEntries(made);
}

function isObject(value: BodyValue): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
