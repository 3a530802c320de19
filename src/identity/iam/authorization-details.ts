import type { Context } from '#runtime/context.ts';
import type { Input, Operation } from './api.ts';
import { attachedList } from './attachments.ts';
import { encodeDocument } from './documents.ts';
import { everyRow } from './every-row.ts';
import { presentGroup } from './groups.ts';
import { inlineList } from './inline-policies.ts';
import { awsManagedPolicies } from './managed-policies/registry.ts';
import { type ManagedPolicy, presentPolicy, rowsBy, usageOf } from './managed-policy.ts';
import { markerOf, placeIn } from './page.ts';
import { boundaryOf } from './permissions-boundary.ts';
import { type GroupRow, groups, managedPolicies, type RoleRow, roles, type UserRow, users } from './records.ts';
import { instanceProfiles } from './records-roles.ts';
import { presentNewRole } from './role-access.ts';
import { lastUse } from './roles.ts';
import { tagList } from './tags.ts';

const defaultItems = 100;

/** One entity; `place` orders them: by kind, then by id. */
type Entity = { readonly place: string } & (
  | { readonly kind: 'User'; readonly row: UserRow }
  | { readonly kind: 'Group'; readonly row: GroupRow }
  | { readonly kind: 'Role'; readonly row: RoleRow }
  | { readonly kind: 'Policy'; readonly policy: ManagedPolicy }
);

type Kind = NonNullable<Input<'GetAccountAuthorizationDetails'>['Filter']>[number];

/** In the order in which they are listed. */
const kinds: readonly Kind[] = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'];

export const GetAccountAuthorizationDetails: Operation<'GetAccountAuthorizationDetails'> = {
  resource: () => '*',
  handle: async ({ Filter, Marker, MaxItems: limit = defaultItems }, ctx) => {
    const wanted = Filter === undefined || Filter.length === 0 ? kinds : kinds.filter((kind) => Filter.includes(kind));
    const page: Entity[] = [];
    for await (const entity of entities(ctx, wanted, placeIn(Marker))) {
      page.push(entity);
      if (page.length > limit) break;
    }
    const shown = page.slice(0, limit);
    const last = shown.at(-1);
    const end =
      page.length > limit && last !== undefined
        ? { IsTruncated: true, Marker: markerOf(last.place) }
        : { IsTruncated: false };
    return { ...(await details(ctx, shown)), ...end };
  },
};

async function* entities(ctx: Context, wanted: readonly Kind[], after: string | undefined): AsyncGenerator<Entity> {
  for (const kind of wanted) {
    const prefix = `${kinds.indexOf(kind)}/`;
    // Kinds before the place are done; the one it is in goes on behind it.
    if (after !== undefined && after > `${prefix}\uffff`) continue;
    const begin = after?.startsWith(prefix) === true ? after.slice(prefix.length) : undefined;
    for await (const entity of ofKind(ctx, kind, begin)) yield { ...entity, place: `${prefix}${entity.place}` };
  }
}

async function* ofKind(ctx: Context, kind: Kind, after: string | undefined): AsyncGenerator<Entity> {
  if (kind === 'User') {
    for await (const { id, value } of everyRow(ctx.records, users, after)) yield { kind, place: id, row: value };
  } else if (kind === 'Group') {
    for await (const { id, value } of everyRow(ctx.records, groups, after)) yield { kind, place: id, row: value };
  } else if (kind === 'Role') {
    for await (const { id, value } of everyRow(ctx.records, roles, after)) yield { kind, place: id, row: value };
  } else if (kind === 'LocalManagedPolicy') {
    for await (const { id, value } of everyRow(ctx.records, managedPolicies, after)) {
      yield { kind: 'Policy', place: id, policy: { owner: 'account', row: value } };
    }
  } else {
    for (const row of awsManagedPolicies) {
      const place = row.policyName.toLowerCase();
      if (after !== undefined && place <= after) continue;
      // AWS's policies are part of the account as far as something uses them.
      const { attachments, boundaries } = await usageOf(ctx, row.arn);
      if (attachments + boundaries > 0) yield { kind: 'Policy', place, policy: { owner: 'aws', row } };
    }
  }
}

async function details(ctx: Context, page: readonly Entity[]) {
  return {
    UserDetailList: page.flatMap((entity) => (entity.kind === 'User' ? [userDetail(entity.row)] : [])),
    GroupDetailList: page.flatMap((entity) => (entity.kind === 'Group' ? [groupDetail(entity.row)] : [])),
    RoleDetailList: await Promise.all(
      page.flatMap((entity) => (entity.kind === 'Role' ? [roleDetail(ctx, entity.row)] : [])),
    ),
    Policies: await Promise.all(
      page.flatMap((entity) => (entity.kind === 'Policy' ? [policyDetail(ctx, entity.policy)] : [])),
    ),
  };
}

function userDetail(row: UserRow) {
  return {
    Path: row.path,
    UserName: row.userName,
    UserId: row.userId,
    Arn: row.arn,
    CreateDate: new Date(row.createDate),
    UserPolicyList: inlineList(row),
    GroupList: [...row.groups],
    AttachedManagedPolicies: attachedList(row),
    ...boundaryOf(row),
    Tags: tagList(row.tags),
  };
}

function groupDetail(row: GroupRow) {
  return { ...presentGroup(row), GroupPolicyList: inlineList(row), AttachedManagedPolicies: attachedList(row) };
}

async function roleDetail(ctx: Context, row: RoleRow) {
  const profiles = await rowsBy(ctx, instanceProfiles, 'by-role', row.roleName.toLowerCase());
  const role = await presentNewRole(ctx, row);
  return {
    ...role,
    InstanceProfileList: profiles.map((profile) => ({
      Path: profile.path,
      InstanceProfileName: profile.profileName,
      InstanceProfileId: profile.profileId,
      Arn: profile.arn,
      CreateDate: new Date(profile.createDate),
      Roles: [role],
    })),
    RolePolicyList: inlineList(row),
    AttachedManagedPolicies: attachedList(row),
    ...boundaryOf(row),
    Tags: tagList(row.tags),
    RoleLastUsed: await lastUse(ctx, row),
  };
}

async function policyDetail(ctx: Context, policy: ManagedPolicy) {
  const { owner, row } = policy;
  const versions =
    owner === 'aws'
      ? [{ versionId: row.versionId, document: row.document, createDate: row.updateDate }]
      : [...row.versions].reverse();
  const inForce = owner === 'aws' ? row.versionId : row.defaultVersionId;
  return {
    ...presentPolicy(policy, await usageOf(ctx, row.arn)),
    ...(row.description === undefined ? {} : { Description: row.description }),
    PolicyVersionList: versions.map(({ versionId, document, createDate }) => ({
      Document: encodeDocument(document),
      VersionId: versionId,
      IsDefaultVersion: versionId === inForce,
      CreateDate: new Date(createDate),
    })),
  };
}
