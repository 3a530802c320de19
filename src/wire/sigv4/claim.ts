import type { WireRequest } from '#wire/message.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import { queryParameters } from './canonical.ts';
import { parseHeaderClaim } from './header.ts';
import { parsePresignedClaim } from './presigned.ts';
import type { CredentialScope } from './signing-key.ts';

/** What a request says about its signer. Nothing in it is proven before `verifyClaim`. */
export type SignedClaim = CredentialScope & {
  readonly kind: 'header' | 'presigned';
  readonly accessKeyId: string;
  /** Lower-case names, ascending. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** The signer's time, milliseconds since the epoch. */
  readonly amzDate: number;
  readonly sessionToken: string | undefined;
  /** Seconds; presigned claims only. */
  readonly expires: number | undefined;
  /** Hex digest, `UNSIGNED-PAYLOAD` or `STREAMING-…`; undefined: the digest of the body that came. */
  readonly payloadHash: string | undefined;
};

/** Only a query with one of these words needs a look. */
const MAY_SIGN = /X-Amz-|AWSAccessKeyId|Signature/;
const V4_NAMES: ReadonlySet<string> = new Set(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']);
const V2_NAMES: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Signature']);

/**
 * Reads the signature of a request.
 *
 * @param family the protocol family of the service the request was routed to: it decides codes and texts of refusals
 * @returns undefined when the request carries no signature at all (anonymous)
 * @throws ServiceError for a signature that is incomplete, ambiguous, or of a version that is not served (2, 4A)
 * @example parseClaim(request, 'json')?.accessKeyId
 */
export function parseClaim(request: WireRequest, family: ProtocolFamily): SignedClaim | undefined {
  const { authorization } = request.headers;
  const parameters = MAY_SIGN.test(request.query) ? queryParameters(request.query) : [];
  const presigned = parameters.some(([name]) => V4_NAMES.has(name));
  if (authorization !== undefined) {
    if (presigned) throw authenticationError('ambiguous', family);
    return parseHeaderClaim(request, authorization, family);
  }
  if (presigned) return parsePresignedClaim(request, parameters, family);
  if (parameters.some(([name]) => V2_NAMES.has(name))) throw authenticationError('unsupportedVersion', family);
  return undefined;
}
