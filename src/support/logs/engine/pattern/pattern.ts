import { delimitedPattern } from './delimited-pattern.ts';
import { jsonPattern } from './json-pattern.ts';
import { PatternError } from './scanner.ts';
import { termsPattern } from './terms-pattern.ts';

/** A filter pattern, compiled: one for many messages. */
export type Pattern = {
  readonly kind: 'everything' | 'terms' | 'json' | 'delimited';
  readonly matches: (message: string) => boolean;
  /** A text that is in every message that matches; '' when none is known. A quick search for it spares most messages a look. */
  readonly needle: string;
  /** Expressions in it: AWS counts them. */
  readonly regexes: number;
  /** What the pattern's fields are in a message that matches, by name: `$.a.b`, `$status`. */
  readonly extract: (message: string) => Readonly<Record<string, string>>;
  /** A field's value, for metric values and dimensions. */
  readonly value: (message: string, field: string) => string | undefined;
  /** Whether `field` may be asked for: any selector of JSON, names of the pattern. */
  readonly names: (field: string) => boolean;
};

/** Expressions between percent signs in one pattern of fields (user guide, quotas). */
const maxRegexes = 2;

/** Reads a filter pattern. @returns the pattern, or why AWS would refuse it */
export function compilePattern(text: string): { readonly pattern: Pattern } | { readonly refused: string } {
  try {
    const pattern = read(text);
    if (pattern.kind !== 'terms' && pattern.regexes > maxRegexes)
      return { refused: `a pattern has at most ${maxRegexes} regular expressions` };
    return { pattern };
  } catch (error) {
    if (error instanceof PatternError) return { refused: error.message };
    throw error;
  }
}

function read(text: string): Pattern {
  const start = text.trimStart();
  if (start.startsWith('{')) return jsonPattern(start);
  if (start.startsWith('[')) return delimitedPattern(start);
  return termsPattern(text);
}
