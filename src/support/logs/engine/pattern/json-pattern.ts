import { type Comparison, type Scalar, takeComparison, takeOperator } from './comparison.ts';
import type { Pattern } from './pattern.ts';
import { invalidPattern, PatternError, Scanner } from './scanner.ts';
import { type Selector, select, takeSelector } from './selector.ts';

type Test = (document: unknown) => boolean;

const valueEnd = /[\s()&|}{]/;
/** Parentheses inside one another. */
const maxDepth = 100;

/**
 * `{ $.a.b[0] = "x*" && ($.n >= 5 || $.ip IS NULL) }` over messages that are JSON (user guide, "filter pattern syntax", JSON log events).
 *
 * @throws PatternError
 */
export function jsonPattern(text: string): Pattern {
  const trimmed = text.trim();
  if (!trimmed.endsWith('}')) throw new PatternError("If a filter pattern starts with '{' it must end with '}'");
  const reader = new Reader(trimmed.slice(1, -1));
  const test = reader.whole();
  const { selectors } = reader;
  return {
    kind: 'json',
    regexes: reader.regexes,
    needle: '',
    matches: (message) => {
      const document = documentOf(message);
      return document !== undefined && test(document);
    },
    extract: (message) => {
      const document = documentOf(message);
      const values: Record<string, string> = {};
      for (const selector of selectors) {
        const value = textOf(select(document, selector)[0]);
        if (value !== undefined) values[selector.text] = value;
      }
      return values;
    },
    value: (message, field) => {
      const selector = selectorOf(field);
      return selector === undefined ? undefined : textOf(select(documentOf(message), selector)[0]);
    },
    names: (field) => selectorOf(field) !== undefined,
  };
}

/** A message as JSON; undefined when it is no object or list. */
function documentOf(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function selectorOf(field: string): Selector | undefined {
  try {
    const scanner = new Scanner(field);
    if (!scanner.take('$')) return undefined;
    const selector = takeSelector(scanner);
    return scanner.ended ? selector : undefined;
  } catch {
    return undefined;
  }
}

class Reader {
  readonly selectors: Selector[] = [];
  regexes = 0;
  readonly #scanner: Scanner;
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  whole(): Test {
    const test = this.#any();
    if (!this.#scanner.ended) throw new PatternError(invalidPattern);
    return test;
  }

  #any(): Test {
    const tests = [this.#all()];
    while (this.#scanner.take('||')) tests.push(this.#all());
    return tests.length === 1 ? (tests[0] as Test) : (document) => tests.some((test) => test(document));
  }

  #all(): Test {
    const tests = [this.#one()];
    while (this.#scanner.take('&&')) tests.push(this.#one());
    return tests.length === 1 ? (tests[0] as Test) : (document) => tests.every((test) => test(document));
  }

  #one(): Test {
    const scanner = this.#scanner;
    scanner.space();
    let test: Test;
    if (scanner.take('(')) {
      this.#depth += 1;
      if (this.#depth > maxDepth) throw new PatternError(invalidPattern);
      test = this.#any();
      if (!scanner.take(')')) throw new PatternError(invalidPattern);
      this.#depth -= 1;
    } else test = this.#condition();
    scanner.space();
    return test;
  }

  #condition(): Test {
    const scanner = this.#scanner;
    if (!scanner.take('$')) throw new PatternError(invalidPattern);
    const selector = takeSelector(scanner);
    this.selectors.push(selector);
    scanner.space();
    const operator = takeOperator(scanner);
    if (operator !== undefined) {
      const comparison = takeComparison(scanner, operator, valueEnd);
      this.regexes += comparison.regexes;
      return compares(selector, comparison);
    }
    if (scanner.word('NOT')) {
      scanner.space();
      if (!scanner.word('EXISTS')) throw new PatternError(invalidPattern);
      return (document) => select(document, selector).length === 0;
    }
    if (scanner.word('EXISTS')) return (document) => select(document, selector).length > 0;
    if (!scanner.word('IS')) throw new PatternError(invalidPattern);
    scanner.space();
    const wanted = [null, true, false].find((value) => scanner.word(String(value).toUpperCase()));
    if (wanted === undefined) throw new PatternError(invalidPattern);
    return (document) => select(document, selector).includes(wanted);
  }
}

/** True when one of the values that the selector leads to compares so. Lists and objects don't compare. */
function compares(selector: Selector, { holds }: Comparison): Test {
  return (document) =>
    select(document, selector).some((value) => (typeof value !== 'object' || value === null) && holds(value as Scalar));
}
