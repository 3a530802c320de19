import type { Context } from '#runtime/context.ts';
import { rewritePrincipals } from './engine/document/principal-entries.ts';
import { pinned, readPinned } from './engine/matching/pinned-principal.ts';
import { roles, users } from './records.ts';

/**
 * Users and roles in policies that are stored on a resource: pinned to their unique ids when the policy is saved, and turned back when it
 * is shown. Accounts, sessions and services are no such principals.
 */

/** The document as it is stored. Principals of accounts that live elsewhere stay as they are. */
export function pinPrincipals(ctx: Context, text: string): Promise<string> {
  return rewritePrincipals(text, async (arn) => {
    const { account, type, name } = partsOf(arn) ?? {};
    if (account === undefined || name === undefined) return undefined;
    const records = ctx.records.at({ account });
    const id =
      type === 'user'
        ? (await records.get(users, name.toLowerCase()))?.userId
        : (await records.get(roles, name.toLowerCase()))?.roleId;
    return id === undefined ? undefined : pinned({ arn, id });
  });
}

/** A stored document as answers show it: ARNs of today, and the bare id of who is gone. */
export async function shownPrincipals(ctx: Context, text: string): Promise<string> {
  if (!text.includes('#A')) return text;
  return rewritePrincipals(text, async (entry) => {
    const pin = readPinned(entry);
    const { account, type } = partsOf(pin?.arn ?? '') ?? {};
    if (pin === undefined || account === undefined) return undefined;
    const records = ctx.records.at({ account });
    const equals = pin.id;
    const [found] =
      type === 'user'
        ? await records.listIndex(users, 'by-id', { equals, limit: 1 })
        : await records.listIndex(roles, 'by-id', { equals, limit: 1 });
    return found?.value.arn ?? pin.id;
  });
}

function partsOf(
  arn: string,
): { readonly account?: string; readonly type?: string; readonly name?: string } | undefined {
  return /^arn:aws:iam::(?<account>\d{12}):(?<type>user|role)\/(?:.*\/)?(?<name>[^/]+)$/.exec(arn)?.groups;
}
