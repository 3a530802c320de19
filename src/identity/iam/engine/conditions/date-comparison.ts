import { instantOf } from './instant.ts';
import type { Operator } from './operator.ts';

/** Compares points in time. A request value that is no date matches nothing. Variables are not supported. */
export function dateComparison(name: string, compare: (actual: number, expected: number) => boolean): Operator {
  return {
    name,
    negated: false,
    compile: (value) => {
      const expected = instantOf(value);
      if (expected === undefined) return undefined;
      return (text) => {
        const actual = instantOf(text);
        return actual !== undefined && compare(actual, expected);
      };
    },
  };
}
