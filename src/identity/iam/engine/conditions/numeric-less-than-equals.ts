import { numberComparison } from './number-comparison.ts';

/** At most. */
export const numericLessThanEquals = numberComparison(
  'NumericLessThanEquals',
  (actual, expected) => actual <= expected,
);
