import { dateComparison } from './date-comparison.ts';

/** Before. */
export const dateLessThan = dateComparison('DateLessThan', (actual, expected) => actual < expected);
