import type { Input as InputOf, OperationName, Output as OutputOf } from '#runtime/api-types.ts';
import type { Operation as OperationOf } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Refusal } from './engine/refusal.ts';

/** An operation of the KMS API. */
export type Operation<N extends OperationName<'kms'>> = OperationOf<'kms', N>;
export type Input<N extends OperationName<'kms'>> = InputOf<'kms', N>;
export type Output<N extends OperationName<'kms'>> = OutputOf<'kms', N>;

/** An error of the API. KMS answers each of its own with HTTP 400 (recorded), whatever status the model gives the shape. */
export function failure(code: string, message: string): ServiceError {
  return new ServiceError(code, message, { status: 400 });
}

/** Turns an engine's refusal into the error that the client gets. */
export function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw failure(refusal.code, refusal.message);
}

/** The value of a decision that may be a refusal instead. @throws ServiceError */
export function accept<T extends object>(decision: T | { readonly refusal: Refusal }): T {
  if ('refusal' in decision) throw failure(decision.refusal.code, decision.refusal.message);
  return decision;
}

export function invalid(message: string): ServiceError {
  return failure('ValidationException', message);
}

export function unsupportedHere(message: string): ServiceError {
  return failure('UnsupportedOperationException', message);
}

/** Ends a request that only asked whether it would succeed. Text: recordings of AWS. */
export function endDryRun(dryRun: boolean | undefined): void {
  if (dryRun !== true) return;
  throw failure('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
}

/**
 * Nitro attestation: the answer would have to be encrypted to an enclave whose signed document chains to AWS's own certificate.
 * There are no such enclaves here, so the request is refused instead of answered in clear.
 */
export function refuseRecipient(recipient: object | undefined): void {
  if (recipient === undefined) return;
  throw unsupportedHere('Recipient is not supported: there are no attested environments in this installation.');
}
