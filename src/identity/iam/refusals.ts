import { ServiceError } from '#wire/service-error.ts';

/** IAM's refusals that several operations share, in IAM's words. */

export function noSuchUser(name: string): ServiceError {
  return new ServiceError('NoSuchEntityException', `The user with name ${name} cannot be found.`);
}

export function noSuchGroup(name: string): ServiceError {
  return new ServiceError('NoSuchEntityException', `The group with name ${name} cannot be found.`);
}

/** @param what with its article left out: `User with name ann` */
export function alreadyExists(what: string): ServiceError {
  return new ServiceError('EntityAlreadyExistsException', `${what} already exists.`);
}

/** @example overQuota('AccessKeysPerUser', 2) */
export function overQuota(quota: string, limit: number): ServiceError {
  return new ServiceError('LimitExceededException', `Cannot exceed quota for ${quota}: ${limit}`);
}

/** @param first what has to go before: `must delete policies` */
export function deleteConflict(first: string): ServiceError {
  return new ServiceError('DeleteConflictException', `Cannot delete entity, ${first} first.`);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** Credentials are switched on and off; the model's third status, `Expired`, is not for callers to set. @throws ServiceError ValidationError */
export function settableStatus(status: string): 'Active' | 'Inactive' {
  if (status === 'Active' || status === 'Inactive') return status;
  throw invalid(
    "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
  );
}
