import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';

/** An operation of the S3 API. */
export type Operation<N extends OperationName<'s3'>> = OperationOf<'s3', N>;
export type Input<N extends OperationName<'s3'>> = InputOf<'s3', N>;
export type Output<N extends OperationName<'s3'>> = OutputOf<'s3', N>;
