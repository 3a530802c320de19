import { negationOf } from './operator.ts';
import { stringLike } from './string-like.ts';

/** Holds when `StringLike` does not. */
export const stringNotLike = negationOf(stringLike, 'StringNotLike');
