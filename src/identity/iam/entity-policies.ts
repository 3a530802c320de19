import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findPolicy } from './managed-policy.ts';
import { iamTagKeys } from './owner.ts';
import { documentOf } from './policy-versions.ts';
import { type GroupRow, groups, type PolicyHolder, type RoleRow, roles, type UserRow, users } from './records.ts';

/** A user, group or role named by its ARN. */
export type Entity =
  | { readonly type: 'USER'; readonly name: string; readonly row: UserRow }
  | { readonly type: 'GROUP'; readonly name: string; readonly row: GroupRow }
  | { readonly type: 'ROLE'; readonly name: string; readonly row: RoleRow };

/** A policy that an entity has, by itself or through a group. */
export type EntityPolicy = {
  readonly name: string;
  /** ARN of a managed policy; undefined for inline ones. */
  readonly arn: string | undefined;
  readonly document: string;
  /** Who carries it. */
  readonly holder: { readonly type: Entity['type']; readonly name: string };
};

/** @returns undefined when there is no such entity. @throws ServiceError InvalidInput for other ARNs */
export async function entityOfArn(ctx: Context, arn: string): Promise<Entity | undefined> {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn);
  if (match === null) {
    throw new ServiceError(
      'InvalidInputException',
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    );
  }
  const [, account, type, name = ''] = match;
  if (account !== ctx.account) return undefined;
  const found = await entityNamed(ctx, type, name.toLowerCase());
  return found?.row.arn === arn ? found : undefined;
}

async function entityNamed(ctx: Context, type: string | undefined, id: string): Promise<Entity | undefined> {
  if (type === 'user') {
    const row = await ctx.records.get(users, id);
    return row === undefined ? undefined : { type: 'USER', name: row.userName, row };
  }
  if (type === 'group') {
    const row = await ctx.records.get(groups, id);
    return row === undefined ? undefined : { type: 'GROUP', name: row.groupName, row };
  }
  const row = await ctx.records.get(roles, id);
  return row === undefined ? undefined : { type: 'ROLE', name: row.roleName, row };
}

/** A user, group or role, named by its ARN, as policies see it. Groups carry no tags. @throws ServiceError InvalidInput for other ARNs */
export async function entityResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const entity = await entityOfArn(ctx, arn);
  if (entity === undefined || entity.type === 'GROUP') return { arn };
  const { tags } = entity.row;
  return { arn, tags, conditions: iamTagKeys(tags) };
}

/** Every identity policy of an entity; a user's with those of its groups. */
export async function policiesOf(ctx: Context, entity: Entity): Promise<readonly EntityPolicy[]> {
  const found = await heldPolicies(ctx, entity.row, { type: entity.type, name: entity.name });
  if (entity.type !== 'USER') return found;
  const inherited = await Promise.all(
    entity.row.groups.map(async (name) => {
      const group = await ctx.records.get(groups, name.toLowerCase());
      return group === undefined ? [] : heldPolicies(ctx, group, { type: 'GROUP', name: group.groupName });
    }),
  );
  return [...found, ...inherited.flat()];
}

async function heldPolicies(ctx: Context, row: PolicyHolder, holder: EntityPolicy['holder']): Promise<EntityPolicy[]> {
  const inline = Object.entries(row.inlinePolicies).map(([name, document]) => ({
    name,
    arn: undefined,
    document,
    holder,
  }));
  const managed: EntityPolicy[] = [];
  for (const arn of row.attachedPolicies) {
    const policy = await findPolicy(ctx, arn);
    // What AWS attaches to its service-linked roles is not held here.
    if (policy !== undefined) managed.push({ name: policy.row.policyName, arn, document: documentOf(policy), holder });
  }
  return [...inline, ...managed];
}

/** The document of an entity's permissions boundary; undefined when it has none. A boundary that is gone allows nothing. */
export async function boundaryDocument(ctx: Context, entity: Entity): Promise<string | undefined> {
  const arn = entity.type === 'GROUP' ? undefined : entity.row.permissionsBoundary;
  if (arn === undefined) return undefined;
  const policy = await findPolicy(ctx, arn);
  return policy === undefined ? '{"Version":"2012-10-17","Statement":[]}' : documentOf(policy);
}
