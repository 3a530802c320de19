/**
 * Wildcard patterns of the policy language: `*` is any run of characters, `?` exactly one.
 *
 * A pattern is cut at its stars. The first and the last piece are anchored, each piece between is looked for leftmost: with
 * only `*` between the pieces, the leftmost place is always a right one, so there is no backtracking and the time is linear in
 * the text. Pieces with `?` are found bit-parallel (Baeza-Yates and Gonnet, "A new approach to text searching", 1992), 32
 * pattern characters a step. A regular expression would be neither bounded nor free to build.
 */

/** A piece between stars: `holes` marks the places of `?`. */
type Piece = { readonly text: string; readonly holes: readonly boolean[] | undefined };

export type Glob = {
  /** Pieces in order; one piece means that there is no star. */
  readonly pieces: readonly Piece[];
  readonly minimum: number;
};

/** `any` and `one` are the wildcards; a string stands for itself, whatever it contains. */
export type GlobToken = string | typeof ANY | typeof ONE;
export const ANY = Symbol('*');
export const ONE = Symbol('?');

/** Cuts pattern text into tokens: `*` and `?` are wildcards. */
export function tokensOf(pattern: string): readonly GlobToken[] {
  const tokens: GlobToken[] = [];
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char !== '*' && char !== '?') continue;
    if (at > from) tokens.push(pattern.slice(from, at));
    tokens.push(char === '*' ? ANY : ONE);
    from = at + 1;
  }
  if (from < pattern.length) tokens.push(pattern.slice(from));
  return tokens;
}

/** @example matchesGlob(globOf(tokensOf('home/*')), 'home/ann') // true */
export function globOf(tokens: readonly GlobToken[]): Glob {
  const pieces: Piece[] = [];
  let text = '';
  let holes: boolean[] | undefined;
  let minimum = 0;
  const close = () => {
    if (holes !== undefined) while (holes.length < text.length) holes.push(false);
    pieces.push({ text, holes });
    minimum += text.length;
    text = '';
    holes = undefined;
  };
  for (const token of tokens) {
    if (token === ANY) close();
    else if (token === ONE) {
      holes ??= [];
      while (holes.length < text.length) holes.push(false);
      holes.push(true);
      text += '?';
    } else text += token;
  }
  close();
  return { pieces, minimum };
}

/** True for patterns made of stars only. */
export function isEverything(glob: Glob): boolean {
  return glob.pieces.length > 1 && glob.minimum === 0;
}

/** Case-sensitive; for case-insensitive use, lower both sides first. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const { pieces } = glob;
  if (text.length < glob.minimum) return false;
  const first = pieces[0] as Piece; // INVARIANT: globOf makes at least one piece
  if (pieces.length === 1) return text.length === glob.minimum && standsAt(first, text, 0);
  const last = pieces[pieces.length - 1] as Piece;
  const end = text.length - last.text.length;
  if (!standsAt(first, text, 0) || !standsAt(last, text, end)) return false;
  let at = first.text.length;
  for (let index = 1; index < pieces.length - 1; index++) {
    const piece = pieces[index] as Piece;
    const found = find(piece, text, at);
    if (found === -1) return false;
    at = found + piece.text.length;
    if (at > end) return false;
  }
  return true;
}

function standsAt(piece: Piece, text: string, at: number): boolean {
  const { holes } = piece;
  if (holes === undefined) return text.startsWith(piece.text, at);
  for (let index = 0; index < holes.length; index++) {
    if (!holes[index] && piece.text.charCodeAt(index) !== text.charCodeAt(at + index)) return false;
  }
  return true;
}

function find(piece: Piece, text: string, from: number): number {
  if (piece.holes === undefined) return text.indexOf(piece.text, from);
  return findWithHoles(piece.text, piece.holes, text, from);
}

/** Shift-And: bit i of `state` says that the first i+1 characters of the piece end here. */
function findWithHoles(pattern: string, holes: readonly boolean[], text: string, from: number): number {
  const words = (pattern.length + 31) >>> 5;
  const open = new Uint32Array(words);
  const masks = new Map<number, Uint32Array>();
  for (let index = 0; index < pattern.length; index++) {
    const bit = 1 << (index & 31);
    if (holes[index]) open[index >>> 5] = (open[index >>> 5] ?? 0) | bit;
    else {
      const code = pattern.charCodeAt(index);
      const mask = masks.get(code) ?? new Uint32Array(words);
      mask[index >>> 5] = (mask[index >>> 5] ?? 0) | bit;
      masks.set(code, mask);
    }
  }
  const state = new Uint32Array(words);
  const goal = pattern.length - 1;
  for (let at = from; at < text.length; at++) {
    const mask = masks.get(text.charCodeAt(at));
    let carry = 1;
    for (let word = 0; word < words; word++) {
      const before = state[word] ?? 0;
      state[word] = ((before << 1) | carry) & ((open[word] ?? 0) | (mask?.[word] ?? 0));
      carry = before >>> 31;
    }
    if (((state[goal >>> 5] ?? 0) >>> (goal & 31)) & 1) return at - goal;
  }
  return -1;
}
