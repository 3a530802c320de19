import { createHash } from 'node:crypto';
import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { externalPrincipal } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type SamlProviderRow, samlProviderOfArn } from '../iam/directory.ts';
import { type Assertion, readResponse } from '../saml/assertion.ts';
import { readMetadata } from '../saml/metadata.ts';
import type { Input, Operation } from './api.ts';
import { checkTrust, notEntitled } from './federated-trust.ts';
import { assume, wantedRole } from './role-session.ts';
import { sessionTags } from './session-tags.ts';

const action = 'sts:AssumeRoleWithSAML';
/** Attributes that AWS reads (IAM user guide, "Configure SAML assertions for the authentication response"). */
const attribute = (name: string) => `https://aws.amazon.com/SAML/Attributes/${name}`;
const tagPrefix = attribute('PrincipalTag:');

export const AssumeRoleWithSAML: Operation<'AssumeRoleWithSAML'> = {
  anonymous: true,
  // The caller is proven by the assertion, not by a signature: the trust policy is asked in `handle`, with what the assertion says.
  resource: 'none',
  readOnly: true,
  handle: async (input, ctx) => {
    const wanted = await wantedRole(ctx, input.RoleArn);
    const provider = await samlProviderOfArn(ctx, input.PrincipalArn);
    if (provider === undefined) throw notEntitled(action);
    const assertion = verified(ctx, provider, input.SAMLAssertion);
    if (!names(assertion, input.RoleArn, input.PrincipalArn)) throw notEntitled(action);
    const sessionName = one(assertion, 'RoleSessionName');
    if (sessionName === undefined || !/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
      throw invalidToken('RoleSessionName is required in AuthnResponse');
    }
    const sourceIdentity = one(assertion, 'SourceIdentity');
    if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity))
      throw invalidToken('Invalid SourceIdentity in AuthnResponse');
    const principalTags = tagsIn(assertion);
    const tags = sessionTags(principalTags, assertion.attributes.get(attribute('TransitiveTagKeys')), undefined);
    const keys = assertionKeys(provider, assertion);
    const actions = [
      action,
      ...(principalTags.length > 0 ? ['sts:TagSession'] : []),
      ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ];
    const caller = externalPrincipal(
      provider.arn,
      `${nameQualifier(provider, assertion)}:${assertion.subject}`,
      assertion.subject,
    );
    await checkTrust(ctx, wanted, caller, actions, {
      ...keys,
      ...requestTagKeys(principalTags),
      'sts:RoleSessionName': sessionName,
      'sts:SourceIdentity': sourceIdentity,
      'sts:TransitiveTagKeys': tags.transitiveTagKeys,
    });
    if (wanted.row === undefined) throw notEntitled(action);
    const session = await assume(ctx, {
      ...input,
      DurationSeconds: durationOf(input, assertion),
      role: wanted.row,
      account: wanted.account,
      sessionName,
      chained: false,
      tags,
      sourceIdentity,
      federatedProvider: provider.arn,
      keys,
    });
    return {
      ...session,
      Subject: assertion.subject,
      SubjectType: assertion.subjectType,
      Issuer: assertion.issuer,
      Audience: assertion.recipient,
      NameQualifier: nameQualifier(provider, assertion),
    };
  },
};

/** @throws ServiceError InvalidIdentityToken, ExpiredToken, IDPRejectedClaim */
function verified(ctx: Context, provider: SamlProviderRow, encoded: string): Assertion {
  const metadata = readMetadata(provider.metadata);
  if (metadata === undefined || provider.validUntil <= ctx.now)
    throw invalidToken('The metadata of the identity provider has expired');
  const response = readResponse(
    Buffer.from(encoded, 'base64').toString(),
    { entityId: metadata.entityId, certificates: metadata.certificates, isRecipient, isAudience },
    ctx.now,
  );
  if (!('refused' in response)) return response;
  switch (response.refused) {
    case 'expired':
      throw new ServiceError('ExpiredTokenException', response.message);
    case 'rejected':
      throw new ServiceError('IDPRejectedClaimException', response.message);
    default:
      throw invalidToken(response.message);
  }
}

/** AWS's sign-in endpoint, global or of a region: identity providers are set up for it. */
function isRecipient(address: string): boolean {
  return /^https:\/\/([a-z0-9-]+\.)?signin\.aws\.amazon\.com\/saml(\/acs\/SAMLSP[A-Z0-9]+)?$/.test(address);
}

function isAudience(name: string): boolean {
  return name === 'urn:amazon:webservices' || isRecipient(name);
}

/** The assertion must pair the role with the provider; either may come first. */
function names({ attributes }: Assertion, role: string, provider: string): boolean {
  return (attributes.get(attribute('Role')) ?? []).some((pair) => {
    const [first, second, ...more] = pair.split(',').map((part) => part.trim());
    if (more.length > 0) return false;
    return (first === role && second === provider) || (first === provider && second === role);
  });
}

function one({ attributes }: Assertion, name: string): string | undefined {
  return attributes.get(attribute(name))?.[0];
}

function tagsIn({ attributes }: Assertion): readonly { readonly Key: string; readonly Value: string }[] {
  return [...attributes].flatMap(([name, values]) =>
    name.startsWith(tagPrefix) ? [{ Key: name.slice(tagPrefix.length), Value: values[0] ?? '' }] : [],
  );
}

/** The shorter of what the request and the assertion ask for. */
function durationOf({ DurationSeconds }: Input<'AssumeRoleWithSAML'>, assertion: Assertion): number | undefined {
  const text = one(assertion, 'SessionDuration');
  if (text === undefined) return DurationSeconds;
  const seconds = /^\d{3,5}$/.test(text) ? Number(text) : 0;
  if (seconds < 900 || seconds > 43_200) throw invalidToken('Invalid SessionDuration in AuthnResponse');
  return DurationSeconds === undefined ? seconds : Math.min(DurationSeconds, seconds);
}

/** Keys that policies can ask for as long as the session lasts. */
function assertionKeys(provider: SamlProviderRow, assertion: Assertion): Record<string, string> {
  return {
    'saml:aud': assertion.recipient,
    'saml:iss': assertion.issuer,
    'saml:sub': assertion.subject,
    'saml:sub_type': assertion.subjectType,
    'saml:namequalifier': nameQualifier(provider, assertion),
    'saml:doc': `${accountOf(provider)}/${provider.name}`,
  };
}

/** Tells subjects of different providers apart (STS API reference, AssumeRoleWithSAML). */
function nameQualifier(provider: SamlProviderRow, { issuer }: Assertion): string {
  return createHash('sha1')
    .update(`${issuer}${accountOf(provider)}/${provider.name}`)
    .digest('base64');
}

function accountOf({ arn }: SamlProviderRow): string {
  return arn.split(':', 5)[4] ?? '';
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityTokenException', message);
}
