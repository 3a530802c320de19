import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';

/** Reads the attribute `Policy` for keeping; '' and undefined are none. @throws ServiceError InvalidAttributeValue */
export async function readPolicy(ctx: Context, text: string | undefined): Promise<string | undefined> {
  if (text === undefined || text === '') return undefined;
  const reading = parsePolicy(text, 'resource');
  if (!reading.ok) throw invalidPolicy();
  for (const arn of principalsIn(text)) if (!(await ctx.knowsPrincipal(arn))) throw invalidPolicy();
  return pinPrincipals(ctx, text);
}

function invalidPolicy(): ServiceError {
  return new ServiceError('InvalidAttributeValue', 'Invalid value for the parameter Policy.');
}

function principalsIn(text: string): readonly string[] {
  const { Statement } = JSON.parse(text) as { readonly Statement?: unknown };
  return [Statement].flat().flatMap((statement) => {
    const principal = (statement as { readonly Principal?: { readonly AWS?: unknown } } | undefined)?.Principal;
    const entries = typeof principal === 'object' && principal !== null ? [principal.AWS].flat() : [];
    return entries.filter((entry): entry is string => typeof entry === 'string' && entry.startsWith('arn:'));
  });
}
