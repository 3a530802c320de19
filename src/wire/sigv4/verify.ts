import type { Transform } from 'node:stream';
import type { WireRequest } from '#wire/message.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { formatAmzDate } from './amz-date.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import { canonicalRequest, signsLikeS3 } from './canonical.ts';
import { chunkedDecoder } from './chunked.ts';
import type { SignedClaim } from './claim.ts';
import { chunkedPayload, digestVerifier, isDigest, payloadMismatch, UNSIGNED_PAYLOAD } from './payload.ts';
import { ALGORITHM, sameSignature, sha256Hex, sign, stringToSign } from './signature.ts';
import { signingKeys } from './signing-key.ts';

export type VerifyOptions = {
  /** Signing name of the service the request was routed to. */
  readonly service: string;
  readonly family: ProtocolFamily;
  /** How far the signer's clock may be off, either way. AWS: 15 minutes, `MAX_SKEW_MS`. */
  readonly maxSkewMs: number;
};

/** AWS's limit. A replayed request is worthless after it. */
export const MAX_SKEW_MS: number = 15 * 60_000;

function serviceRefusal(claim: SignedClaim, { service, family }: VerifyOptions): ServiceError | undefined {
  if (claim.service === service) return undefined;
  const message =
    family === 's3'
      ? `The authorization header is malformed; incorrect service "${claim.service}". This endpoint belongs to "${service}".`
      : `Credential should be scoped to correct service: '${service}'. `;
  return authenticationError('wrongService', family, { message });
}

/** `15 min.` as in AWS's text; odd spans in seconds. */
const span = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000} min.` : `${Math.round(ms / 1000)} sec.`);

function timeRefusal(claim: SignedClaim, now: number, { family, maxSkewMs }: VerifyOptions): ServiceError | undefined {
  const lifeMs = claim.expires === undefined ? maxSkewMs : claim.expires * 1000;
  const early = claim.amzDate > now + maxSkewMs;
  const late = now > claim.amzDate + lifeMs;
  if (!early && !late) return undefined;
  if (family === 's3') {
    const ServerTime = new Date(now).toISOString();
    const RequestTime = formatAmzDate(claim.amzDate);
    if (claim.expires === undefined) {
      return authenticationError('skewed', 's3', {
        members: { RequestTime, ServerTime, MaxAllowedSkewMilliseconds: maxSkewMs },
      });
    }
    const Expires = new Date(claim.amzDate + lifeMs).toISOString();
    return authenticationError(early ? 'notYetValid' : 'expired', 's3', {
      members: { 'X-Amz-Expires': claim.expires, Expires, ServerTime },
    });
  }
  const [signed, at] = [formatAmzDate(claim.amzDate), formatAmzDate(now)];
  const message = early
    ? `Signature not yet current: ${signed} is still later than ${formatAmzDate(now + maxSkewMs)} (${at} + ${span(maxSkewMs)})`
    : `Signature expired: ${signed} is now earlier than ${formatAmzDate(now - lifeMs)} (${at} - ${span(lifeMs)})`;
  return authenticationError('skewed', family, { message });
}

/** `host` and every `x-amz-*` header that came must be signed: an unsigned one could have been added on the way. */
function headerRefusal(claim: SignedClaim, request: WireRequest, family: ProtocolFamily): ServiceError | undefined {
  if (!claim.signedHeaders.includes('host')) {
    if (family === 's3') return authenticationError('unsignedHeaders', 's3', { members: { HeadersNotSigned: 'host' } });
    return authenticationError('unsignedHeaders', family, {
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    });
  }
  const unsigned: string[] = [];
  for (const name in request.headers) {
    if (!name.startsWith('x-amz-') || request.headers[name] === undefined) continue;
    if (!claim.signedHeaders.includes(name)) unsigned.push(name);
  }
  if (unsigned.length > 0) {
    const names = unsigned.sort().join(', ');
    if (family === 's3') return authenticationError('unsignedHeaders', 's3', { members: { HeadersNotSigned: names } });
    return authenticationError('unsignedHeaders', family, {
      message: `'${names}' must be a 'SignedHeader' in the AWS Authorization.`,
    });
  }
  // A signed header that did not come was taken away on the way.
  const lost = claim.signedHeaders.some((name) => request.headers[name] === undefined);
  return lost ? authenticationError('signatureMismatch', family) : undefined;
}

/** Only S3 takes bodies that are unsigned or signed in pieces, and only S3 insists on the header. */
function payloadRefusal(claim: SignedClaim, { service, family }: VerifyOptions): ServiceError | undefined {
  const { payloadHash } = claim;
  const s3 = signsLikeS3(service);
  if (payloadHash === undefined) return s3 ? authenticationError('missingPayloadHash', family) : undefined;
  if (isDigest(payloadHash)) return undefined;
  if (payloadHash.startsWith('STREAMING-AWS4-ECDSA-P256-SHA256-')) {
    return authenticationError('unsupportedVersion', family);
  }
  if (s3 && (payloadHash === UNSIGNED_PAYLOAD || chunkedPayload(payloadHash) !== undefined)) return undefined;
  return authenticationError('payloadHashInvalid', family, {
    members: family === 's3' ? { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash } : {},
  });
}

/**
 * Checks a claim against the secret: service, time, headers, signature, body. Pure but for the signing-key cache.
 *
 * A streamed body is not read here: pipe it through `bodyVerifier` and trust nothing before its end.
 *
 * @param now milliseconds since the epoch
 * @returns undefined when the request is what the owner of the secret signed, else the refusal to answer with
 * @example const refusal = verifyClaim(claim, request, secret, ctx.now(), { service: 'kms', family: 'json', maxSkewMs: MAX_SKEW_MS });
 */
export function verifyClaim(
  claim: SignedClaim,
  request: WireRequest,
  secretAccessKey: string,
  now: number,
  options: VerifyOptions,
): ServiceError | undefined {
  const { family } = options;
  const refusal =
    serviceRefusal(claim, options) ??
    timeRefusal(claim, now, options) ??
    headerRefusal(claim, request, family) ??
    payloadRefusal(claim, options);
  if (refusal !== undefined) return refusal;

  const body = request.body instanceof Uint8Array ? request.body : undefined;
  if (claim.payloadHash === undefined && body === undefined) {
    // Such a body would have to be read to its end before anything is known about the request.
    return authenticationError('missingPayloadHash', family);
  }
  const computed =
    body !== undefined && (claim.payloadHash === undefined || isDigest(claim.payloadHash))
      ? sha256Hex(body)
      : undefined;
  const payloadHash = claim.payloadHash ?? computed ?? '';
  const presigned = claim.kind === 'presigned';
  const canonical = canonicalRequest(request, claim.service, claim.signedHeaders, payloadHash, presigned);
  const text = stringToSign(ALGORITHM, formatAmzDate(claim.amzDate), claim, sha256Hex(canonical));
  const key = signingKeys.get(claim.accessKeyId, secretAccessKey, claim);
  if (!sameSignature(sign(key, text), claim.signature)) {
    const members = { AWSAccessKeyId: claim.accessKeyId, StringToSign: text, SignatureProvided: claim.signature };
    return authenticationError('signatureMismatch', family, family === 's3' ? { members } : {});
  }
  if (computed !== undefined && computed !== payloadHash) return payloadMismatch(payloadHash, computed, family);
  return undefined;
}

/**
 * The stream through which the body of a verified request must go before it is used, or undefined when none is needed
 * (the body was whole and is verified, or is unsigned).
 *
 * @throws ServiceError when the headers of an aws-chunked body are incomplete
 * @example const verifier = bodyVerifier(claim, request, secret, 's3');
 */
export function bodyVerifier(
  claim: SignedClaim,
  request: WireRequest,
  secretAccessKey: string,
  family: ProtocolFamily,
): Transform | undefined {
  if (chunkedPayload(claim.payloadHash) !== undefined) return chunkedDecoder(claim, request, secretAccessKey);
  if (request.body instanceof Uint8Array || claim.payloadHash === undefined) return undefined;
  return isDigest(claim.payloadHash) ? digestVerifier(claim.payloadHash, family) : undefined;
}
