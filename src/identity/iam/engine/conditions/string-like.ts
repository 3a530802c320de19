import { templateOf, tokenMatcher } from '../matching/template.ts';
import type { Operator } from './operator.ts';

/** Case-sensitive with wildcards: `*` any run of characters, `?` exactly one. */
export const stringLike: Operator = {
  name: 'StringLike',
  negated: false,
  compile: (value, { variables }) => tokenMatcher(templateOf(value, { wildcards: true, variables }).tokens),
};
