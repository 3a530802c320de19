import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { GetAccessKeyInfo } from './access-key-info.ts';
import { AssumeRole } from './assume-role.ts';
import { AssumeRoleWithSAML } from './assume-role-with-saml.ts';
import { AssumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { DecodeAuthorizationMessage } from './authorization-message.ts';
import { GetCallerIdentity } from './caller-identity.ts';
import { GetFederationToken } from './federation-token.ts';
import { GetSessionToken } from './session-token.ts';

const operations = {
  AssumeRole,
  AssumeRoleWithSAML,
  AssumeRoleWithWebIdentity,
  AssumeRoot: unsupported('it acts on member accounts of an organization, and there are no organizations yet'),
  DecodeAuthorizationMessage,
  GetAccessKeyInfo,
  GetCallerIdentity,
  GetDelegatedAccessToken: unsupported('it trades tokens of products that only AWS runs'),
  GetFederationToken,
  GetScopedCredentials: unsupported('its API model is not published'),
  GetSessionToken,
  GetWebIdentityToken: unsupported('outbound web identity federation is not part of this release'),
} satisfies Operations<'sts'>;

/** STS keeps nothing: sessions travel sealed in their tokens. */
export const sts: Service = {
  name: 'sts',
  prefix: 'sts',
  host: 'sts.amazonaws.com',
  operations,
  collections: [],
};
