import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { externalPrincipal, type Principal } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type OpenIdProviderRow, openIdProvider } from '../iam/directory.ts';
import type { Operation } from './api.ts';
import { checkTrust, notEntitled } from './federated-trust.ts';
import { assume, type WantedRole, wantedRole } from './role-session.ts';
import { sessionTags } from './session-tags.ts';
import { readClaims, type WebIdentity } from './web-identity/claims.ts';
import { IssuerKeys } from './web-identity/issuer-keys.ts';
import { isSignedBy, type JsonWebToken, parseToken } from './web-identity/json-web-token.ts';

const action = 'sts:AssumeRoleWithWebIdentity';

/** Keys of issuers, shared by all calls of the process. */
const issuerKeys = new IssuerKeys();

export const AssumeRoleWithWebIdentity: Operation<'AssumeRoleWithWebIdentity'> = {
  anonymous: true,
  // The caller is proven by the token, not by a signature: the trust policy is asked in `handle`, with what the token says.
  resource: 'none',
  readOnly: true,
  handle: async (input, ctx) => {
    // First of all: whatever is wrong with the token, the account of the role has it on record.
    const wanted = await wantedRole(ctx, input.RoleArn);
    if (input.ProviderId !== undefined)
      throw invalidToken('Access tokens of OAuth 2.0 providers are not taken: send an ID token of OpenID Connect.');
    const token = parseToken(input.WebIdentityToken);
    if (token === undefined) {
      throw invalidToken(
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      );
    }
    const provider = await providerOf(ctx, wanted, token);
    await checkSignature(ctx, provider, token);
    const identity = readClaims(token.claims, provider.clientIds, ctx.now);
    if ('refused' in identity) {
      throw identity.refused === 'expired'
        ? new ServiceError('ExpiredTokenException', identity.message)
        : invalidToken(identity.message);
    }
    const tags = sessionTags(identity.tags, identity.transitiveTagKeys, undefined);
    const keys = identityKeys(provider.issuer, identity);
    await checkTrust(ctx, wanted, callerOf(provider, identity), actionsOf(identity), {
      ...keys,
      ...requestTagKeys(identity.tags),
      'sts:RoleSessionName': input.RoleSessionName,
      'sts:SourceIdentity': identity.sourceIdentity,
      'sts:TransitiveTagKeys': identity.transitiveTagKeys,
    });
    if (wanted.row === undefined) throw notEntitled(action);
    const session = await assume(ctx, {
      ...input,
      role: wanted.row,
      account: wanted.account,
      sessionName: input.RoleSessionName,
      chained: false,
      tags,
      sourceIdentity: identity.sourceIdentity,
      federatedProvider: provider.arn,
      keys,
    });
    return {
      ...session,
      SubjectFromWebIdentityToken: identity.subject,
      Provider: provider.arn,
      Audience: identity.audience[0] ?? '',
    };
  },
};

/** The provider of the role's account that the token names as its issuer. */
async function providerOf(ctx: Context, { account }: WantedRole, { claims }: JsonWebToken): Promise<OpenIdProviderRow> {
  const { iss } = claims;
  if (typeof iss !== 'string') throw invalidToken('Missing a required claim: iss');
  const provider = await openIdProvider(ctx, account, iss.replace(/^https?:\/\//, '').replace(/\/$/, ''));
  if (provider === undefined) throw invalidToken(`No OpenIDConnect provider found in your account for ${iss}`);
  return provider;
}

/** @throws ServiceError IDPCommunicationError, InvalidIdentityToken */
async function checkSignature(ctx: Context, provider: OpenIdProviderRow, token: JsonWebToken): Promise<void> {
  let candidates: Awaited<ReturnType<IssuerKeys['candidates']>>;
  try {
    candidates = await issuerKeys.candidates(provider, token.keyId, ctx.now);
  } catch {
    throw new ServiceError(
      'IDPCommunicationErrorException',
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (!candidates.some((key) => isSignedBy(token, key))) {
    throw invalidToken('The signature of the ID Token could not be verified with the keys of your identity provider');
  }
}

function callerOf({ arn, issuer }: OpenIdProviderRow, { audience, subject }: WebIdentity): Principal {
  return externalPrincipal(arn, `${issuer}:${audience[0] ?? ''}:${subject}`, subject);
}

function actionsOf({ tags, sourceIdentity }: WebIdentity): readonly string[] {
  return [
    action,
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
}

/** `accounts.example:aud` and its like: asked by the trust policy, and there for as long as the session lasts. */
function identityKeys(
  issuer: string,
  { audience, subject, amr }: WebIdentity,
): Record<string, string | readonly string[]> {
  return {
    [`${issuer}:aud`]: audience,
    [`${issuer}:sub`]: subject,
    ...(amr.length === 0 ? {} : { [`${issuer}:amr`]: amr }),
  };
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityTokenException', message);
}
