import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';

/** An operation of the SNS API. */
export type Operation<N extends OperationName<'sns'>> = OperationOf<'sns', N>;
export type Input<N extends OperationName<'sns'>> = InputOf<'sns', N>;
export type Output<N extends OperationName<'sns'>> = OutputOf<'sns', N>;

/** `Invalid parameter: WHAT`, as AWS words most of its refusals. */
export function invalid(what: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid parameter: ${what}`);
}

/** InvalidParameter with a text of its own. */
export function refused(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function noTopic(): ServiceError {
  return new ServiceError('NotFoundException', 'Topic does not exist');
}

export function noSubscription(): ServiceError {
  return new ServiceError('NotFoundException', 'Subscription does not exist');
}

/** Members that are undefined are left out: clients tell absent from empty. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
