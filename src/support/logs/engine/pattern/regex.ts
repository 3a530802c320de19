import { RE2JS } from 're2js';
import { PatternError } from './scanner.ts';

/** An expression between percent signs. */
export type Regex = {
  readonly matches: (text: string) => boolean;
  /** A text that is in everything that matches; '' when none is known. */
  readonly needle: string;
};

/** What AWS takes: letters, digits, some symbols, operators without groups (user guide, "supported regular expressions syntax"). */
const allowed = /^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+. "'<>&~`]*$/;

/** Compiled program instructions an expression may have: `[a-z]{1000}{10}` would take all memory. */
const maxSource = 1_024;
const repetition = /\{(\d+)(?:,(\d*))?\}/g;
const maxRepetition = 255;

/**
 * Compiles an expression for a search in linear time.
 *
 * @throws PatternError
 */
export function regex(source: string): Regex {
  if (source === '' || source.length > maxSource || !allowed.test(source)) throw invalid(source);
  let product = 1;
  for (const [, low = '', high = ''] of source.matchAll(repetition)) {
    product *= Math.max(Number(low), Number(high), 1);
    if (product > maxRepetition) throw invalid(source);
  }
  const needle = literalIn(source);
  if (needle === source) return { matches: (text) => text.includes(source), needle };
  try {
    const compiled = RE2JS.compile(source);
    return { matches: (text) => compiled.matcher(text).find(), needle };
  } catch {
    throw invalid(source);
  }
}

function invalid(source: string): PatternError {
  return new PatternError(`Invalid character(s) in term '%${source}%'`);
}

/** The longest run of plain characters that must occur. */
function literalIn(source: string): string {
  if (source.includes('|')) return '';
  let best = '';
  let run = '';
  const close = () => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    const next = source.charAt(at + 1);
    if (char === '[') {
      close();
      const end = source.indexOf(']', at + 2);
      if (end === -1) return '';
      at = end;
    } else if (char === '{') {
      close();
      const end = source.indexOf('}', at);
      if (end === -1) return '';
      at = end;
    } else if (/[\\^$?*+.\]}]/.test(char)) {
      close();
      if (char === '\\') {
        // An escape may be more than one character long: what follows it is no literal for certain.
        const escaped = /^\\[^A-Za-z0-9]/.test(source.slice(at));
        if (!escaped) return best;
        at += 1;
      }
    } else if (/[?*{]/.test(next)) close();
    else run += char;
  }
  close();
  return best;
}
