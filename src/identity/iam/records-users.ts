import { collection } from '#runtime/collection.ts';
import type { Tags } from './records.ts';

/** Whose a credential is: the user's id (it outlives renames), or the account's for its root user. */
type OwnerId = string;

export type Status = 'Active' | 'Inactive';

export type LoginProfileRow = {
  readonly createDate: number;
  /** When the password was last set. */
  readonly changeDate: number;
  readonly passwordHash: string;
  /** Hashes of the passwords before, newest first: `PasswordReusePrevention` looks at them. */
  readonly earlierHashes: readonly string[];
  readonly resetRequired: boolean;
};

export type MfaDeviceRow = {
  readonly serialNumber: string;
  readonly createDate: number;
  /** RFC 6238 key, base32. */
  readonly seed: string;
  readonly tags: Tags;
  /** Set while it is enabled for somebody. */
  readonly assigned: MfaAssignment | undefined;
};

export type MfaAssignment = {
  readonly ownerId: OwnerId;
  readonly enableDate: number;
  /** Time step of the last code taken: neither it nor an older one counts again (RFC 6238 §5.2). */
  readonly lastStep: number;
  /** Steps by which the device's clock is ahead; found by resynchronising (RFC 6238 §6). */
  readonly drift: number;
};

export type SshKeyRow = {
  readonly keyId: string;
  readonly ownerId: OwnerId;
  /** `ssh-rsa AAAA…` without comment. */
  readonly openssh: string;
  readonly fingerprint: string;
  readonly status: Status;
  readonly uploadDate: number;
};

export type SigningCertificateRow = {
  readonly certificateId: string;
  readonly ownerId: OwnerId;
  /** PEM as uploaded. */
  readonly body: string;
  /** SHA-256 of the DER form. */
  readonly digest: string;
  readonly status: Status;
  readonly uploadDate: number;
};

export type ServiceCredentialRow = {
  readonly credentialId: string;
  readonly ownerId: OwnerId;
  readonly serviceName: string;
  /** What the service takes as user name; undefined for services that take an API key. */
  readonly serviceUserName: string | undefined;
  /** Hash of the password or API key: it is shown once. */
  readonly secretHash: string;
  readonly alias: string | undefined;
  readonly status: Status;
  readonly createDate: number;
  readonly expirationDate: number | undefined;
};

export type KeyUseRow = { readonly date: number; readonly region: string; readonly service: string };

export type CredentialReportRow = { readonly generated: number; readonly csv: string };

/** Id: owner id. */
export const loginProfiles = collection<LoginProfileRow>('iam/login-profile', 'global');
/** Id: path and name, as the serial number has them behind `mfa`: `/phones/ann`. */
export const mfaDevices = collection<MfaDeviceRow>('iam/mfa-device', 'global', {
  'by-owner': (row) => (row.assigned === undefined ? [] : [row.assigned.ownerId]),
});
/** Id: key id. */
export const sshKeys = collection<SshKeyRow>('iam/ssh-public-key', 'global', { 'by-owner': (row) => [row.ownerId] });
/** Id: certificate id. */
export const signingCertificates = collection<SigningCertificateRow>('iam/signing-certificate', 'global', {
  'by-owner': (row) => [row.ownerId],
});
/** Id: credential id. */
export const serviceCredentials = collection<ServiceCredentialRow>('iam/service-credential', 'global', {
  'by-owner': (row) => [row.ownerId],
});
/** Last use of long-term access keys, as far as it was saved. Id: access key id. */
export const keyUses = collection<KeyUseRow>('iam/key-use', 'installation');
/** Id: `latest`. */
export const credentialReports = collection<CredentialReportRow>('iam/credential-report', 'global');
