import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the STS API. */
export type Operation<N extends OperationName<'sts'>> = OperationOf<'sts', N>;
export type Input<N extends OperationName<'sts'>> = InputOf<'sts', N>;
export type Output<N extends OperationName<'sts'>> = OutputOf<'sts', N>;
