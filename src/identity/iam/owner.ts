import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { type AccountRow, accounts, type UserRow, users } from './records.ts';
import { invalid, noSuchUser } from './refusals.ts';

/** Whose credentials an operation is about: a user, or the account's root user. */
export type Owner =
  | { readonly kind: 'user'; readonly ownerId: string; readonly arn: string; readonly user: UserRow }
  | { readonly kind: 'root'; readonly ownerId: string; readonly arn: string; readonly user: undefined };

/** @throws ServiceError NoSuchEntity */
export async function userNamed(ctx: Context, name: string): Promise<UserRow> {
  const user = await ctx.records.get(users, name.toLowerCase());
  if (user === undefined) throw noSuchUser(name);
  return user;
}

/**
 * The user named, or the caller when none is.
 *
 * @throws ServiceError NoSuchEntity; ValidationError when a session, which is no user, names none
 */
export async function ownerNamed(ctx: Context, name: string | undefined): Promise<Owner> {
  const { principal } = ctx;
  if (name === undefined && principal.kind === 'root') {
    return { kind: 'root', ownerId: ctx.account, arn: principal.arn, user: undefined };
  }
  const user = await userNamed(ctx, name ?? callerName(ctx));
  return { kind: 'user', ownerId: user.userId, arn: user.arn, user };
}

function callerName({ principal }: Context): string {
  // Sessions of GetSessionToken are their user's; those of roles and federated users are nobody's.
  if (principal.kind === 'user' && principal.name !== undefined) return principal.name;
  throw invalid('Must specify userName when calling with non-User credentials');
}

/** The user as policies see it: what is not there (yet) has the path given. */
export async function userResource(ctx: Context, name: string | undefined, path = '/'): Promise<ResourceRef> {
  const { principal } = ctx;
  if (name === undefined && principal.kind === 'root') return { arn: principal.arn };
  const named = name ?? callerName(ctx);
  const user = await ctx.records.get(users, named.toLowerCase());
  const arn = user?.arn ?? userArn(ctx, path, named);
  ctx.audit([{ arn, type: 'AWS::IAM::User', account: ctx.account }]);
  return user === undefined ? { arn } : { arn, tags: user.tags, conditions: iamTagKeys(user.tags) };
}

/** IAM's own name for the tags of users and roles, beside `aws:ResourceTag`. */
export function iamTagKeys(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`iam:ResourceTag/${key}`, value]));
}

export function userArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:user${path}${name}`;
}

/**
 * Makes the unit conflict with every other one that changes what belongs to the owner: counts stay within their quota, and nothing
 * is added to a user while it is deleted.
 */
export async function claim(ctx: Context, owner: Owner): Promise<void> {
  if (owner.kind === 'user') return ctx.records.put(users, owner.user.userName.toLowerCase(), owner.user);
  const account = await accountRow(ctx);
  ctx.records.put(accounts, account.accountId, account);
}

/** The caller's account; one that was never written down (open mode takes any) looks like a new one. */
export async function accountRow(ctx: Context): Promise<AccountRow> {
  const row = await ctx.records.get(accounts, ctx.account);
  return row ?? { accountId: ctx.account, createDate: ctx.now, aliases: [], passwordPolicy: undefined, settings: {} };
}
