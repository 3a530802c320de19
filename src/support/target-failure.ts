import { ServiceError } from '#wire/service-error.ts';

/** Why a target did not take an event. `retry` is false where another attempt would fail alike. */
export type Failure = {
  /** One of the codes of AWS's dead-letter messages: `NO_PERMISSIONS`. */
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
  /** The target asks for this much patience, ms. */
  readonly afterMs?: number | undefined;
  /** The target was not asked: nothing counts as an attempt. */
  readonly untried?: true;
};

/** What a refusal means for the event (user guide, "Using dead-letter queues": the codes). */
export function failureOf(code: string, message: string, senderFault?: boolean): Failure {
  if (/AccessDenied|AccessDenial|NotAuthorized|AuthorizationError|Unauthorized|Forbidden/i.test(code)) {
    return { code: 'NO_PERMISSIONS', message, retry: false };
  }
  if (/NonExistent|NotFound|DoesNotExist|NoSuch|UnsupportedOperation/i.test(code)) {
    return { code: 'NO_RESOURCE', message, retry: false };
  }
  if (/Throttl|TooManyRequests|OverLimit|LimitExceeded/i.test(code))
    return { code: 'THROTTLING', message, retry: true };
  if (senderFault === false || /Internal|Unavailable|Timeout|ServiceFailure/i.test(code)) {
    return { code: 'ERROR_FROM_TARGET', message: `${code}: ${message}`, retry: true };
  }
  return { code: 'SDK_CLIENT_ERROR', message: `${code}: ${message}`, retry: false };
}

/** What an error that a target threw means. One that is no refusal is the target's own fault: nothing of it is told, and it is tried again. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof ServiceError) return failureOf(error.code, error.message);
  return { code: 'INTERNAL_ERROR', message: 'the target failed', retry: true };
}
