import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';

/** An operation of the CloudWatch API. */
export type Operation<N extends OperationName<'cloudwatch'>> = OperationOf<'cloudwatch', N>;
export type Input<N extends OperationName<'cloudwatch'>> = InputOf<'cloudwatch', N>;
export type Output<N extends OperationName<'cloudwatch'>> = OutputOf<'cloudwatch', N>;

/** A value that does not fit. */
export function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

/** Parameters that do not fit together. */
export function invalidCombination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}

export function missingParameter(message: string): ServiceError {
  return new ServiceError('MissingRequiredParameterException', message);
}

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function invalidToken(): ServiceError {
  return new ServiceError('InvalidNextToken', 'Invalid nextToken');
}

/** Ids of metrics and alarms that alarms and requests name need not exist; those of operations that change them do. */
export function notFound(): ServiceError {
  return new ServiceError('ResourceNotFound', '', { status: 404 });
}
