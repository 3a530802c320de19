import { dateComparison } from './date-comparison.ts';

/** After. */
export const dateGreaterThan = dateComparison('DateGreaterThan', (actual, expected) => actual > expected);
