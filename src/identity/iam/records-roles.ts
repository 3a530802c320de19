import { collection } from '#runtime/collection.ts';
import type { Tags } from './records.ts';

export type InstanceProfileRow = {
  readonly profileName: string;
  readonly profileId: string;
  readonly path: string;
  readonly arn: string;
  readonly createDate: number;
  /** Lower-case name of its one role. */
  readonly role: string | undefined;
  readonly tags: Tags;
};

export type OpenIdProviderRow = {
  readonly arn: string;
  /** Issuer without scheme: `accounts.google.com`, `gitlab.example/group`. */
  readonly issuer: string;
  /** Issuer as given, with its scheme: where the discovery document lies. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createDate: number;
  readonly tags: Tags;
};

export type SamlProviderRow = {
  readonly arn: string;
  readonly name: string;
  readonly uuid: string;
  readonly metadata: string;
  readonly validUntil: number;
  readonly createDate: number;
  readonly tags: Tags;
};

export type ServerCertificateRow = {
  readonly certificateName: string;
  readonly certificateId: string;
  readonly path: string;
  readonly arn: string;
  readonly uploadDate: number;
  readonly expiration: number;
  readonly body: string;
  readonly chain: string | undefined;
  readonly privateKey: string;
  readonly tags: Tags;
};

export type RoleUseRow = { readonly date: number; readonly region: string };

/** A finished deletion of a service-linked role. */
export type DeletionTaskRow = { readonly status: 'SUCCEEDED' | 'FAILED'; readonly reason: string | undefined };

/** Id: the name in lower case. */
export const instanceProfiles = collection<InstanceProfileRow>('iam/instance-profile', 'global', {
  'by-role': (row) => (row.role === undefined ? [] : [row.role]),
});
/** Id: the issuer without scheme. */
export const openIdProviders = collection<OpenIdProviderRow>('iam/open-id-provider', 'global');
/** Id: the name. */
export const samlProviders = collection<SamlProviderRow>('iam/saml-provider', 'global');
/** Id: the name in lower case. */
export const serverCertificates = collection<ServerCertificateRow>('iam/server-certificate', 'global');
/** When a role was last assumed. Id: role id. Apart from the role, whose every change makes decisions forget what they know. */
export const roleUses = collection<RoleUseRow>('iam/role-use', 'global');
/** Id: task id. */
export const deletionTasks = collection<DeletionTaskRow>('iam/role-deletion', 'global');
