import { numberComparison } from './number-comparison.ts';

/** Equal. */
export const numericEquals = numberComparison('NumericEquals', (actual, expected) => actual === expected);
