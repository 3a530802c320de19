import { arnPartsOf, arnTokensOf } from '../matching/arn.ts';
import { ANY } from '../matching/glob.ts';
import { templateOf, tokenMatcher } from '../matching/template.ts';
import type { Operator } from './operator.ts';

/**
 * ARNs, part by part, case-sensitive: a wildcard stays within its part. `ArnEquals` and `ArnLike` are the same operator with two
 * names, wildcards included. `*` alone is any ARN.
 */
export const arnLike: Operator = {
  name: 'ArnLike',
  negated: false,
  compile: (value, { variables }) => {
    const { tokens } = templateOf(value, { wildcards: true, variables });
    if (tokens.length === 1 && tokens[0] === ANY) return (actual) => arnPartsOf(actual) !== undefined;
    const patterns = arnTokensOf(tokens);
    if (patterns.length === 1 && tokens.length === 1 && typeof tokens[0] === 'object') return wholeVariable(value);
    if (patterns.length !== 6) return undefined;
    const matchers = patterns.map(tokenMatcher);
    return (actual, resolve) => {
      const parts = arnPartsOf(actual);
      return parts !== undefined && matchers.every((matches, index) => matches(parts[index] ?? '', resolve));
    };
  },
};

/** `${aws:PrincipalArn}`: the variable is the whole ARN. */
function wholeVariable(value: string) {
  return tokenMatcher(templateOf(value, { wildcards: true, variables: true }).tokens);
}
