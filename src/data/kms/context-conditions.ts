import type { Conditions } from '#runtime/operation.ts';
import type { EncryptionContext } from './engine/encryption-context.ts';

/** `kms:EncryptionContext:…` and `kms:EncryptionContextKeys`. */
export function contextConditions(context: EncryptionContext | undefined): Conditions {
  if (context === undefined) return {};
  const conditions: Record<string, string | readonly string[]> = {};
  const names = Object.keys(context);
  for (const name of names) conditions[`kms:EncryptionContext:${name}`] = context[name] ?? '';
  if (names.length > 0) conditions['kms:EncryptionContextKeys'] = names;
  return conditions;
}
