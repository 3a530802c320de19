import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';

const prefix = '/aws/reference/secretsmanager/';

/** Name of the secret behind `/aws/reference/secretsmanager/NAME`; undefined for other names. */
export function secretReference(text: string): string | undefined {
  const name = text.trim();
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/**
 * A secret read through Parameter Store. Secrets are encrypted, so AWS demands decryption.
 *
 * @throws ServiceError ValidationException without `WithDecryption`; ParameterNotFound while no Secrets Manager answers
 */
export async function presentSecret(_ctx: Context, secret: string, decrypt: boolean | undefined): Promise<never> {
  if (decrypt !== true) {
    throw new ServiceError(
      'ValidationException',
      'WithDecryption flag must be True for retrieving a Secret Manager secret.',
    );
  }
  throw new ServiceError(
    'ParameterNotFound',
    `An error occurred (ResourceNotFoundException) when referencing Secrets Manager: Secret ${prefix}${secret} not found.`,
  );
}
