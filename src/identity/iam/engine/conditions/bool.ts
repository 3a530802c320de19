import { templateOf, textOf } from '../matching/template.ts';
import type { Operator } from './operator.ts';

/** `true` or `false`, whatever their case; any other text matches nothing. */
export const bool: Operator = {
  name: 'Bool',
  negated: false,
  compile: (value, { variables }) => {
    const template = templateOf(value, { wildcards: false, variables });
    return (actual, resolve) => {
      const expected = textOf(template, resolve)?.toLowerCase();
      return (expected === 'true' || expected === 'false') && actual.toLowerCase() === expected;
    };
  },
};
