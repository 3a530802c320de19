import { arnLike } from './arn-like.ts';
import type { Operator } from './operator.ts';

/** The same as `ArnLike`, wildcards included. */
export const arnEquals: Operator = { ...arnLike, name: 'ArnEquals' };
