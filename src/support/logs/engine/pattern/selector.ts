import { invalidPattern, PatternError, type Scanner } from './scanner.ts';

/** A step from a JSON value to one inside: a member, an element, or all elements and members. */
type Step = string | number | typeof every;
const every = Symbol('*');

/** `$.a.b[0]`, `$['a.b']`, `$.list[*].id`. */
export type Selector = { readonly text: string; readonly steps: readonly Step[] };

const nameEnd = /[\s=!<>()&|[\].{}"',]/;
const maxSteps = 64;

/** Reads a selector after its `$`. @throws PatternError */
export function takeSelector(scanner: Scanner): Selector {
  const from = scanner.at - 1;
  const steps: Step[] = [];
  for (;;) {
    if (scanner.take('.')) {
      // `$.[0]` and `$.['x']` are as good as without the dot.
      if (scanner.peek() === '[') continue;
      const name = scanner.until(nameEnd);
      if (name === '') throw new PatternError(invalidPattern);
      steps.push(name === '*' ? every : name);
    } else if (scanner.take('[')) steps.push(takeBracket(scanner));
    else break;
  }
  if (steps.length === 0 || steps.length > maxSteps) throw new PatternError(invalidPattern);
  return { text: scanner.text.slice(from, scanner.at), steps };
}

function takeBracket(scanner: Scanner): Step {
  let step: Step;
  if (scanner.take('*')) step = every;
  else if (scanner.take("'")) step = scanner.quoted("'");
  else if (scanner.take('"')) step = scanner.quoted('"');
  else {
    const index = scanner.until(/[^0-9]/);
    if (index === '' || index.length > 9) throw new PatternError(invalidPattern);
    step = Number(index);
  }
  if (!scanner.take(']')) throw new PatternError(invalidPattern);
  return step;
}

/** Everything that a selector leads to; nothing where a member is missing. */
export function select(value: unknown, { steps }: Selector): readonly unknown[] {
  let found: unknown[] = [value];
  for (const step of steps) {
    const next: unknown[] = [];
    for (const each of found) {
      if (typeof each !== 'object' || each === null) continue;
      if (step === every) next.push(...Object.values(each).slice(0, maxFound));
      else if (typeof step === 'number') {
        if (Array.isArray(each) && step < each.length) next.push(each[step]);
      } else if (!Array.isArray(each) && Object.hasOwn(each, step)) next.push((each as Record<string, unknown>)[step]);
      if (next.length >= maxFound) break;
    }
    if (next.length === 0) return next;
    found = next;
  }
  return found;
}

/** Values that one selector looks at in a message: `$.*.*.*` could lead to very many. */
const maxFound = 10_000;
