import { decimalOf } from './decimal.ts';
import type { Operator } from './operator.ts';

/** Compares integers and decimals. A request value that is no number matches nothing. Variables are not supported. */
export function numberComparison(name: string, compare: (actual: number, expected: number) => boolean): Operator {
  return {
    name,
    negated: false,
    compile: (value) => {
      const expected = decimalOf(value);
      if (expected === undefined) return undefined;
      return (text) => {
        const actual = decimalOf(text);
        return actual !== undefined && compare(actual, expected);
      };
    },
  };
}
