import { dateEquals } from './date-equals.ts';
import { negationOf } from './operator.ts';

/** Holds when `DateEquals` does not. */
export const dateNotEquals = negationOf(dateEquals, 'DateNotEquals');
