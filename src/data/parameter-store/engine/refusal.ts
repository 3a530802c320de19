import { ServiceError } from '#wire/service-error.ts';

/** Why something may not be: the error code of the API and its text. */
export type Refusal = { readonly code: string; readonly message: string };

/** @throws ServiceError when there is a refusal */
export function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new ServiceError(refusal.code, refusal.message);
}
