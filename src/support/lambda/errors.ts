import { ServiceError } from '#wire/service-error.ts';

/** Lambda's errors tell whose fault they are. */
const members = { Type: 'User' };

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message, { members });
}

/** Refused by a part of the service that does not tell whose fault it is (recordings). */
export function limitExceeded(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, { members: { ...members, Message: message } });
}

export function functionNotFound(arn: string): ServiceError {
  return notFound(`Function not found: ${arn}`);
}

export function conflict(message: string): ServiceError {
  return new ServiceError('ResourceConflictException', message, { members });
}

/** @param call the operation that tells the current revision */
export function wrongRevision(call: 'GetFunction/GetAlias' | 'GetPolicy' | 'GetLayerPolicy'): ServiceError {
  return new ServiceError(
    'PreconditionFailedException',
    `The Revision Id provided does not match the latest Revision Id. Call the ${call} API to retrieve the latest Revision Id`,
    { members },
  );
}

export type ThrottleReason = 'ConcurrentInvocationLimitExceeded' | 'ReservedFunctionConcurrentInvocationLimitExceeded';

export function throttled(Reason: ThrottleReason): ServiceError {
  return new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { members: { ...members, Reason } });
}

/** What the model's constraints do not say, in the form of those that they do. */
export function invalidMember(value: unknown, member: string, constraint: string): ServiceError {
  const shown = value === null ? ' null' : ` '${String(value)}'`;
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
    { status: 400 },
  );
}
