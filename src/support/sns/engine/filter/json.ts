/**
 * Filter policies are read by a parser of their own: what is wrong is told with its place and in the words that AWS uses (recordings).
 */

/**
 * A JSON value and where it stands: offsets of its first character, behind its last one, and `told`: how far AWS's reader was when it saw
 * the value. Strings it sees at their first quote, lists and objects at their bracket, others when they end.
 */
export type JsonNode = { readonly start: number; readonly end: number; readonly told: number } & (
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [name: string, value: JsonNode])[] }
);

export type Scalar = string | number | boolean | null;

/** Why a filter policy is refused. `at` is the offset that the refusal names, where it names one. */
export class FilterError extends Error {
  readonly at: number | undefined;
  /** The text is no JSON. */
  readonly syntax: boolean;
  constructor(reason: string, at?: number, syntax = false) {
    super(reason);
    this.name = 'FilterError';
    this.at = at;
    this.syntax = syntax;
  }
}

/** @throws FilterError */
export function parseFilterJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value();
  reader.end();
  return node;
}

/** Deeper values are refused: they are read, compiled and compared by recursion. */
const maxDepth = 200;
const expectedTokens = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const literals: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonNode {
    this.#space();
    const start = this.#at;
    const char = this.#text[start];
    if (char === '{') return this.#object(start);
    if (char === '[') return this.#list(start);
    if (char === '"') return { kind: 'scalar', start, value: this.#string(), end: this.#at, told: start + 1 };
    if (char === undefined) throw wrong('Unexpected end-of-input', start);
    const number = matchAt(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, this.#text, start);
    if (number !== undefined) {
      this.#at += number.length;
      return { kind: 'scalar', start, value: Number(number), end: this.#at, told: this.#at };
    }
    const word = matchAt(/[\p{L}\p{N}_$]+/uy, this.#text, start);
    if (word === undefined) throw this.#unexpected('expected a valid value');
    this.#at += word.length;
    const value = literals.get(word);
    if (value === undefined) throw wrong(`Unrecognized token '${word}': ${expectedTokens}`, this.#at);
    return { kind: 'scalar', start, value, end: this.#at, told: this.#at };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('expected the end of the policy');
  }

  #object(start: number): JsonNode {
    this.#enter();
    const entries: (readonly [string, JsonNode])[] = [];
    if (!this.#closes('}')) {
      do {
        this.#space();
        if (this.#text[this.#at] !== '"') throw this.#unexpected('was expecting double-quote to start field name');
        const name = this.#string();
        this.#space();
        if (this.#text[this.#at] !== ':') {
          throw this.#unexpected('was expecting a colon to separate field name and value');
        }
        this.#at += 1;
        entries.push([name, this.value()]);
      } while (this.#continues('}', 'Object'));
    }
    this.#depth -= 1;
    return { kind: 'object', start, end: this.#at, told: start + 1, entries };
  }

  #list(start: number): JsonNode {
    this.#enter();
    const items: JsonNode[] = [];
    if (!this.#closes(']')) {
      do items.push(this.value());
      while (this.#continues(']', 'Array'));
    }
    this.#depth -= 1;
    return { kind: 'list', start, end: this.#at, told: start + 1, items };
  }

  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > maxDepth) throw wrong(`Document nesting depth exceeds ${maxDepth}`, this.#at);
  }

  #closes(bracket: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at += 1;
    return true;
  }

  #continues(bracket: string, what: string): boolean {
    if (this.#closes(bracket)) return false;
    if (this.#text[this.#at] !== ',') throw this.#unexpected(`was expecting comma to separate ${what} entries`);
    this.#at += 1;
    return true;
  }

  #string(): string {
    const start = this.#at;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const char = this.#text[at];
      if (char === '\\') at += 1;
      else if (char === '"') {
        this.#at = at + 1;
        try {
          return JSON.parse(this.#text.slice(start, this.#at)) as string;
        } catch {
          throw wrong('Unrecognized character escape or control character in a string', this.#at);
        }
      }
    }
    throw wrong('Unexpected end-of-input: was expecting closing quote for a string value', this.#text.length);
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #unexpected(expected: string): FilterError {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return wrong('Unexpected end-of-input', this.#at);
    return wrong(`Unexpected character ('${String.fromCodePoint(code)}' (code ${code})): ${expected}`, this.#at);
  }
}

function wrong(reason: string, at: number): FilterError {
  return new FilterError(reason, at, true);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === undefined || found === '' ? undefined : found;
}

/** How much of a policy is repeated in a refusal. */
const maxSource = 500;
const redacted = 'REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)';

/** The reason as AWS words it, with the place: `… at [Source: (String)"…"; line: 1, column: 5]`. */
export function reasonText({ message, at, syntax }: FilterError, text: string): string {
  if (at === undefined) return message;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  const shown =
    text.length > maxSource ? `"${text.slice(0, maxSource)}"[truncated ${text.length - maxSource} chars]` : `"${text}"`;
  const source = syntax ? redacted : `(String)${shown}`;
  return `${syntax ? 'failed to parse JSON. ' : ''}${message}\n at [Source: ${source}; line: ${line}, column: ${column}]`;
}
