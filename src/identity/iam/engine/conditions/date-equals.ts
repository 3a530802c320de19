import { dateComparison } from './date-comparison.ts';

/** The same instant. */
export const dateEquals = dateComparison('DateEquals', (actual, expected) => actual === expected);
