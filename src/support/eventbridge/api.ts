import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';

/** An operation of the EventBridge API. */
export type Operation<N extends OperationName<'events'>> = OperationOf<'events', N>;
export type Input<N extends OperationName<'events'>> = InputOf<'events', N>;
export type Output<N extends OperationName<'events'>> = OutputOf<'events', N>;

/** A target as clients give it. */
export type Target = Input<'PutTargets'>['Targets'][number];

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

export function exists(what: string): ServiceError {
  return new ServiceError('ResourceAlreadyExistsException', `${what} already exists.`);
}

export function limitExceeded(): ServiceError {
  return new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
}

/** Members that are undefined are left out: clients tell absent from empty. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
