import type { Context } from '#runtime/context.ts';

/** What an id names, by its first four letters (IAM user guide, "Unique identifiers"). */
export type IdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'ANPA' | 'AIPA' | 'ASCA' | 'APKA' | 'ACCA';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A unique id: the prefix and 17 random letters of base32 (85 bits). */
export function newEntityId(ctx: Context, prefix: IdPrefix): string {
  return prefix + base32Of(ctx.random(17));
}

/** One letter for the low five bits of each byte. */
export function base32Of(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => base32[byte & 31]).join('');
}
