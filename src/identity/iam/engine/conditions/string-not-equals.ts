import { negationOf } from './operator.ts';
import { stringEquals } from './string-equals.ts';

/** Holds when `StringEquals` does not. */
export const stringNotEquals = negationOf(stringEquals, 'StringNotEquals');
