import { numberComparison } from './number-comparison.ts';

/** Greater. */
export const numericGreaterThan = numberComparison('NumericGreaterThan', (actual, expected) => actual > expected);
