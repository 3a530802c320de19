import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { GetAccessKeyInfo } from './access-key-info.ts';
import { AssumeRole } from './assume-role.ts';
import { AssumeRoleWithSAML } from './assume-role-with-saml.ts';
import { AssumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { AssumeRoot } from './assume-root.ts';
import { DecodeAuthorizationMessage } from './authorization-message.ts';
import { GetCallerIdentity } from './caller-identity.ts';
import { GetDelegatedAccessToken } from './delegated-access-token.ts';
import { GetFederationToken } from './federation-token.ts';
import { GetSessionToken } from './session-token.ts';
import { GetWebIdentityToken } from './web-identity-token.ts';

const operations = {
  AssumeRole,
  AssumeRoleWithSAML,
  AssumeRoleWithWebIdentity,
  AssumeRoot,
  DecodeAuthorizationMessage,
  GetAccessKeyInfo,
  GetCallerIdentity,
  GetDelegatedAccessToken,
  GetFederationToken,
  GetScopedCredentials: unsupported('its API model is not published'),
  GetSessionToken,
  GetWebIdentityToken,
} satisfies Operations<'sts'>;

/** STS keeps nothing: sessions travel sealed in their tokens. */
export const sts: Service = {
  name: 'sts',
  prefix: 'sts',
  host: 'sts.amazonaws.com',
  operations,
  collections: [],
};
