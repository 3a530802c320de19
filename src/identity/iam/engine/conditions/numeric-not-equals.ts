import { numericEquals } from './numeric-equals.ts';
import { negationOf } from './operator.ts';

/** Holds when `NumericEquals` does not. */
export const numericNotEquals = negationOf(numericEquals, 'NumericNotEquals');
