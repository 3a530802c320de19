import { hash } from 'node:crypto';
import type { WireRequest } from '#wire/message.ts';
import { formatAmzDate, parseAmzDate, parseDateHeader } from './amz-date.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import type { SignedClaim } from './claim.ts';
import { type ClaimPlace, malformedClaim, parseCredential, parseSignedHeaders } from './credential.ts';
import { ALGORITHM } from './signature.ts';

const S3_PARTS = 'the authorization header requires three components: Credential, SignedHeaders, and Signature.';
const PARTS = ['Credential', 'Signature', 'SignedHeaders'] as const;

type Parts = { Credential?: string; Signature?: string; SignedHeaders?: string };

/** The header itself holds a signature that may still be good: refusals name its digest. */
const digestOf = (authorization: string): string => hash('sha256', authorization, 'base64');

function refuseScheme(scheme: string, authorization: string, family: ProtocolFamily): never {
  if (scheme === 'AWS' || scheme === 'AWS4-ECDSA-P256-SHA256') throw authenticationError('unsupportedVersion', family);
  if (authorization.trim() === '') {
    throw malformedClaim({ kind: 'header', family }, "Authorization header cannot be empty: ''.", S3_PARTS);
  }
  if (family === 's3') throw authenticationError('unsupportedScheme', family);
  throw authenticationError('unsupportedScheme', family, {
    message:
      `Unsupported AWS 'algorithm': '${scheme.slice(0, 64)}'. ` +
      `(Hashed with SHA-256 and encoded with Base64) Authorization=${digestOf(authorization)}`,
  });
}

function splitParts(text: string, authorization: string, place: ClaimPlace): Required<Parts> {
  const found: Parts = {};
  for (const piece of text.split(',')) {
    const equals = piece.indexOf('=');
    const name = piece.slice(0, Math.max(equals, 0)).trim();
    const known = PARTS.find((part) => part === name);
    if (equals === -1) {
      throw malformedClaim(
        place,
        'Not a valid key=value pair (missing equal-sign) in Authorization header ' +
          `(hashed with SHA-256 and encoded with Base64): '${digestOf(authorization)}'.`,
        S3_PARTS,
      );
    }
    if (known === undefined || found[known] !== undefined) {
      const problem = known === undefined ? `has an unknown parameter` : `repeats the parameter '${known}'`;
      throw malformedClaim(place, `Authorization header ${problem}.`, S3_PARTS);
    }
    found[known] = piece.slice(equals + 1).trim();
  }
  const { Credential, Signature, SignedHeaders } = found;
  if (!Credential || !Signature || !SignedHeaders) {
    const missing = PARTS.filter((part) => !found[part]).map(
      (part) => `Authorization header requires '${part}' parameter. `,
    );
    const digest = `(Hashed with SHA-256 and encoded with Base64) Authorization=${digestOf(authorization)}`;
    throw malformedClaim(place, missing.join('') + digest, S3_PARTS);
  }
  return { Credential, Signature, SignedHeaders };
}

function requestTime(request: WireRequest, family: ProtocolFamily): number {
  const amzDate = request.headers['x-amz-date'];
  const text = amzDate ?? request.headers.date;
  const time = amzDate !== undefined ? parseAmzDate(amzDate) : text !== undefined ? parseDateHeader(text) : undefined;
  if (time !== undefined) return time;
  if (family === 's3') throw authenticationError('dateInvalid', family);
  throw authenticationError('dateInvalid', family, {
    message:
      text === undefined
        ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        : `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  });
}

/** What stands before the signature: the same from call to call of a client, all day. */
type Signer = Pick<SignedClaim, 'accessKeyId' | 'date' | 'region' | 'service' | 'signedHeaders'>;

/** Clients whose reading is remembered: an entry takes about 1 KB. */
const MAX_SIGNERS = 2_048;
/** Longer ones are read anew each time: nobody fills memory with them. */
const MAX_SIGNER_CHARACTERS = 512;
const signers = new Map<string, Signer>();

const SIGNATURE_MARK = 'Signature=';
const SIGNATURE = /^[0-9a-f]{64}$/;

/**
 * Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 *
 * @throws ServiceError
 */
export function parseHeaderClaim(request: WireRequest, authorization: string, family: ProtocolFamily): SignedClaim {
  const mark = authorization.length - SIGNATURE_MARK.length - 64;
  const head = authorization.startsWith(SIGNATURE_MARK, mark) ? authorization.slice(0, mark) : undefined;
  const signature = authorization.slice(mark + SIGNATURE_MARK.length);
  const known = head === undefined || !SIGNATURE.test(signature) ? undefined : signers.get(head);
  const amzDate = known === undefined ? undefined : knownTime(request, known);
  if (known !== undefined && amzDate !== undefined) return claimOf(request, known, signature, amzDate);
  const claim = readHeaderClaim(request, authorization, family);
  if (head !== undefined && head.length <= MAX_SIGNER_CHARACTERS) {
    if (signers.size >= MAX_SIGNERS) signers.clear();
    const { accessKeyId, date, region, service, signedHeaders } = claim;
    signers.set(head, { accessKeyId, date, region, service, signedHeaders });
  }
  return claim;
}

/** The request's time where it fits the known scope; everything else is read, and refused, at length. */
function knownTime(request: WireRequest, { date }: Signer): number | undefined {
  const text = request.headers['x-amz-date'];
  return text?.startsWith(date) === true ? parseAmzDate(text) : undefined;
}

function claimOf(request: WireRequest, signer: Signer, signature: string, amzDate: number): SignedClaim {
  return {
    kind: 'header',
    accessKeyId: signer.accessKeyId,
    date: signer.date,
    region: signer.region,
    service: signer.service,
    signedHeaders: signer.signedHeaders,
    signature,
    amzDate,
    sessionToken: request.headers['x-amz-security-token'],
    expires: undefined,
    payloadHash: request.headers['x-amz-content-sha256'],
  };
}

function readHeaderClaim(request: WireRequest, authorization: string, family: ProtocolFamily): SignedClaim {
  const place: ClaimPlace = { kind: 'header', family };
  const space = authorization.indexOf(' ');
  const scheme = space === -1 ? authorization : authorization.slice(0, space);
  if (scheme !== ALGORITHM) refuseScheme(scheme, authorization, family);
  const parts = splitParts(authorization.slice(scheme.length), authorization, place);
  const amzDate = requestTime(request, family);
  const credential = parseCredential(parts.Credential, formatAmzDate(amzDate), place);
  const signedHeaders = parseSignedHeaders(parts.SignedHeaders, place);
  return claimOf(request, { ...credential, signedHeaders }, parts.Signature, amzDate);
}
