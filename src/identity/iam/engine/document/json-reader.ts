/**
 * A JSON reader that keeps what `JSON.parse` throws away: where each value stands, and that a key came twice.
 *
 * IAM refuses a document with a repeated key, and the simulator answers with the place of each matching statement; both need
 * more than `JSON.parse` gives. Hostile text ends in an error value, never in an exception: nesting is limited and every step
 * consumes input.
 */

export type JsonObject = { readonly type: 'object'; readonly members: ReadonlyMap<string, JsonNode> } & Span;
export type JsonArray = { readonly type: 'array'; readonly items: readonly JsonNode[] } & Span;
/** Numbers and booleans keep their source text: condition values are compared as text. */
export type JsonScalar = { readonly type: 'string' | 'number' | 'boolean' | 'null'; readonly text: string } & Span;
export type JsonNode = JsonObject | JsonArray | JsonScalar;
/** Offsets into the text; `end` is exclusive. */
type Span = { readonly start: number; readonly end: number };

/** A policy needs 6 levels; the limit only keeps hostile nesting off the stack. */
const MAX_DEPTH = 64;

class Malformed extends Error {}

/**
 * Reads one JSON text.
 * @returns the root value, or undefined when the text is not JSON, nests too deep, or repeats a key in one object.
 * @example readJson('{"a": 1}') // { type: 'object', members: Map { 'a' => … }, start: 0, end: 8 }
 */
export function readJson(text: string): JsonNode | undefined {
  const cursor = { text, at: 0 };
  try {
    skipSpace(cursor);
    const node = readValue(cursor, 0);
    skipSpace(cursor);
    return cursor.at === text.length ? node : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

type Cursor = { readonly text: string; at: number };

function readValue(cursor: Cursor, depth: number): JsonNode {
  if (depth > MAX_DEPTH) throw new Malformed();
  const start = cursor.at;
  switch (cursor.text[start]) {
    case '{':
      return readObject(cursor, depth);
    case '[':
      return readArray(cursor, depth);
    case '"':
      return { type: 'string', text: readString(cursor), start, end: cursor.at };
    case 't':
      return readWord(cursor, 'true', 'boolean');
    case 'f':
      return readWord(cursor, 'false', 'boolean');
    case 'n':
      return readWord(cursor, 'null', 'null');
    default:
      return readNumber(cursor);
  }
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const start = cursor.at++;
  const members = new Map<string, JsonNode>();
  skipSpace(cursor);
  if (!accept(cursor, '}')) {
    do {
      skipSpace(cursor);
      const name = readString(cursor);
      skipSpace(cursor);
      if (!accept(cursor, ':') || members.has(name)) throw new Malformed();
      skipSpace(cursor);
      members.set(name, readValue(cursor, depth + 1));
      skipSpace(cursor);
    } while (accept(cursor, ','));
    if (!accept(cursor, '}')) throw new Malformed();
  }
  return { type: 'object', members, start, end: cursor.at };
}

function readArray(cursor: Cursor, depth: number): JsonArray {
  const start = cursor.at++;
  const items: JsonNode[] = [];
  skipSpace(cursor);
  if (!accept(cursor, ']')) {
    do {
      skipSpace(cursor);
      items.push(readValue(cursor, depth + 1));
      skipSpace(cursor);
    } while (accept(cursor, ','));
    if (!accept(cursor, ']')) throw new Malformed();
  }
  return { type: 'array', items, start, end: cursor.at };
}

/** Finds the closing quote, then lets `JSON.parse` undo the escapes of that one literal. */
function readString(cursor: Cursor): string {
  const start = cursor.at;
  if (cursor.text[start] !== '"') throw new Malformed();
  let at = start + 1;
  let plain = true;
  for (; at < cursor.text.length; at++) {
    const code = cursor.text.charCodeAt(at);
    if (code === 0x22) break;
    if (code < 0x20) throw new Malformed();
    if (code === 0x5c) {
      plain = false;
      at++;
    }
  }
  if (at >= cursor.text.length) throw new Malformed();
  cursor.at = at + 1;
  if (plain) return cursor.text.slice(start + 1, at);
  try {
    return JSON.parse(cursor.text.slice(start, cursor.at)) as string;
  } catch {
    throw new Malformed();
  }
}

function readWord(cursor: Cursor, word: string, type: 'boolean' | 'null'): JsonScalar {
  const start = cursor.at;
  if (!cursor.text.startsWith(word, start)) throw new Malformed();
  cursor.at += word.length;
  return { type, text: word, start, end: cursor.at };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(cursor: Cursor): JsonScalar {
  const start = cursor.at;
  NUMBER.lastIndex = start;
  const text = NUMBER.exec(cursor.text)?.[0];
  if (text === undefined) throw new Malformed();
  cursor.at += text.length;
  return { type: 'number', text, start, end: cursor.at };
}

function accept(cursor: Cursor, char: string): boolean {
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    cursor.at++;
  }
}
