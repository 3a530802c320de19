import { type Refusal, refusal } from './refusal.ts';

/** Aliases that AWS services own: `alias/aws/ssm`. Nobody else creates, moves or deletes them. */
export function isReservedAlias(alias: string): boolean {
  return alias.startsWith('alias/aws/');
}

/** `alias/aws/ssm` → `ssm`; undefined for other names. */
export function serviceOfAlias(alias: string): string | undefined {
  const match = /^alias\/aws\/([a-z0-9-]{1,64})$/.exec(alias);
  return match?.[1];
}

/**
 * Refuses a name that CreateAlias does not take. The first text is recorded from AWS.
 * The model's pattern (`^[a-zA-Z0-9:/_-]+$`, 1–256) has been checked before.
 */
export function checkAliasName(alias: string): Refusal | undefined {
  if (!alias.startsWith('alias/')) {
    return refusal(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (isReservedAlias(alias)) return refusal('NotAuthorizedException', '');
  if (alias.includes(':')) return refusal('ValidationException', `${alias} contains invalid characters for an alias`);
  if (alias === 'alias/')
    return refusal('InvalidAliasNameException', 'alias name is empty: `alias/` must be followed by a name');
  return undefined;
}
