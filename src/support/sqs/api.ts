import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';

/** An operation of the SQS API. */
export type Operation<N extends OperationName<'sqs'>> = OperationOf<'sqs', N>;
export type Input<N extends OperationName<'sqs'>> = InputOf<'sqs', N>;
export type Output<N extends OperationName<'sqs'>> = OutputOf<'sqs', N>;

export function queueDoesNotExist(): ServiceError {
  return new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
}

/** @example invalidValue('11', 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.') */
export function invalidValue(value: unknown, parameter: string, reason: string): ServiceError {
  return invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message, { status: 400 });
}

export function missing(parameter: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${parameter}.`, { status: 400 });
}

export function resourceNotFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

/** Members that are undefined are left out: clients tell absent from empty. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
