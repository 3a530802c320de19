import type { Input as InputOf, OperationName } from '#runtime/api-types.ts';
import type { Operation as AnyOperation } from '#runtime/operation.ts';

type Name = OperationName<'lambda'>;

/** An operation of the Lambda API. */
export type Operation<N extends Name> = AnyOperation<'lambda', N>;

/** Its input, validated. */
export type Input<N extends Name> = InputOf<'lambda', N>;
