import { arnLike } from './arn-like.ts';
import { negationOf } from './operator.ts';

/** Holds when `ArnLike` does not. */
export const arnNotLike = negationOf(arnLike, 'ArnNotLike');
