import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the IAM API. */
export type Operation<N extends OperationName<'iam'>> = OperationOf<'iam', N>;
export type Input<N extends OperationName<'iam'>> = InputOf<'iam', N>;
export type Output<N extends OperationName<'iam'>> = OutputOf<'iam', N>;
