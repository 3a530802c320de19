import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the CloudTrail API. */
export type Operation<N extends OperationName<'cloudtrail'>> = OperationOf<'cloudtrail', N>;
export type Input<N extends OperationName<'cloudtrail'>> = InputOf<'cloudtrail', N>;
export type Output<N extends OperationName<'cloudtrail'>> = OutputOf<'cloudtrail', N>;
