import type { EventValue } from './pattern.ts';

/** Deeper events are refused, as AWS's JSON reader does: they are walked by recursion. */
export const maxDepth = 1_000;

/** Whether a value is nested too deep. */
export function tooDeep(value: EventValue, left = maxDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const each of Array.isArray(value) ? value : Object.values(value)) if (tooDeep(each, left - 1)) return true;
  return false;
}

/**
 * Names with dots are paths, in events as in patterns: `{"a.b": 1}` becomes `{"a": {"b": 1}}` (user guide, "Considerations when creating
 * event patterns"). The value itself where no name has a dot.
 */
export function withoutDots(value: EventValue): EventValue {
  return hasDots(value) ? undotted(value) : value;
}

function hasDots(value: EventValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasDots);
  for (const [name, each] of Object.entries(value)) if (name.includes('.') || hasDots(each)) return true;
  return false;
}

function undotted(value: EventValue): EventValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(undotted);
  const made = new Map<string, EventValue>();
  for (const [name, each] of Object.entries(value)) {
    const [first = '', ...rest] = name.split('.').slice(0, maxDepth);
    const nested = rest.reduceRight((inner: EventValue, part) => Object.fromEntries([[part, inner]]), undotted(each));
    made.set(first, made.has(first) ? merged(made.get(first), nested) : nested);
  }
  return Object.fromEntries(made);
}

/** Both values under one name; where they are no objects, either. */
function merged(one: EventValue, other: EventValue): EventValue {
  if (!isObject(one) || !isObject(other)) return [one, other].flat();
  const made = new Map(Object.entries(one));
  for (const [name, value] of Object.entries(other)) {
    made.set(name, made.has(name) ? merged(made.get(name), value) : value);
  }
  return Object.fromEntries(made);
}

function isObject(value: EventValue): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
