import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';

/** An operation of the EventBridge Scheduler API. */
export type Operation<N extends OperationName<'scheduler'>> = OperationOf<'scheduler', N>;
export type Input<N extends OperationName<'scheduler'>> = InputOf<'scheduler', N>;
export type Output<N extends OperationName<'scheduler'>> = OutputOf<'scheduler', N>;

export type Target = Input<'CreateSchedule'>['Target'];

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

export function conflict(message: string): ServiceError {
  return new ServiceError('ConflictException', message);
}

/** Members that are undefined are left out: clients tell absent from empty. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
