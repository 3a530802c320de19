import { unsupported } from '#runtime/operation.ts';
import { GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy } from './context-keys.ts';
import { AcceptDelegationRequest, RejectDelegationRequest, SendDelegationToken } from './delegation-approval.ts';
import {
  AssociateDelegationRequest,
  CreateDelegationRequest,
  GetDelegationRequest,
  ListDelegationRequests,
  UpdateDelegationRequest,
} from './delegation-requests.ts';
import { ListPoliciesGrantingServiceAccess } from './granting-policies.ts';
import {
  AddRoleToInstanceProfile,
  CreateInstanceProfile,
  DeleteInstanceProfile,
  GetInstanceProfile,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  ListInstanceProfileTags,
  RemoveRoleFromInstanceProfile,
  TagInstanceProfile,
  UntagInstanceProfile,
} from './instance-profiles.ts';
import {
  GenerateServiceLastAccessedDetails,
  GetServiceLastAccessedDetails,
  GetServiceLastAccessedDetailsWithEntities,
} from './last-accessed.ts';
import {
  AddClientIDToOpenIDConnectProvider,
  CreateOpenIDConnectProvider,
  DeleteOpenIDConnectProvider,
  GetOpenIDConnectProvider,
  ListOpenIDConnectProviders,
  ListOpenIDConnectProviderTags,
  RemoveClientIDFromOpenIDConnectProvider,
  TagOpenIDConnectProvider,
  UntagOpenIDConnectProvider,
  UpdateOpenIDConnectProviderThumbprint,
} from './open-id-providers.ts';
import {
  DisableOutboundWebIdentityFederation,
  EnableOutboundWebIdentityFederation,
  GetOutboundWebIdentityFederationInfo,
} from './outbound-federation.ts';
import { outboundIssuers } from './outbound-issuer.ts';
import { CreatePolicy, DeletePolicy, GetPolicy, ListPolicies } from './policies.ts';
import { ListEntitiesForPolicy } from './policy-entities.ts';
import { ListPolicyTags, TagPolicy, UntagPolicy } from './policy-tags.ts';
import {
  CreatePolicyVersion,
  DeletePolicyVersion,
  GetPolicyVersion,
  ListPolicyVersions,
  SetDefaultPolicyVersion,
} from './policy-versions.ts';
import { delegationRequests } from './records-delegation.ts';
import {
  deletionTasks,
  instanceProfiles,
  openIdProviders,
  roleUses,
  samlProviders,
  serverCertificates,
} from './records-roles.ts';
import { DeleteRolePermissionsBoundary, PutRolePermissionsBoundary } from './role-boundary.ts';
import {
  AttachRolePolicy,
  DeleteRolePolicy,
  DetachRolePolicy,
  GetRolePolicy,
  ListAttachedRolePolicies,
  ListRolePolicies,
  PutRolePolicy,
} from './role-policies.ts';
import { ListRoleTags, TagRole, UntagRole } from './role-tags.ts';
import {
  CreateRole,
  DeleteRole,
  GetRole,
  ListRoles,
  UpdateAssumeRolePolicy,
  UpdateRole,
  UpdateRoleDescription,
} from './roles.ts';
import {
  CreateSAMLProvider,
  DeleteSAMLProvider,
  GetSAMLProvider,
  ListSAMLProviders,
  ListSAMLProviderTags,
  TagSAMLProvider,
  UntagSAMLProvider,
  UpdateSAMLProvider,
} from './saml-providers.ts';
import {
  DeleteServerCertificate,
  GetServerCertificate,
  ListServerCertificates,
  ListServerCertificateTags,
  TagServerCertificate,
  UntagServerCertificate,
  UpdateServerCertificate,
  UploadServerCertificate,
} from './server-certificates.ts';
import { entityAccesses, reports } from './service-access.ts';
import {
  CreateServiceLinkedRole,
  DeleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus,
} from './service-linked-roles.ts';
import { SimulateCustomPolicy, SimulatePrincipalPolicy } from './simulate.ts';
import { SetSecurityTokenServicePreferences } from './token-preferences.ts';

const needsOrganization = unsupported('it acts on an organization, and there are no organizations yet');
const summary = unsupported('its summaries are written by a language model');

/** Operations of roles, managed policies, profiles, certificates, providers and the simulator. */
export const roleOperations = {
  AcceptDelegationRequest,
  AddClientIDToOpenIDConnectProvider,
  AddRoleToInstanceProfile,
  AssociateDelegationRequest,
  AttachRolePolicy,
  CreateDelegationRequest,
  CreateInstanceProfile,
  CreateOpenIDConnectProvider,
  CreatePolicy,
  CreatePolicyVersion,
  CreateRole,
  CreateSAMLProvider,
  CreateServiceLinkedRole,
  DeleteInstanceProfile,
  DeleteOpenIDConnectProvider,
  DeletePolicy,
  DeletePolicyVersion,
  DeleteRole,
  DeleteRolePermissionsBoundary,
  DeleteRolePolicy,
  DeleteSAMLProvider,
  DeleteServerCertificate,
  DeleteServiceLinkedRole,
  DetachRolePolicy,
  DisableOrganizationsRootCredentialsManagement: needsOrganization,
  DisableOrganizationsRootSessions: needsOrganization,
  DisableOutboundWebIdentityFederation,
  EnableOrganizationsRootCredentialsManagement: needsOrganization,
  EnableOrganizationsRootSessions: needsOrganization,
  EnableOutboundWebIdentityFederation,
  GenerateOrganizationsAccessReport: needsOrganization,
  GenerateServiceLastAccessedDetails,
  GetContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy,
  GetDelegationRequest,
  GetHumanReadableSummary: summary,
  GetInstanceProfile,
  GetOpenIDConnectProvider,
  GetOrganizationsAccessReport: needsOrganization,
  GetOutboundWebIdentityFederationInfo,
  GetPolicy,
  GetPolicyVersion,
  GetRole,
  GetRolePolicy,
  GetSAMLProvider,
  GetServerCertificate,
  GetServiceLastAccessedDetails,
  GetServiceLastAccessedDetailsWithEntities,
  GetServiceLinkedRoleDeletionStatus,
  ListAttachedRolePolicies,
  ListDelegationRequests,
  ListEntitiesForPolicy,
  ListInstanceProfileTags,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  ListOpenIDConnectProviderTags,
  ListOpenIDConnectProviders,
  ListOrganizationsFeatures: needsOrganization,
  ListPolicies,
  ListPoliciesGrantingServiceAccess,
  ListPolicyTags,
  ListPolicyVersions,
  ListRolePolicies,
  ListRoleTags,
  ListRoles,
  ListSAMLProviderTags,
  ListSAMLProviders,
  ListServerCertificateTags,
  ListServerCertificates,
  PutRolePermissionsBoundary,
  PutRolePolicy,
  RejectDelegationRequest,
  RemoveClientIDFromOpenIDConnectProvider,
  RemoveRoleFromInstanceProfile,
  SendDelegationToken,
  SetDefaultPolicyVersion,
  SetSecurityTokenServicePreferences,
  SimulateCustomPolicy,
  SimulatePrincipalPolicy,
  TagInstanceProfile,
  TagOpenIDConnectProvider,
  TagPolicy,
  TagRole,
  TagSAMLProvider,
  TagServerCertificate,
  UntagInstanceProfile,
  UntagOpenIDConnectProvider,
  UntagPolicy,
  UntagRole,
  UntagSAMLProvider,
  UntagServerCertificate,
  UpdateAssumeRolePolicy,
  UpdateDelegationRequest,
  UpdateOpenIDConnectProviderThumbprint,
  UpdateRole,
  UpdateRoleDescription,
  UpdateSAMLProvider,
  UpdateServerCertificate,
  UploadServerCertificate,
};

/** What they keep. */
export const roleCollections = [
  delegationRequests,
  deletionTasks,
  entityAccesses,
  instanceProfiles,
  openIdProviders,
  outboundIssuers,
  reports,
  roleUses,
  samlProviders,
  serverCertificates,
];
