import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the CloudWatch Logs API. */
export type Operation<N extends OperationName<'logs'>> = OperationOf<'logs', N>;
export type Input<N extends OperationName<'logs'>> = InputOf<'logs', N>;
export type Output<N extends OperationName<'logs'>> = OutputOf<'logs', N>;
