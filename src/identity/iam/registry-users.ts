import type { OperationName } from '#runtime/api-types.ts';
import type { Operations } from '#runtime/operation.ts';
import {
  CreateAccessKey,
  DeleteAccessKey,
  GetAccessKeyLastUsed,
  ListAccessKeys,
  UpdateAccessKey,
} from './access-keys.ts';
import { CreateAccountAlias, DeleteAccountAlias, ListAccountAliases } from './account-aliases.ts';
import { GetAccountSummary } from './account-summary.ts';
import { GetAccountAuthorizationDetails } from './authorization-details.ts';
import { GenerateCredentialReport, GetCredentialReport } from './credential-report.ts';
import { AddUserToGroup, ListGroupsForUser, RemoveUserFromGroup } from './group-members.ts';
import {
  AttachGroupPolicy,
  DeleteGroupPolicy,
  DetachGroupPolicy,
  GetGroupPolicy,
  ListAttachedGroupPolicies,
  ListGroupPolicies,
  PutGroupPolicy,
} from './group-policies.ts';
import { CreateGroup, DeleteGroup, GetGroup, ListGroups, UpdateGroup } from './groups.ts';
import {
  ChangePassword,
  CreateLoginProfile,
  DeleteLoginProfile,
  GetLoginProfile,
  UpdateLoginProfile,
} from './login-profiles.ts';
import { DeactivateMFADevice, EnableMFADevice, GetMFADevice, ListMFADevices, ResyncMFADevice } from './mfa-devices.ts';
import {
  DeleteAccountPasswordPolicy,
  GetAccountPasswordPolicy,
  UpdateAccountPasswordPolicy,
} from './password-policy.ts';
import { DeleteUserPermissionsBoundary, PutUserPermissionsBoundary } from './permissions-boundary.ts';
import {
  credentialReports,
  keyUses,
  loginProfiles,
  mfaDevices,
  serviceCredentials,
  signingCertificates,
  sshKeys,
} from './records-users.ts';
import {
  CreateServiceSpecificCredential,
  DeleteServiceSpecificCredential,
  ListServiceSpecificCredentials,
  ResetServiceSpecificCredential,
  UpdateServiceSpecificCredential,
} from './service-credentials.ts';
import {
  DeleteSigningCertificate,
  ListSigningCertificates,
  UpdateSigningCertificate,
  UploadSigningCertificate,
} from './signing-certificates.ts';
import {
  DeleteSSHPublicKey,
  GetSSHPublicKey,
  ListSSHPublicKeys,
  UpdateSSHPublicKey,
  UploadSSHPublicKey,
} from './ssh-public-keys.ts';
import {
  AttachUserPolicy,
  DeleteUserPolicy,
  DetachUserPolicy,
  GetUserPolicy,
  ListAttachedUserPolicies,
  ListUserPolicies,
  PutUserPolicy,
} from './user-policies.ts';
import { ListUserTags, TagUser, UntagUser } from './user-tags.ts';
import { CreateUser, DeleteUser, GetUser, ListUsers, UpdateUser } from './users.ts';
import {
  CreateVirtualMFADevice,
  DeleteVirtualMFADevice,
  ListMFADeviceTags,
  ListVirtualMFADevices,
  TagMFADevice,
  UntagMFADevice,
} from './virtual-mfa-devices.ts';

/** Operations of users, groups, their credentials, and the account. */
export const userOperations = {
  AddUserToGroup,
  AttachGroupPolicy,
  AttachUserPolicy,
  ChangePassword,
  CreateAccessKey,
  CreateAccountAlias,
  CreateGroup,
  CreateLoginProfile,
  CreateServiceSpecificCredential,
  CreateUser,
  CreateVirtualMFADevice,
  DeactivateMFADevice,
  DeleteAccessKey,
  DeleteAccountAlias,
  DeleteAccountPasswordPolicy,
  DeleteGroup,
  DeleteGroupPolicy,
  DeleteLoginProfile,
  DeleteSSHPublicKey,
  DeleteServiceSpecificCredential,
  DeleteSigningCertificate,
  DeleteUser,
  DeleteUserPermissionsBoundary,
  DeleteUserPolicy,
  DeleteVirtualMFADevice,
  DetachGroupPolicy,
  DetachUserPolicy,
  EnableMFADevice,
  GenerateCredentialReport,
  GetAccessKeyLastUsed,
  GetAccountAuthorizationDetails,
  GetAccountPasswordPolicy,
  GetAccountSummary,
  GetCredentialReport,
  GetGroup,
  GetGroupPolicy,
  GetLoginProfile,
  GetMFADevice,
  GetSSHPublicKey,
  GetUser,
  GetUserPolicy,
  ListAccessKeys,
  ListAccountAliases,
  ListAttachedGroupPolicies,
  ListAttachedUserPolicies,
  ListGroupPolicies,
  ListGroups,
  ListGroupsForUser,
  ListMFADeviceTags,
  ListMFADevices,
  ListSSHPublicKeys,
  ListServiceSpecificCredentials,
  ListSigningCertificates,
  ListUserPolicies,
  ListUserTags,
  ListUsers,
  ListVirtualMFADevices,
  PutGroupPolicy,
  PutUserPermissionsBoundary,
  PutUserPolicy,
  RemoveUserFromGroup,
  ResetServiceSpecificCredential,
  ResyncMFADevice,
  TagMFADevice,
  TagUser,
  UntagMFADevice,
  UntagUser,
  UpdateAccessKey,
  UpdateAccountPasswordPolicy,
  UpdateGroup,
  UpdateLoginProfile,
  UpdateSSHPublicKey,
  UpdateServiceSpecificCredential,
  UpdateSigningCertificate,
  UpdateUser,
  UploadSSHPublicKey,
  UploadSigningCertificate,
} satisfies Partial<Operations<'iam', OperationName<'iam'>>>;

/** What these operations keep, beside users, groups and access keys. */
export const userCollections = [
  credentialReports,
  keyUses,
  loginProfiles,
  mfaDevices,
  serviceCredentials,
  signingCertificates,
  sshKeys,
];
