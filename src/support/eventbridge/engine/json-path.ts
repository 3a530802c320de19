/** A path as EventBridge takes it: dots, brackets, list indexes and `*`. No filters, no slices, no descent. */
export type JsonPath = readonly (string | number | typeof anyStep)[];

const anyStep = Symbol('*');

/** @returns undefined for what is no such path */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const step = /\.([^.[\]*'"\s]+)|\.(\*)|\[(\d{1,9})\]|\[(\*)\]|\['([^']*)'\]|\["([^"]*)"\]/y;
  const steps: (string | number | typeof anyStep)[] = [];
  let at = 1;
  while (at < text.length) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) return undefined;
    const [whole, name, , index, , single, double] = found;
    const key = name ?? single ?? double;
    steps.push(key ?? (index === undefined ? anyStep : Number(index)));
    at += whole.length;
  }
  return steps;
}

/** What a path leads to: a list of all where it holds a `*`, undefined where there is nothing. */
export function followJsonPath(path: JsonPath, root: unknown): unknown {
  const found = path.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => next(value, step)), [root]);
  if (path.includes(anyStep)) return found.length === 0 ? undefined : found;
  return found[0];
}

function next(value: unknown, step: JsonPath[number]): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === anyStep) return Array.isArray(value) ? value : Object.values(value);
  if (Array.isArray(value)) return typeof step === 'number' && step < value.length ? [value[step]] : [];
  return Object.hasOwn(value, step) ? [(value as Readonly<Record<string | number, unknown>>)[step]] : [];
}
