import { type Comparison, takeComparison, takeOperator } from './comparison.ts';
import type { Pattern } from './pattern.ts';
import { invalidPattern, PatternError, Scanner } from './scanner.ts';

type Slot = { readonly name: string; readonly holds: ((value: string) => boolean) | undefined };

const nameEnd = /[^\w]/;
const valueEnd = /[\s,&|()\]]/;

/**
 * `[ip, user, ..., status = 4*, bytes > 1000]` over messages of fields between spaces (user guide, "filter pattern syntax",
 * space-delimited log events). Texts in quotes or square brackets are one field.
 *
 * @throws PatternError
 */
export function delimitedPattern(text: string): Pattern {
  const trimmed = text.trim();
  if (!trimmed.endsWith(']')) throw new PatternError("If a filter pattern starts with '[' it must end with ']'");
  const reader = new Reader(trimmed.slice(1, -1));
  const { before, after, open } = reader.slots();
  const all = [...before, ...after];
  const fit = (message: string): readonly string[] | undefined => {
    const fields = fieldsOf(message);
    if (open ? fields.length < all.length : fields.length !== all.length) return undefined;
    return [...fields.slice(0, before.length), ...fields.slice(fields.length - after.length)];
  };
  const named = (fields: readonly string[]) =>
    Object.fromEntries(all.map(({ name }, at): [string, string] => [`$${name}`, fields[at] ?? '']));
  return {
    kind: 'delimited',
    regexes: reader.regexes,
    needle: '',
    matches: (message) => {
      const fields = fit(message);
      return fields !== undefined && all.every(({ holds }, at) => holds === undefined || holds(fields[at] ?? ''));
    },
    extract: (message) => named(fit(message) ?? []),
    value: (message, field) => {
      const fields = fit(message);
      return fields === undefined ? undefined : named(fields)[field];
    },
    names: (field) => all.some(({ name }) => `$${name}` === field),
  };
}

class Reader {
  regexes = 0;
  readonly #scanner: Scanner;
  #count = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  /** Slots before and after the ellipsis; all are before where there is none. */
  slots(): { readonly before: readonly Slot[]; readonly after: readonly Slot[]; readonly open: boolean } {
    const before: Slot[] = [];
    const after: Slot[] = [];
    let open = false;
    const scanner = this.#scanner;
    scanner.space();
    // `[]` has no fields to say anything of: it takes every message.
    if (scanner.ended) return { before, after, open: true };
    for (;;) {
      scanner.space();
      if (scanner.take('...')) {
        if (open) throw new PatternError(invalidPattern);
        open = true;
      } else (open ? after : before).push(this.#slot());
      scanner.space();
      if (scanner.ended) return { before, after, open };
      if (!scanner.take(',')) throw new PatternError(invalidPattern);
    }
  }

  #slot(): Slot {
    this.#count += 1;
    const scanner = this.#scanner;
    if (scanner.ended || scanner.peek() === ',') return { name: String(this.#count), holds: undefined };
    const start = scanner.at;
    const bracketed = scanner.take('(');
    const name = scanner.until(nameEnd);
    scanner.at = start;
    if (name === '') throw new PatternError(`Invalid character(s) in term '${scanner.until(/[\s,]/)}'`);
    const holds = this.#any(name);
    return { name, holds: bracketed || holds !== always ? holds : undefined };
  }

  #any(name: string): (value: string) => boolean {
    const tests = [this.#all(name)];
    while (this.#scanner.take('||')) tests.push(this.#all(name));
    return tests.length === 1 ? (tests[0] ?? always) : (value) => tests.some((test) => test(value));
  }

  #all(name: string): (value: string) => boolean {
    const tests = [this.#one(name)];
    while (this.#scanner.take('&&')) tests.push(this.#one(name));
    return tests.length === 1 ? (tests[0] ?? always) : (value) => tests.every((test) => test(value));
  }

  #one(name: string): (value: string) => boolean {
    const scanner = this.#scanner;
    scanner.space();
    let test: (value: string) => boolean;
    if (scanner.take('(')) {
      test = this.#any(name);
      if (!scanner.take(')')) throw new PatternError(invalidPattern);
    } else test = this.#condition(name);
    scanner.space();
    return test;
  }

  #condition(name: string): (value: string) => boolean {
    const scanner = this.#scanner;
    // A condition is about its own field: the next field's name here is a mistake, as AWS finds it.
    if (scanner.until(nameEnd) !== name) throw new PatternError(invalidPattern);
    scanner.space();
    const operator = takeOperator(scanner);
    if (operator === undefined) return always;
    const comparison: Comparison = takeComparison(scanner, operator, valueEnd);
    this.regexes += comparison.regexes;
    return comparison.holds;
  }
}

function always(): boolean {
  return true;
}

/** Fields between spaces; a field that begins with a quote or a square bracket goes to the closing one. */
function fieldsOf(message: string): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  // Where no closing sign is left, looking for one again would make hostile messages slow.
  const closers = { '"': true, '[': true };
  while (at < message.length) {
    const char = message.charAt(at);
    if (isSpace(char)) {
      at += 1;
      continue;
    }
    if ((char === '"' || char === '[') && closers[char]) {
      const end = message.indexOf(char === '"' ? '"' : ']', at + 1);
      if (end !== -1) {
        fields.push(message.slice(at + 1, end));
        at = end + 1;
        continue;
      }
      closers[char] = false;
    }
    const from = at;
    while (at < message.length && !isSpace(message.charAt(at))) at += 1;
    fields.push(message.slice(from, at));
  }
  return fields;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}
