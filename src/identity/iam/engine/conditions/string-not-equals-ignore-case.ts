import { negationOf } from './operator.ts';
import { stringEqualsIgnoreCase } from './string-equals-ignore-case.ts';

/** Holds when `StringEqualsIgnoreCase` does not. */
export const stringNotEqualsIgnoreCase = negationOf(stringEqualsIgnoreCase, 'StringNotEqualsIgnoreCase');
