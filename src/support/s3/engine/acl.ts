import { accountOfCanonicalId, canonicalId } from './canonical-id.ts';

export const permissions = ['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE', 'WRITE_ACP'] as const;
export type Permission = (typeof permissions)[number];

export const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers';
export const authenticatedUsers = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
export const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

/** Who is granted something: an account, or a group by its URI. */
export type Grantee = { readonly account: string } | { readonly group: string };
export type Grant = { readonly grantee: Grantee; readonly permission: Permission };
/** Owner: an account. */
export type Acl = { readonly owner: string; readonly grants: readonly Grant[] };

export const cannedAcls = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
] as const;
export type CannedAcl = (typeof cannedAcls)[number];

/** The grants behind a canned ACL (S3 user guide, "Canned ACL"). */
export function cannedAcl(name: CannedAcl, owner: string, bucketOwner: string): Acl {
  const own: Grant = { grantee: { account: owner }, permission: 'FULL_CONTROL' };
  const group = (uri: string, permission: Permission): Grant => ({ grantee: { group: uri }, permission });
  const bucket = (permission: Permission): Grant => ({ grantee: { account: bucketOwner }, permission });
  const more: Readonly<Record<CannedAcl, readonly Grant[]>> = {
    private: [],
    'public-read': [group(allUsers, 'READ')],
    'public-read-write': [group(allUsers, 'READ'), group(allUsers, 'WRITE')],
    'authenticated-read': [group(authenticatedUsers, 'READ')],
    'aws-exec-read': [],
    'bucket-owner-read': owner === bucketOwner ? [] : [bucket('READ')],
    'bucket-owner-full-control': owner === bucketOwner ? [] : [bucket('FULL_CONTROL')],
    'log-delivery-write': [group(logDelivery, 'WRITE'), group(logDelivery, 'READ_ACP')],
  };
  return { owner, grants: [own, ...more[name]] };
}

/** Whether an ACL opens something to everybody, or to everybody with an account. */
export function isPublicAcl({ grants }: Acl): boolean {
  return grants.some(isPublicGrant);
}

function isPublicGrant({ grantee }: Grant): boolean {
  return 'group' in grantee && grantee.group !== logDelivery;
}

/** Nothing beyond the owner's own grant: no statement is needed for it. */
export function isPrivate({ owner, grants }: Acl): boolean {
  return grants.every(({ grantee }) => 'account' in grantee && grantee.account === owner);
}

const bucketActions: Readonly<Record<Exclude<Permission, 'FULL_CONTROL'>, readonly string[]>> = {
  READ: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
  READ_ACP: ['s3:GetBucketAcl'],
  WRITE: ['s3:PutObject', 's3:DeleteObject'],
  WRITE_ACP: ['s3:PutBucketAcl'],
};

const objectActions: Readonly<Record<Exclude<Permission, 'FULL_CONTROL'>, readonly string[]>> = {
  READ: ['s3:GetObject', 's3:GetObjectVersion'],
  READ_ACP: ['s3:GetObjectAcl', 's3:GetObjectVersionAcl'],
  WRITE: [],
  WRITE_ACP: ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'],
};

/**
 * An ACL as statements of a resource policy, so that the policy engine decides on both at once (S3 user guide, "Mapping of ACL
 * permissions and access policy permissions").
 *
 * @param arn the bucket's, or the object's
 * @param ignorePublic leaves grants to groups out
 */
export function aclStatements(acl: Acl, kind: 'bucket' | 'object', arn: string, ignorePublic: boolean): object[] {
  const actions = kind === 'bucket' ? bucketActions : objectActions;
  return acl.grants.flatMap((grant) => {
    if (ignorePublic && isPublicGrant(grant)) return [];
    const Principal = principalOf(grant.grantee);
    const names = grant.permission === 'FULL_CONTROL' ? Object.values(actions).flat() : actions[grant.permission];
    if (names.length === 0) return [];
    const Condition =
      'group' in grant.grantee && grant.grantee.group === authenticatedUsers
        ? { Condition: { StringNotEquals: { 'aws:PrincipalType': 'Anonymous' } } }
        : {};
    return [{ Effect: 'Allow', Principal, Action: names, Resource: [arn, `${arn}/*`], ...Condition }];
  });
}

function principalOf(grantee: Grantee): object | string {
  if ('account' in grantee) return { AWS: grantee.account };
  return grantee.group === logDelivery ? { Service: 'logging.s3.amazonaws.com' } : '*';
}

export type ShownGrant = {
  readonly Grantee: { readonly Type: 'CanonicalUser' | 'Group'; readonly ID?: string; readonly URI?: string };
  readonly Permission: Permission;
};

export function shownGrants({ grants }: Acl): readonly ShownGrant[] {
  return grants.map(({ grantee, permission: Permission }) => ({
    Grantee:
      'account' in grantee
        ? { Type: 'CanonicalUser', ID: canonicalId(grantee.account) }
        : { Type: 'Group', URI: grantee.group },
    Permission,
  }));
}

export type GranteeFault = { readonly message: string; readonly name: string; readonly value: string };

/** A grantee by canonical id or group URI. */
export function granteeOf(kind: 'id' | 'uri', value: string): Grantee | GranteeFault {
  if (kind === 'uri') {
    const known = [allUsers, authenticatedUsers, logDelivery].includes(value);
    return known ? { group: value } : { message: 'Invalid group uri', name: 'uri', value };
  }
  const account = accountOfCanonicalId(value);
  return account === undefined ? { message: 'Invalid id', name: 'id', value } : { account };
}

/** Reads a grant header: `id="…", uri="…"`. */
export function parseGrantHeader(text: string): readonly (readonly [string, string])[] | undefined {
  const found: (readonly [string, string])[] = [];
  for (const part of text.split(',')) {
    const [, kind, value] = /^\s*(\w+)\s*=\s*"?([^"]*)"?\s*$/.exec(part) ?? [];
    if (kind === undefined || value === undefined) return undefined;
    found.push([kind, value]);
  }
  return found;
}
