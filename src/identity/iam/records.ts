import { collection } from '#runtime/collection.ts';

/** Tags as IAM keeps them: keys are unique without regard to case, the case given is kept. */
export type Tags = Readonly<Record<string, string>>;

/** What carries policies: users, groups and roles. Everything that a decision needs stands in the one row. */
export type PolicyHolder = {
  /** Inline policies: name → document text as given. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attachedPolicies: readonly string[];
};

export type AccountRow = {
  readonly accountId: string;
  readonly createDate: number;
  readonly aliases: readonly string[];
  /** AWS's spelling, as `UpdateAccountPasswordPolicy` takes it; undefined: AWS's default policy. */
  readonly passwordPolicy: Readonly<Record<string, unknown>> | undefined;
  /** Further account settings, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
};

export type UserRow = PolicyHolder & {
  readonly userName: string;
  readonly userId: string;
  readonly path: string;
  readonly arn: string;
  readonly createDate: number;
  readonly tags: Tags;
  readonly permissionsBoundary: string | undefined;
  readonly groups: readonly string[];
  readonly passwordLastUsed: number | undefined;
};

export type GroupRow = PolicyHolder & {
  readonly groupName: string;
  readonly groupId: string;
  readonly path: string;
  readonly arn: string;
  readonly createDate: number;
};

export type RoleRow = PolicyHolder & {
  readonly roleName: string;
  readonly roleId: string;
  readonly path: string;
  readonly arn: string;
  readonly createDate: number;
  readonly description: string | undefined;
  readonly trustPolicy: string;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundary: string | undefined;
  readonly tags: Tags;
  /** Service host name of a service-linked role. */
  readonly linkedService: string | undefined;
};

export type PolicyVersion = {
  readonly versionId: string;
  readonly document: string;
  readonly createDate: number;
};

export type ManagedPolicyRow = {
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly createDate: number;
  readonly updateDate: number;
  readonly defaultVersionId: string;
  /** Number that the next version takes: ids are never used again. */
  readonly nextVersion: number;
  readonly versions: readonly PolicyVersion[];
  readonly tags: Tags;
};

export type AccessKeyRow = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly account: string;
  /** Undefined: the account's root user. */
  readonly userName: string | undefined;
  readonly status: 'Active' | 'Inactive';
  readonly createDate: number;
};

/** Id: account id. */
export const accounts = collection<AccountRow>('iam/account', 'installation');
/** Id: access key id, unique in the installation. */
export const accessKeys = collection<AccessKeyRow>('iam/access-key', 'installation', {
  'by-owner': (row) => [`${row.account}/${row.userName ?? ''}`],
});
/** Ids of users, groups, roles and managed policies: the name in lower case (names are unique without regard to case). */
export const users = collection<UserRow>('iam/user', 'global', {
  'by-policy': (row) => row.attachedPolicies,
  'by-boundary': (row) => (row.permissionsBoundary === undefined ? [] : [row.permissionsBoundary]),
  'by-group': (row) => row.groups.map((name) => name.toLowerCase()),
  'by-id': (row) => [row.userId],
});
export const groups = collection<GroupRow>('iam/group', 'global', { 'by-policy': (row) => row.attachedPolicies });
export const roles = collection<RoleRow>('iam/role', 'global', {
  'by-policy': (row) => row.attachedPolicies,
  'by-boundary': (row) => (row.permissionsBoundary === undefined ? [] : [row.permissionsBoundary]),
  'by-id': (row) => [row.roleId],
});
export const managedPolicies = collection<ManagedPolicyRow>('iam/policy', 'global');
