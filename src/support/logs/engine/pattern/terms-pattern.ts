import type { Pattern } from './pattern.ts';
import { regex } from './regex.ts';
import { PatternError, Scanner } from './scanner.ts';
import { contains } from './text.ts';

type Term = {
  readonly sign: '' | '?' | '-';
  readonly regex: boolean;
  readonly needle: string;
  readonly matches: (message: string) => boolean;
};

/** Signs that belong into quotes. */
const unquotable = /["'%()[\]{}:=!<>?*|\\^~`,;&]/;

/**
 * `ERROR "exact phrase" -exclude`, `?one ?other`, `%expression%` over any message (user guide, "filter pattern syntax", unstructured log
 * events). Terms without a sign must all occur; where there are none, one of the terms with `?` must; none with `-` may.
 *
 * @throws PatternError
 */
export function termsPattern(text: string): Pattern {
  const terms = takeTerms(text);
  const of = (sign: Term['sign']) => terms.filter((term) => term.sign === sign);
  const [wanted, options, refused] = [of(''), of('?'), of('-')];
  const choices = wanted.length === 0 ? options : [];
  const must = choices.length === 1 ? choices : wanted;
  const [needle = ''] = must.map((term) => term.needle).sort((a, b) => b.length - a.length);
  return {
    kind: terms.length === 0 ? 'everything' : 'terms',
    regexes: terms.filter(({ regex: is }) => is).length,
    needle,
    matches: (message) =>
      wanted.every((term) => term.matches(message)) &&
      (choices.length === 0 || choices.some((term) => term.matches(message))) &&
      !refused.some((term) => term.matches(message)),
    extract: () => ({}),
    value: () => undefined,
    names: () => false,
  };
}

function takeTerms(text: string): readonly Term[] {
  const scanner = new Scanner(text);
  const terms: Term[] = [];
  for (;;) {
    scanner.space();
    if (scanner.ended) return terms;
    const sign = scanner.take('?') ? '?' : scanner.take('-') ? '-' : '';
    if (scanner.take('%')) {
      const { matches, needle } = regex(scanner.regex());
      terms.push({ sign, regex: true, needle, matches });
    } else terms.push({ sign, regex: false, ...takeText(scanner, sign) });
  }
}

function takeText(scanner: Scanner, sign: string): Pick<Term, 'needle' | 'matches'> {
  let needle: string;
  if (scanner.take('"')) {
    needle = scanner.quoted('"');
    if (needle === '') throw new PatternError(`Invalid character(s) in term '""'`);
  } else {
    needle = scanner.until(/\s/);
    if (needle === '' || unquotable.test(needle))
      throw new PatternError(`Invalid character(s) in term '${needle || sign}'`);
  }
  return { needle, matches: (message) => contains(message, needle) };
}
