import { arnLike } from './arn-like.ts';
import { negationOf } from './operator.ts';

/** The same as `ArnNotLike`, wildcards included. */
export const arnNotEquals = negationOf(arnLike, 'ArnNotEquals');
