import { type ExceptionList, serviceCases } from './services.ts';

/** Where the product and the reference differ on purpose. Each must be met by some call: one that no call meets any more is an error. */
export type Exception = {
  /** Action, or operation where it has none; `*` at the end stands for any rest. */
  readonly of: string;
  /** What it is about: a resource or a condition key; `*` at the end as well. */
  readonly what: string;
  readonly reason: string;
};

/** The exceptions that services have of their own. */
function of(list: ExceptionList): readonly Exception[] {
  return serviceCases.flatMap(({ exceptions }) => exceptions?.[list] ?? []);
}

/** Operations that put no question to the policy engine. */
export const unasked: readonly Exception[] = [
  ...['sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'].map((of) => ({
    of,
    what: 'no question',
    reason: 'the caller has no policies: the trust policy alone is asked, with what the assertion or token says',
  })),
  ...['sts:GetCallerIdentity', 'sts:GetSessionToken'].map((of) => ({
    of,
    what: 'no question',
    reason: 'needs no permission (STS API reference)',
  })),
  ...of('unasked'),
];

const newAction = 'in the API model (IAM API reference), and not yet in the reference of actions';

/** Operations on many things that ask for each, and tell in their answer which were refused. */
export const toldInAnswer: readonly Exception[] = of('toldInAnswer');

/** Actions that the reference does not list. */
export const unlistedActions: readonly Exception[] = [
  { of: 'iam:UpdateDelegationRequest', what: 'iam:UpdateDelegationRequest', reason: newAction },
  ...of('unlistedActions'),
];

/** Operations that fail with the inputs here, after authorisation; `what` is the error. */
export const refused: readonly Exception[] = [
  {
    of: 'iam:EnableOutboundWebIdentityFederation',
    what: 'FeatureEnabledException',
    reason: 'the account has it enabled, for the operations that need it',
  },
  {
    of: 'iam:SendDelegationToken',
    what: 'InvalidInputException',
    reason: 'needs a request that a user has accepted: its own tests have one',
  },
  { of: 'sts:AssumeRoot', what: 'AccessDenied', reason: 'needs an organization' },
  {
    of: 'sts:GetDelegatedAccessToken',
    what: 'ExpiredTradeInTokenException',
    reason: 'needs a token that was sent: its own tests have one',
  },
  { of: 'sts:AssumeRoleWithSAML', what: 'ValidationError', reason: 'needs a signed assertion: its own tests have one' },
  {
    of: 'sts:AssumeRoleWithWebIdentity',
    what: 'InvalidIdentityTokenException',
    reason: 'needs a signed token: its own tests have one',
  },
  {
    of: 'sts:DecodeAuthorizationMessage',
    what: 'InvalidAuthorizationMessageException',
    reason: 'no service that is served refuses with an encoded message yet',
  },
  ...of('refused'),
];

const asInRefusals = 'the resource that AWS names in its refusals; policies with `*` match it as well';

/** Resources of other types than the reference lists; `what` is the ARN from its resource on. */
export const resources: readonly Exception[] = [
  { of: 'iam:ListGroups', what: 'group/', reason: asInRefusals },
  { of: 'iam:ListInstanceProfiles', what: 'instance-profile/', reason: asInRefusals },
  { of: 'iam:ListRoles', what: 'role/', reason: asInRefusals },
  { of: 'iam:ListServerCertificates', what: 'server-certificate/', reason: asInRefusals },
  { of: 'iam:ListUsers', what: 'user/', reason: asInRefusals },
  { of: 'iam:ListVirtualMFADevices', what: 'mfa/', reason: asInRefusals },
  { of: 'iam:UpdateDelegationRequest', what: 'delegation-request/*', reason: newAction },
  { of: 'ssm:DescribeParameters', what: 'any', reason: asInRefusals },
  {
    of: 'sts:GetFederationToken > sts:TagSession',
    what: 'federated-user/guest',
    reason: 'the session that is tagged is a federated user, no role (STS API reference, GetFederationToken)',
  },
  ...of('resources'),
];

const oneOfTheTypes = 'the request names one entity, of any of the types';

/** Required resource types that no question names. */
export const absentTypes: readonly Exception[] = [
  ...['group', 'role', 'user'].map((what) => ({
    of: 'iam:GenerateServiceLastAccessedDetails',
    what,
    reason: oneOfTheTypes,
  })),
  ...['group', 'role'].map((what) => ({
    of: 'iam:ListPoliciesGrantingServiceAccess',
    what,
    reason: oneOfTheTypes,
  })),
  ...of('absentTypes'),
];

const oneContext = 'all actions of a request are asked in one context';

/** Condition keys in a question that the reference does not list for its action. */
export const unlistedKeys: readonly Exception[] = [
  { of: 'kms:*', what: 'kms:CustomerMasterKeySpec', reason: 'the older name of kms:KeySpec, still in policies' },
  { of: 'kms:*', what: 'kms:CustomerMasterKeyUsage', reason: 'the older name of kms:KeyUsage, still in policies' },
  {
    of: 'kms:ReplicateKey',
    what: 'kms:BypassPolicyLockoutSafetyCheck',
    reason: 'the request carries it: a policy that denies the bypass must not miss it here',
  },
  { of: 'iam:UpdateDelegationRequest', what: 'iam:DelegationRequestOwner', reason: newAction },
  ...['sts:DurationSeconds', 'sts:IdentityTokenAudience', 'sts:SigningAlgorithm'].map((what) => ({
    of: 'sts:GetWebIdentityToken > sts:TagGetWebIdentityToken',
    what,
    reason: oneContext,
  })),
  { of: 'iam:CreateRole > iam:TagRole', what: 'iam:PermissionsBoundary', reason: oneContext },
  { of: 'iam:CreateUser > iam:TagUser', what: 'iam:PermissionsBoundary', reason: oneContext },
  { of: 'ssm:PutParameter > ssm:AddTagsToResource', what: 'ssm:Overwrite', reason: oneContext },
  { of: 'ssm:PutParameter > ssm:AddTagsToResource', what: 'ssm:Policies', reason: oneContext },
  ...['sts:ExternalId', 'sts:RoleSessionName', 'sts:SourceIdentity'].map((what) => ({
    of: 'sts:AssumeRole > sts:TagSession',
    what,
    reason: oneContext,
  })),
  ...['sts:ExternalId', 'sts:RoleSessionName', 'sts:TransitiveTagKeys'].map((what) => ({
    of: 'sts:AssumeRole > sts:SetSourceIdentity',
    what,
    reason: oneContext,
  })),
  ...of('unlistedKeys'),
];

const newThings = [
  ['iam:CreateInstanceProfile', 'iam:TagInstanceProfile'],
  ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
  ['iam:CreatePolicy', 'iam:TagPolicy'],
  ['iam:CreateRole', 'iam:TagRole'],
  ['iam:CreateSAMLProvider', 'iam:TagSAMLProvider'],
  ['iam:CreateUser', 'iam:TagUser'],
  ['iam:CreateVirtualMFADevice', 'iam:TagMFADevice'],
  ['iam:UploadServerCertificate', 'iam:TagServerCertificate'],
  ['kms:CreateKey', 'kms:TagResource'],
  ['ssm:PutParameter', 'ssm:AddTagsToResource'],
] as const;

/** Condition keys that the reference lists and no question carries. */
export const absentKeys: readonly Exception[] = [
  ...['iam:AssociateDelegationRequest', 'iam:CreateDelegationRequest'].map((of) => ({
    of,
    what: 'iam:DelegationRequestOwner',
    reason: 'the request has no owner yet',
  })),
  { of: 'kms:*', what: 'kms:ViaService', reason: 'in calls that a service makes; its own test makes some' },
  { of: 'kms:*', what: 'kms:RecipientAttestation:*', reason: 'attested recipients are refused' },
  ...['kms:GranteeServicePrincipal', 'kms:RetiringPrincipal'].map((what) => ({
    of: 'kms:CreateGrant',
    what,
    reason: 'the request names a user as grantee and a service as retirer: never both kinds of one',
  })),
  ...newThings.flatMap(([create, tag]) =>
    [create, `${create} > ${tag}`].map((of) => ({
      of,
      what: 'aws:ResourceTag/*',
      reason: 'what is being made has no tags yet',
    })),
  ),
  ...['iam:CreateRole', 'iam:CreateUser', 'iam:CreateRole > iam:TagRole', 'iam:CreateUser > iam:TagUser'].map((of) => ({
    of,
    what: 'iam:ResourceTag/*',
    reason: 'what is being made has no tags yet',
  })),
  ...['ssm:PutParameter', 'ssm:PutParameter > ssm:AddTagsToResource'].map((of) => ({
    of,
    what: 'ssm:resourceTag/*',
    reason: 'what is being made has no tags yet',
  })),
  ...['iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:GetServiceLinkedRoleDeletionStatus'].flatMap(
    (of) => ['aws:ResourceTag/*', 'iam:ResourceTag/*'].map((what) => ({ of, what, reason: 'the role has no tags' })),
  ),
  { of: 'ssm:GetParametersByPath', what: 'aws:ResourceTag/*', reason: 'a path is no parameter and has no tags' },
  { of: 'ssm:GetParametersByPath', what: 'ssm:resourceTag/*', reason: 'a path is no parameter and has no tags' },
  ...[
    'iam:AttachRolePolicy',
    'iam:CreateRole',
    'iam:CreateRole > iam:TagRole',
    'iam:GetRole',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
    'iam:TagRole',
  ].map((of) => ({ of, what: 'iam:RoleTemplateARN', reason: 'roles are not made from templates' })),
  ...['iam:FIDO-*', 'iam:RegisterSecurityKey'].map((what) => ({
    of: 'iam:EnableMFADevice',
    what,
    reason: 'virtual devices only: there are no security keys',
  })),
  {
    of: 'iam:AddRoleToInstanceProfile > iam:PassRole',
    what: 'iam:AssociatedResourceArn',
    reason: 'the instance that gets the role is not known yet',
  },
  ...[
    'accounts.google.com:*',
    'cognito-identity.amazonaws.com:*',
    'graph.facebook.com:*',
    'saml:*',
    'www.amazon.com:*',
  ].map((what) => ({
    of: 'sts:AssumeRole',
    what,
    reason: 'sessions of federated callers carry it; this caller is none',
  })),
  {
    of: 'sts:AssumeRole > sts:TagSession',
    what: 'saml:aud',
    reason: 'sessions of federated callers carry it; this caller is none',
  },
  { of: 'sts:GetFederationToken > sts:TagSession', what: 'saml:aud', reason: 'the caller is no session' },
  {
    of: 'sts:GetFederationToken > sts:TagSession',
    what: 'sts:TransitiveTagKeys',
    reason: 'the request has no such member',
  },
  ...['kms:CreateKey > kms:TagResource', 'kms:ReplicateKey > kms:TagResource'].map((of) => ({
    of,
    what: 'kms:ResourceAliases',
    reason: 'what is being made has no aliases yet',
  })),
  { of: 'kms:ReplicateKey > kms:TagResource', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' },
  { of: 'kms:ReplicateKey > kms:CreateKey', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' },
  ...of('absentKeys'),
];

/** Spellings that are taken and name another thing; `what` is the spelling. */
export const otherThings: readonly Exception[] = [
  { of: 'iam:DeleteOpenIDConnectProvider', what: 'arn:*', reason: 'it finds nothing, which is no error' },
  { of: 'ssm:GetParametersByPath', what: '/APP', reason: 'names differ by case: another path, with nothing below it' },
  { of: 'ssm:PutParameter', what: '/APP/NEW', reason: 'names differ by case: another parameter, which it makes' },
  ...of('otherThings'),
];

/** Keeps account of the exceptions that were met. */
export class Exceptions {
  readonly #list: readonly Exception[];
  readonly #met = new Set<Exception>();

  constructor(list: readonly Exception[]) {
    this.#list = list;
  }

  has(of: string, what: string): boolean {
    const found = this.#list.filter((each) => covers(each.of, of) && covers(each.what, what));
    for (const each of found) this.#met.add(each);
    return found.length > 0;
  }

  /** Those that no call met. */
  stale(): readonly string[] {
    return this.#list.filter((each) => !this.#met.has(each)).map(({ of, what }) => `${of}: ${what}`);
  }
}

function covers(pattern: string, text: string): boolean {
  return pattern.endsWith('*') && pattern !== '*' ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}
