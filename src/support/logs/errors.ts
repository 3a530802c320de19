import { ServiceError } from '#wire/service-error.ts';

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `The specified ${what} does not exist.`);
}

export function exists(what: string): ServiceError {
  return new ServiceError('ResourceAlreadyExistsException', `The specified ${what} already exists`);
}

export function limitExceeded(): ServiceError {
  return new ServiceError('LimitExceededException', 'Resource limit exceeded.');
}

export function invalidToken(): ServiceError {
  return invalid('The specified nextToken is invalid.');
}
