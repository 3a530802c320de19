import { dateComparison } from './date-comparison.ts';

/** At or after. */
export const dateGreaterThanEquals = dateComparison('DateGreaterThanEquals', (actual, expected) => actual >= expected);
