/**
 * Every way to fail authentication, in each protocol family's own words.
 *
 * The three families name the same failure differently, and SDKs act on the name (clock correction, token refresh), so the
 * code and the text belong to the wire contract.
 */
import type { ProtocolName } from '#wire/protocol.ts';
import { ServiceError } from '#wire/service-error.ts';

/** How the service speaks: `json` (JSON and CBOR over one path), `rest-json`, `query` (IAM, STS, EC2), `s3`. */
export type ProtocolFamily = 'json' | 'rest-json' | 'query' | 's3';

/** The family that a protocol's clients belong to. */
export function familyOf(protocol: ProtocolName): ProtocolFamily {
  if (protocol === 'rest-xml') return 's3';
  if (protocol === 'rest-json') return 'rest-json';
  return protocol === 'aws-query' || protocol === 'ec2-query' ? 'query' : 'json';
}

type Wording = { readonly code: string; readonly status: number; readonly text: string };

const MISMATCH_TEXT =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const S3_MISMATCH_TEXT =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
const INVALID_TOKEN_TEXT = 'The security token included in the request is invalid.';
const EXPIRED_TOKEN_TEXT = 'The security token included in the request is expired';
const VERSION_TEXT = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
const BOTH_TEXT =
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the ' +
  'Authorization header should be specified';

const word = (code: string, status: number, text: string): Wording => ({ code, status, text });
const mismatch = {
  json: word('InvalidSignatureException', 400, MISMATCH_TEXT),
  query: word('SignatureDoesNotMatch', 403, MISMATCH_TEXT),
};
const incomplete = {
  json: word('IncompleteSignatureException', 400, 'The request signature does not conform to AWS standards.'),
  query: word('IncompleteSignature', 400, 'The request signature does not conform to AWS standards.'),
};
const invalidToken = {
  json: word('UnrecognizedClientException', 400, INVALID_TOKEN_TEXT),
  query: word('InvalidClientTokenId', 403, INVALID_TOKEN_TEXT),
};
const malformedS3 = (text: string): Wording => word('AuthorizationHeaderMalformed', 400, text);
const deniedS3 = (text: string): Wording => word('AccessDenied', 403, text);

const wordings = {
  /** Two signatures in one request: which one counts must never be a guess. */
  ambiguous: { ...incomplete, s3: word('InvalidArgument', 400, BOTH_TEXT) },
  /** Neither `x-amz-date` nor `date`, or neither readable. */
  dateInvalid: { ...incomplete, s3: deniedS3('AWS authentication requires a valid Date or x-amz-date header') },
  /** The time span of a presigned URL is over. */
  expired: { ...mismatch, s3: deniedS3('Request has expired') },
  expiredToken: {
    json: word('ExpiredTokenException', 400, EXPIRED_TOKEN_TEXT),
    query: word('ExpiredToken', 403, EXPIRED_TOKEN_TEXT),
    s3: word('ExpiredToken', 400, 'The provided token has expired.'),
  },
  /** The access key is unknown or inactive. */
  invalidToken: {
    ...invalidToken,
    s3: word('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'),
  },
  malformedHeader: { ...incomplete, s3: malformedS3('The authorization header is malformed') },
  malformedQuery: {
    ...incomplete,
    s3: word('AuthorizationQueryParametersError', 400, 'Error parsing the query parameters'),
  },
  /** The session token does not belong to the access key, or is not a token of ours. */
  malformedToken: {
    ...invalidToken,
    s3: word('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'),
  },
  missingPayloadHash: {
    ...mismatch,
    s3: word('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256'),
  },
  missingToken: {
    json: word('MissingAuthenticationTokenException', 400, 'Missing Authentication Token'),
    query: word('MissingAuthenticationToken', 403, 'Request is missing Authentication Token'),
    s3: deniedS3('Access Denied'),
  },
  /** The start of a presigned URL lies in the future. */
  notYetValid: { ...mismatch, s3: deniedS3('Request is not yet valid') },
  /** `x-amz-content-sha256` is neither a digest nor one of the words for streamed and unsigned bodies. */
  payloadHashInvalid: {
    ...mismatch,
    s3: word(
      'InvalidArgument',
      400,
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, ' +
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    ),
  },
  payloadMismatch: {
    ...mismatch,
    s3: word(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
  },
  /** The scope of the credential fits neither the request's date nor the signature version. */
  scopeMismatch: { ...mismatch, s3: malformedS3('The authorization header is malformed') },
  signatureMismatch: { ...mismatch, s3: word('SignatureDoesNotMatch', 403, S3_MISMATCH_TEXT) },
  skewed: {
    ...mismatch,
    s3: word('RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'),
  },
  unsignedHeaders: {
    ...mismatch,
    s3: deniedS3('There were headers present in the request which were not signed'),
  },
  unsupportedScheme: { ...incomplete, s3: word('InvalidArgument', 400, 'Unsupported Authorization Type') },
  /** Signature versions 2 and 4A. */
  unsupportedVersion: {
    json: word('IncompleteSignatureException', 400, VERSION_TEXT),
    query: word('IncompleteSignature', 400, VERSION_TEXT),
    s3: word('InvalidRequest', 400, VERSION_TEXT),
  },
  wrongService: { ...mismatch, s3: malformedS3('The authorization header is malformed; incorrect service.') },
} as const satisfies Readonly<Record<string, Readonly<Record<Exclude<ProtocolFamily, 'rest-json'>, Wording>>>>;

export type AuthenticationFailure = keyof typeof wordings;

/** All failures, for tables and tests. */
export const authenticationFailures = Object.keys(wordings) as readonly AuthenticationFailure[];

/**
 * The error a client of this protocol family expects for a failed authentication.
 *
 * @param detail `message` replaces the table's text; `members` are further members of the error (AWS spelling).
 * @example authenticationError('invalidToken', 'query') // InvalidClientTokenId, 403
 */
export function authenticationError(
  failure: AuthenticationFailure,
  family: ProtocolFamily,
  detail: { readonly message?: string; readonly members?: Record<string, unknown> } = {},
): ServiceError {
  const { code, status, text } = wordings[failure][family === 'rest-json' ? 'json' : family];
  // JSON-RPC services answer every client error with 400; those with resources in their paths say what 403 is.
  const forbidden = family === 'rest-json' && !code.startsWith('Incomplete');
  return new ServiceError(code, detail.message ?? text, {
    status: forbidden ? 403 : status,
    members: detail.members ?? {},
  });
}
