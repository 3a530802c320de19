import type { WireRequest } from '#wire/message.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { parseAmzDate } from './amz-date.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import { signsLikeS3 } from './canonical.ts';
import type { SignedClaim } from './claim.ts';
import { type ClaimPlace, parseCredential, parseSignedHeaders } from './credential.ts';
import { ALGORITHM } from './signature.ts';

const REQUIRED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
] as const;
const ONCE: ReadonlySet<string> = new Set([...REQUIRED, 'X-Amz-Security-Token', 'X-Amz-Content-Sha256']);

/** Seven days: the life of the longest signing key. */
const MAX_EXPIRES = 604_800;

const S3_REQUIRED =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, ' +
  'X-Amz-SignedHeaders, and X-Amz-Expires parameters.';

function refuse(family: ProtocolFamily, text: string, s3Text = text): ServiceError {
  return authenticationError('malformedQuery', family, { message: family === 's3' ? s3Text : text });
}

function parseExpires(text: string, family: ProtocolFamily): number {
  if (!/^-?\d{1,15}$/.test(text)) throw refuse(family, 'X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) throw refuse(family, 'X-Amz-Expires must be non-negative');
  if (seconds === 0) throw refuse(family, 'X-Amz-Expires must be at least 1 second');
  if (seconds > MAX_EXPIRES) {
    throw refuse(
      family,
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ' +
        `${MAX_EXPIRES} seconds`,
    );
  }
  return seconds;
}

function required(
  values: ReadonlyMap<string, string>,
  name: (typeof REQUIRED)[number],
  family: ProtocolFamily,
): string {
  const value = values.get(name);
  if (value) return value;
  const missing = REQUIRED.filter((each) => !values.get(each));
  const sentences = missing.map((each) => `AWS query-string parameters must include '${each}'. `).join('');
  throw refuse(family, `${sentences}Re-examine the query-string parameters.`, S3_REQUIRED);
}

/**
 * Reads a presigned request: the signature stands in the query.
 *
 * @param parameters the query in canonical encoding
 * @throws ServiceError
 */
export function parsePresignedClaim(
  request: WireRequest,
  parameters: readonly (readonly [name: string, value: string])[],
  family: ProtocolFamily,
): SignedClaim {
  const place: ClaimPlace = { kind: 'presigned', family };
  const values = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (!ONCE.has(name)) continue;
    // A second value would be signed too, but which of the two counts must not be a guess.
    if (values.has(name)) throw refuse(family, `The query parameter ${name} must be given once.`);
    values.set(name, decodeURIComponentOrRefuse(value, name, family));
  }
  const algorithm = required(values, 'X-Amz-Algorithm', family);
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') throw authenticationError('unsupportedVersion', family);
  if (algorithm !== ALGORITHM) {
    throw refuse(
      family,
      `Unsupported AWS 'algorithm': '${algorithm}'.`,
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"',
    );
  }
  const date = required(values, 'X-Amz-Date', family);
  const amzDate = parseAmzDate(date);
  if (amzDate === undefined) {
    throw refuse(
      family,
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
    );
  }
  const credential = parseCredential(required(values, 'X-Amz-Credential', family), date, place);
  const s3 = signsLikeS3(credential.service);
  const stated = values.get('X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256'];
  return {
    kind: 'presigned',
    ...credential,
    signedHeaders: parseSignedHeaders(required(values, 'X-Amz-SignedHeaders', family), place),
    signature: required(values, 'X-Amz-Signature', family),
    amzDate,
    sessionToken: values.get('X-Amz-Security-Token'),
    expires: parseExpires(required(values, 'X-Amz-Expires', family), family),
    // The body of a presigned S3 request is unknown to the signer unless it says otherwise.
    payloadHash: stated ?? (s3 ? 'UNSIGNED-PAYLOAD' : undefined),
  };
}

function decodeURIComponentOrRefuse(value: string, name: string, family: ProtocolFamily): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw refuse(family, `The query parameter ${name} is not valid UTF-8.`);
  }
}
