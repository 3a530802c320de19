import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { encodeDocument } from './documents.ts';
import { iamTagKeys } from './owner.ts';
import { boundaryOf } from './permissions-boundary.ts';
import { shownPrincipals } from './pinned-principals.ts';
import { type RoleRow, roles } from './records.ts';
import { tagList } from './tags.ts';

/** @throws ServiceError NoSuchEntity */
export async function roleNamed(ctx: Context, name: string): Promise<RoleRow> {
  const row = await ctx.records.get(roles, name.toLowerCase());
  if (row === undefined) throw new ServiceError('NoSuchEntityException', `The role with name ${name} cannot be found.`);
  return row;
}

/** A role that its account may change: not one that belongs to a service. @throws ServiceError NoSuchEntity, UnmodifiableEntity */
export async function modifiableRole(ctx: Context, name: string): Promise<RoleRow> {
  const row = await roleNamed(ctx, name);
  if (row.linkedService === undefined) return row;
  throw new ServiceError(
    'UnmodifiableEntityException',
    `Cannot perform the operation on the protected role '${row.roleName}' - this role is only modifiable by AWS`,
  );
}

export function saveRole(ctx: Context, row: RoleRow): void {
  ctx.records.put(roles, row.roleName.toLowerCase(), row);
}

/** The role as policies see it; one that is not there has the path given. */
export async function roleResource(ctx: Context, name: string, path = '/'): Promise<ResourceRef> {
  const row = await ctx.records.get(roles, name.toLowerCase());
  const arn = row?.arn ?? roleArn(ctx, path, name);
  ctx.audit([{ arn, type: 'AWS::IAM::Role', account: ctx.account }]);
  return row === undefined ? { arn } : { arn, tags: row.tags, conditions: iamTagKeys(row.tags) };
}

/** `iam:PermissionsBoundary` of operations on a role that has one. */
export async function roleBoundary({ RoleName }: { readonly RoleName: string }, ctx: Context): Promise<Conditions> {
  const row = await ctx.records.get(roles, RoleName.toLowerCase());
  return { 'iam:PermissionsBoundary': row?.permissionsBoundary };
}

export function roleArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:role${path}${name}`;
}

/** A role as lists show it. */
export async function presentRole(ctx: Context, row: RoleRow) {
  return {
    ...(await presentNewRole(ctx, row)),
    MaxSessionDuration: row.maxSessionDuration,
    ...(row.description === undefined ? {} : { Description: row.description }),
  };
}

/** The members that every answer with a role has. */
export async function presentNewRole(ctx: Context, row: RoleRow) {
  return {
    Path: row.path,
    RoleName: row.roleName,
    RoleId: row.roleId,
    Arn: row.arn,
    CreateDate: new Date(row.createDate),
    AssumeRolePolicyDocument: encodeDocument(await shownPrincipals(ctx, row.trustPolicy)),
  };
}

/** Tags and boundary, where there are any. */
export function roleDetails(row: RoleRow) {
  const tags = tagList(row.tags);
  return {
    ...(tags.length === 0 ? {} : { Tags: tags }),
    ...boundaryOf(row),
  };
}
