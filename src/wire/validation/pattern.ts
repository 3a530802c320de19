import { RE2JS } from 're2js';

export type Matcher = (text: string) => boolean;

const matchers = new Map<string, Matcher | undefined>();

/**
 * Whole-text matcher of a model's pattern, in linear time; compiled on first use. undefined when the pattern can't be expressed
 * without backtracking (the few are listed by `pattern.test.ts`): the operation itself has to check then.
 *
 * The patterns are Java's. Two ways: one character class repeated, and the like, runs on the built-in engine, where it provably
 * can't backtrack; all others run on re2js.
 *
 * @example matcherOf('[\\w+=,.@-]*')?.('ann')
 */
export function matcherOf(pattern: string): Matcher | undefined {
  if (matchers.has(pattern)) return matchers.get(pattern);
  const made = compile(pattern);
  matchers.set(pattern, made);
  return made;
}

/** Rewritten by hand: what must match as a whole, and what must occur nowhere. */
const rewritten: Readonly<Record<string, readonly [match: string, reject: string]>> = {
  '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$': ['[a-z0-9][a-z0-9-]{1,61}[a-z0-9]', '--'],
  '[0-9A-Za-z\\.\\-_]*(?<!\\.)': ['[0-9A-Za-z\\.\\-_]*', '\\.$'],
  '((?!^\\d+$)^[0-9a-zA-Z-_]+$)': ['[0-9a-zA-Z-_]+', '^\\d+$'],
  '(\\*\\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])': [
    '(\\*\\.)?([A-Za-z0-9-]{0,62}[A-Za-z0-9]\\.)+[A-Za-z0-9-]{1,62}[A-Za-z0-9]',
    '(^|\\.)-',
  ],
};

function compile(pattern: string): Matcher | undefined {
  const simple = simpleMatcher(pattern);
  if (simple !== undefined) return simple;
  const [match, reject] =
    (Object.hasOwn(rewritten, pattern) ? rewritten[pattern] : undefined) ?? splitLookahead(pattern);
  try {
    const whole = RE2JS.compile(re2Source(match));
    const never = reject === undefined ? undefined : RE2JS.compile(re2Source(reject));
    return (text) => whole.matches(text) && never?.matcher(text).find() !== true;
  } catch {
    return undefined;
  }
}

/** `^(?!A)B` → B must match, `^A` must not. */
function splitLookahead(pattern: string): readonly [match: string, reject: string | undefined] {
  const start = pattern.startsWith('^') ? 1 : 0;
  if (!pattern.startsWith('(?!', start)) return [pattern, undefined];
  const end = closing(pattern, start);
  if (end < 0) return [pattern, undefined];
  return [pattern.slice(end + 1), `^(?:${pattern.slice(start + 3, end)})`];
}

/** Index of the parenthesis that closes the one at `open`. */
function closing(pattern: string, open: number): number {
  let depth = 0;
  let inClass = false;
  for (let i = open; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i += 1;
    else if (inClass) inClass = c !== ']';
    else if (c === '[') inClass = true;
    else if (c === '(') depth += 1;
    else if (c === ')' && --depth === 0) return i;
  }
  return -1;
}

/** Java's `\uXXXX` (pairs make one character) → `\x{…}`; repeats over 1,000, which RE2 refuses, become unbounded (the length
 * constraint bounds them). */
function re2Source(pattern: string): string {
  return pattern
    .replace(/\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})/gi, (_, high: string, low: string) => {
      const code = 0x10000 + ((Number.parseInt(high, 16) - 0xd800) << 10) + Number.parseInt(low, 16) - 0xdc00;
      return `\\x{${code.toString(16)}}`;
    })
    .replace(/\\u([0-9A-Fa-f]{4})/g, '\\x{$1}')
    .replace(/\{(\d+),(\d{4,})\}/g, '{$1,}');
}

const atom = /\[\^?\]?(?:\\[^sSpP]|[^\]\\[&])*\]|\\[dw.\-/:+*?()[\]{}$^|]|[A-Za-z0-9_:/ =,@-]/y;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})/y;

/**
 * A sequence of characters and classes of which at most one repeats a variable number of times: for such a pattern, anchored on
 * both sides, the built-in engine tries each length of that one part at most once. Classes with `\s` or `\p`, and the dot, mean
 * other things in Java: not taken.
 */
function simpleMatcher(pattern: string): Matcher | undefined {
  const body = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let at = 0;
  let variable = 0;
  while (at < body.length) {
    atom.lastIndex = at;
    const a = atom.exec(body);
    if (a === null) return undefined;
    at = atom.lastIndex;
    quantifier.lastIndex = at;
    const q = quantifier.exec(body);
    if (q === null) continue;
    at = quantifier.lastIndex;
    if (!/^\{\d+\}$/.test(q[0])) variable += 1;
  }
  if (variable > 1) return undefined;
  try {
    const regexp = new RegExp(`^(?:${body})$`, 'u');
    return (text) => regexp.test(text);
  } catch {
    return undefined;
  }
}
