import { dateComparison } from './date-comparison.ts';

/** At or before. */
export const dateLessThanEquals = dateComparison('DateLessThanEquals', (actual, expected) => actual <= expected);
