import { PatternError } from './pattern-json.ts';

/** `*` stands for any text; `\*` and `\\` for themselves. Pieces between the stars, searched one after another: linear in the text. */
export type Wildcard = (text: string) => boolean;

/** Equal pieces behind stars that AWS takes; more would make its automaton too large. */
const maxEqualPieces = 3;

/** @throws PatternError with AWS's reasons */
export function compileWildcard(pattern: string, at: number): Wildcard {
  const pieces = piecesOf(pattern, at);
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const counts = new Map<string, number>();
  for (const piece of rest) {
    const count = (counts.get(piece) ?? 0) + 1;
    counts.set(piece, count);
    if (count > maxEqualPieces) {
      throw new PatternError(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
        at,
      );
    }
  }
  const finders = rest.map(finderOf);
  return (text) => {
    if (!text.startsWith(first)) return false;
    let from = first.length;
    const end = text.length - last.length;
    for (const find of finders) {
      from = find(text, from);
      if (from === -1 || from > end) return false;
    }
    return from <= end && text.endsWith(last);
  };
}

function piecesOf(pattern: string, at: number): readonly string[] {
  const pieces = [''];
  for (let i = 0; i < pattern.length; i += 1) {
    let char = pattern[i] ?? '';
    if (char === '*') {
      if (pattern[i + 1] === '*') throw new PatternError(`Consecutive wildcard characters at pos ${i + 1}`, at);
      pieces.push('');
      continue;
    }
    if (char === '\\') {
      i += 1;
      char = pattern[i] ?? '';
      if (char !== '*' && char !== '\\') throw new PatternError(`Invalid escape character at pos ${i - 1}`, at);
    }
    pieces.push((pieces.pop() ?? '') + char);
  }
  return pieces;
}

type Finder = (text: string, from: number) => number;

/** Pieces as short as this are searched with `indexOf`, whose worst case is then small. */
const shortPiece = 8;

/** Finds a piece, and answers where it ends; -1 when it is not there. */
function finderOf(piece: string): Finder {
  const { length } = piece;
  if (length <= shortPiece) {
    return (text, from) => {
      const found = text.indexOf(piece, from);
      return found === -1 ? -1 : found + length;
    };
  }
  const borders = bordersOf(piece);
  return (text, from) => {
    let matched = 0;
    for (let i = from; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      while (matched > 0 && piece.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
      if (piece.charCodeAt(matched) === code) matched += 1;
      if (matched === length) return i + 1;
    }
    return -1;
  };
}

/** Knuth, Morris and Pratt: for each prefix the length of its longest proper prefix that is a suffix as well. */
function bordersOf(piece: string): readonly number[] {
  const borders = [0];
  let border = 0;
  for (let i = 1; i < piece.length; i += 1) {
    while (border > 0 && piece[i] !== piece[border]) border = borders[border - 1] ?? 0;
    if (piece[i] === piece[border]) border += 1;
    borders.push(border);
  }
  return borders;
}
