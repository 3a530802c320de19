import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the SSM API. */
export type Operation<N extends OperationName<'ssm'>> = OperationOf<'ssm', N>;
export type Input<N extends OperationName<'ssm'>> = InputOf<'ssm', N>;
export type Output<N extends OperationName<'ssm'>> = OutputOf<'ssm', N>;
