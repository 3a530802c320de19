import type { PatternList } from '../document/policy.ts';
import type { Inquiry } from '../inquiry.ts';
import { arnTokensOf } from './arn.ts';
import { ANY } from './glob.ts';
import { type TemplateToken, templateOf, tokenMatcher } from './template.ts';

/**
 * `Resource` or `NotResource`, ready. ARNs are compared part by part, case-sensitive; a wildcard stays within its part, and the
 * last part is everything after the fifth colon. Variables work in the last part only.
 *
 * An incomplete ARN (`arn:aws:sqs`) is completed with `*` (IAM user guide, policy grammar). A request without a resource
 * (`*`) is covered by `*` alone.
 */
export type ResourceMatcher = (inquiry: Inquiry) => boolean;

const always: ResourceMatcher = () => true;

/** @param variables false for documents of 2008-10-17 */
export function resourceMatcherOf(list: PatternList, variables: boolean): ResourceMatcher {
  const matchers = list.patterns.map((pattern) => patternMatcher(pattern, variables));
  const { negated } = list;
  if (matchers.includes(always)) return negated ? () => false : always;
  const [only] = matchers;
  if (matchers.length === 1 && only !== undefined && !negated) return only;
  return (inquiry) => {
    for (const matches of matchers) if (matches(inquiry)) return !negated;
    return negated;
  };
}

function patternMatcher(pattern: string, variables: boolean): ResourceMatcher {
  const { tokens } = templateOf(pattern, { wildcards: true, variables });
  if (tokens.length > 0 && tokens.every((token) => token === ANY)) return always;
  const parts = [...arnTokensOf(tokens)];
  if (parts.length < 2) return plainMatcher(pattern, tokens);
  if (parts.slice(0, 5).some((part) => part.some((token) => typeof token === 'object'))) return () => false;
  while (parts.length < 6) parts.push([ANY]);
  const matchers = parts.map(partMatcher);
  return (inquiry) => {
    const actual = inquiry.resourceParts;
    if (actual === undefined) return false;
    for (let index = 0; index < 6; index++) {
      const matches = matchers[index];
      if (matches !== undefined && !matches(actual[index] as string, inquiry)) return false;
    }
    return true;
  };
}

type PartMatcher = (text: string, inquiry: Inquiry) => boolean;

/** Undefined for `*`. */
function partMatcher(tokens: readonly TemplateToken[]): PartMatcher | undefined {
  if (tokens.length === 1 && tokens[0] === ANY) return undefined;
  if (tokens.length === 0) return (text) => text === '';
  if (tokens.every((token) => typeof token === 'string')) {
    const literal = tokens.join('');
    return (text) => text === literal;
  }
  const matches = tokenMatcher(tokens);
  return (text, inquiry) => matches(text, inquiry.resolve);
}

/** Not an ARN: some services name resources otherwise. Compared as a whole. */
function plainMatcher(pattern: string, tokens: readonly TemplateToken[]): ResourceMatcher {
  const matches = tokenMatcher(tokens);
  return (inquiry) =>
    inquiry.resource === pattern || (inquiry.resource !== '*' && matches(inquiry.resource, inquiry.resolve));
}
