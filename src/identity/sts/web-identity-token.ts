import { sign } from 'node:crypto';
import { requestTagKeys } from '#runtime/condition-keys.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type IssuerKey, outboundIssuer } from '../iam/directory.ts';
import type { Operation } from './api.ts';
import { identityClaims } from './identity-claims.ts';
import { sessionTags } from './session-tags.ts';

/** Seconds that a token is valid unless the request says otherwise (STS API reference). */
const defaultDuration = 300;
/** Bytes of a token's claims. AWS's limit is not published: with this one tokens fit into the headers that servers take. */
const maxClaims = 4_096;

export const GetWebIdentityToken: Operation<'GetWebIdentityToken'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'sts:GetWebIdentityToken'
      : ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'],
  resource: () => '*',
  conditions: ({ Audience, DurationSeconds = defaultDuration, SigningAlgorithm, Tags }) => ({
    ...requestTagKeys(Tags),
    'sts:DurationSeconds': String(DurationSeconds),
    'sts:IdentityTokenAudience': Audience,
    'sts:SigningAlgorithm': SigningAlgorithm,
  }),
  handle: async ({ Audience, DurationSeconds = defaultDuration, SigningAlgorithm, Tags }, ctx) => {
    const issuer = await outboundIssuer(ctx, ctx.account);
    if (issuer?.enabled !== true) {
      throw new ServiceError(
        'OutboundWebIdentityFederationDisabledException',
        'Outbound web identity federation is not enabled for your account.',
      );
    }
    const key = issuer.keys.find(({ algorithm }) => algorithm === SigningAlgorithm);
    if (key === undefined) {
      throw new ServiceError(
        'ValidationException',
        `1 validation error detected: Value '${SigningAlgorithm}' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RS256, ES384]`,
      );
    }
    const { principal, region } = ctx;
    const issuedAt = Math.floor(ctx.now / 1_000);
    const expiresAt = issuedAt + DurationSeconds;
    if (principal.session !== undefined && expiresAt * 1_000 > principal.session.expiresAt) {
      throw new ServiceError(
        'SessionDurationEscalationException',
        'The requested token would be valid for longer than the session that asks for it.',
      );
    }
    const { tags } = sessionTags(Tags, undefined, undefined);
    const claims = JSON.stringify(
      identityClaims({
        issuer: issuer.url,
        audience: Audience,
        principal,
        region,
        tokenId: ctx.uuid(),
        issuedAt,
        expiresAt,
        tags,
      }),
    );
    if (Buffer.byteLength(claims) > maxClaims) {
      throw new ServiceError(
        'JWTPayloadSizeExceededException',
        `The claims of the token take more than ${maxClaims} bytes: pass fewer tags.`,
      );
    }
    return { WebIdentityToken: signed(key, claims), Expiration: new Date(expiresAt * 1_000) };
  },
};

/** Compact JWS (RFC 7515 §3.1; algorithms of RFC 7518 §3). */
function signed({ keyId, algorithm, privateKey }: IssuerKey, claims: string): string {
  const header = JSON.stringify({ alg: algorithm, kid: keyId, typ: 'JWT' });
  const text = `${Buffer.from(header).toString('base64url')}.${Buffer.from(claims).toString('base64url')}`;
  const signature = sign(algorithm === 'RS256' ? 'sha256' : 'sha384', Buffer.from(text), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}
