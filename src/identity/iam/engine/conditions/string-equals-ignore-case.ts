import { templateOf, textOf } from '../matching/template.ts';
import type { Operator } from './operator.ts';

/** Exact but for case. */
export const stringEqualsIgnoreCase: Operator = {
  name: 'StringEqualsIgnoreCase',
  negated: false,
  compile: (value, { variables }) => {
    const template = templateOf(value, { wildcards: false, variables });
    return (actual, resolve) => actual.toLowerCase() === textOf(template, resolve)?.toLowerCase();
  },
};
