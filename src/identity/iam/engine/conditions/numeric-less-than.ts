import { numberComparison } from './number-comparison.ts';

/** Less. */
export const numericLessThan = numberComparison('NumericLessThan', (actual, expected) => actual < expected);
