/**
 * Event patterns are read by a parser of their own: what is wrong is told with its place and in the words that AWS uses (recordings),
 * and names that occur twice are seen.
 */

/** A JSON value and where it stands: offsets of its first character and behind its last one (of lists and objects: behind the bracket). */
export type JsonNode = { readonly start: number; readonly at: number } & (
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [name: string, value: JsonNode])[] }
);

export type Scalar = string | number | boolean | null;

/** Why a pattern is refused, and the offset that the refusal names. */
export class PatternError extends Error {
  readonly at: number;
  constructor(reason: string, at: number) {
    super(reason);
    this.name = 'PatternError';
    this.at = at;
  }
}

/** @throws PatternError */
export function parsePatternJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value();
  reader.end();
  return node;
}

/** Deeper values are refused: they are read, compiled and compared by recursion. */
const maxDepth = 500;
const expectedTokens = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const literals: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null };

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
    if (char === '"') return { kind: 'scalar', start, value: this.#string(), at: this.#at };
    if (char === undefined) throw new PatternError('Unexpected end-of-input', start);
    const number = matchAt(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, this.#text, start);
    if (number !== undefined) {
      this.#at += number.length;
      return { kind: 'scalar', start, value: Number(number), at: this.#at };
    }
    const word = matchAt(/[\p{L}\p{N}_$]+/uy, this.#text, start);
    if (word === undefined) throw this.#unexpected('expected a valid value');
    this.#at += word.length;
    const value = Object.hasOwn(literals, word) ? literals[word] : undefined;
    if (value === undefined) throw new PatternError(`Unrecognized token '${word}': ${expectedTokens}`, this.#at);
    return { kind: 'scalar', start, value, at: this.#at };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('expected the end of the pattern');
  }

  #object(start: number): JsonNode {
    const at = this.#enter();
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
    return { kind: 'object', start, at, entries };
  }

  #list(start: number): JsonNode {
    const at = this.#enter();
    const items: JsonNode[] = [];
    if (!this.#closes(']')) {
      do items.push(this.value());
      while (this.#continues(']', 'Array'));
    }
    this.#depth -= 1;
    return { kind: 'list', start, at, items };
  }

  #enter(): number {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new PatternError(`Document nesting depth exceeds ${maxDepth}`, this.#at);
    return this.#at;
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
          throw new PatternError('Unrecognized character escape or control character in a string', this.#at);
        }
      }
    }
    throw new PatternError(
      'Unexpected end-of-input: was expecting closing quote for a string value',
      this.#text.length,
    );
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #unexpected(expected: string): PatternError {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return new PatternError('Unexpected end-of-input', this.#at);
    const char = String.fromCodePoint(code);
    // The reader names the column of the character here, and the one behind for words.
    return new PatternError(`Unexpected character ('${char}' (code ${code})): ${expected}`, this.#at);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === undefined || found === '' ? undefined : found;
}

/** How much of a pattern is repeated in a refusal. */
const maxSource = 500;

/** The refusal as AWS words it: `Event pattern is not valid. Reason: … at [Source: (String)"…"; line: 1, column: 5]`. */
export function refusalText({ message, at }: PatternError, text: string): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  const source =
    text.length > maxSource ? `"${text.slice(0, maxSource)}"[truncated ${text.length - maxSource} chars]` : `"${text}"`;
  return `Event pattern is not valid. Reason: ${message}\n at [Source: (String)${source}; line: ${line}, column: ${column}]`;
}
