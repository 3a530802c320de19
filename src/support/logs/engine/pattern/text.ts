/** Beyond this many comparisons the quick search could take a while on hostile input: a needle that almost matches everywhere. */
const quickLimit = 4_000_000;

/** Whether `text` contains `needle`, in time linear in both. */
export function contains(text: string, needle: string): boolean {
  return find(text, needle, 0) !== -1;
}

/** Index of `needle` in `text` from `from` on, or -1. */
export function find(text: string, needle: string, from: number): number {
  if (needle.length * text.length <= quickLimit) return text.indexOf(needle, from);
  return linearFind(text, needle, from);
}

/** Knuth, Morris and Pratt. */
function linearFind(text: string, needle: string, from: number): number {
  const borders = bordersOf(needle);
  let matched = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
    if (needle.charCodeAt(matched) === code) matched += 1;
    if (matched === needle.length) return at - matched + 1;
  }
  return -1;
}

function bordersOf(needle: string): Uint32Array {
  const borders = new Uint32Array(needle.length);
  let length = 0;
  for (let at = 1; at < needle.length; at += 1) {
    while (length > 0 && needle.charCodeAt(at) !== needle.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (needle.charCodeAt(at) === needle.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}

/**
 * A value with `*` for any characters, over a whole text.
 *
 * @example const matches = wildcard('4*'); matches('404') // true
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const first = parts.shift() ?? '';
  const last = parts.pop();
  if (last === undefined) return (text) => text === pattern;
  const inner = parts.filter((part) => part !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of inner) {
      const found = find(text, part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}
