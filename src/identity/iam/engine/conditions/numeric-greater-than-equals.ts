import { numberComparison } from './number-comparison.ts';

/** At least. */
export const numericGreaterThanEquals = numberComparison(
  'NumericGreaterThanEquals',
  (actual, expected) => actual >= expected,
);
