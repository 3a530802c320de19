import { templateOf, textOf } from '../matching/template.ts';
import type { Operator } from './operator.ts';

/** Exact, case-sensitive. `*` and `?` are ordinary characters. */
export const stringEquals: Operator = {
  name: 'StringEquals',
  negated: false,
  compile: (value, { variables }) => {
    const template = templateOf(value, { wildcards: false, variables });
    if (template.fixed) {
      const fixed = textOf(template, () => undefined);
      return (actual) => actual === fixed;
    }
    return (actual, resolve) => actual === textOf(template, resolve);
  },
};
