import assert from 'node:assert/strict';
import type { WireRequest } from '#wire/message.ts';
import { formatAmzDate } from './amz-date.ts';
import { canonicalRequest, signsLikeS3 } from './canonical.ts';
import { UNSIGNED_PAYLOAD } from './payload.ts';
import { ALGORITHM, EMPTY_HASH, sha256Hex, sign, stringToSign } from './signature.ts';
import { type CredentialScope, scopeText, signingKeys } from './signing-key.ts';

/** Who signs, and for where. */
export type Signer = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** Signing name, for example `kms`. */
  readonly service: string;
};

/** Set or changed by HTTP clients and proxies after signing. */
const NEVER_SIGNED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);

function signable(headers: WireRequest['headers']): string[] {
  assert(headers.host !== undefined, 'INVARIANT: a request to be signed names its host');
  return Object.keys(headers)
    .filter((name) => headers[name] !== undefined && !NEVER_SIGNED.has(name))
    .sort();
}

function signatureOf(
  request: WireRequest,
  signer: Signer,
  amzDate: string,
  scope: CredentialScope,
  signedHeaders: readonly string[],
  payloadHash: string,
  presigned: boolean,
): string {
  const canonical = canonicalRequest(request, signer.service, signedHeaders, payloadHash, presigned);
  const key = signingKeys.get(signer.accessKeyId, signer.secretAccessKey, scope);
  return sign(key, stringToSign(ALGORITHM, amzDate, scope, sha256Hex(canonical)));
}

/**
 * Signs a request of our own in its headers.
 *
 * A `x-amz-content-sha256` that is there already is taken as it is (`UNSIGNED-PAYLOAD`, `STREAMING-…`); else the body must be
 * whole, and S3 gets its digest as the header.
 *
 * @param now milliseconds since the epoch
 * @returns the request with `x-amz-date`, `authorization` and, where they belong, token and digest
 * @example signRequest(request, { accessKeyId, secretAccessKey, region: 'us-east-1', service: 'kms' }, ctx.now())
 */
export function signRequest(request: WireRequest, signer: Signer, now: number): WireRequest {
  const amzDate = formatAmzDate(now);
  const scope = { date: amzDate.slice(0, 8), region: signer.region, service: signer.service };
  const stated = request.headers['x-amz-content-sha256'];
  assert(stated !== undefined || request.body instanceof Uint8Array, 'INVARIANT: a streamed body states its digest');
  const payloadHash = stated ?? (request.body instanceof Uint8Array ? sha256Hex(request.body) : EMPTY_HASH);
  const headers: Record<string, string | undefined> = { ...request.headers, 'x-amz-date': amzDate };
  if (signsLikeS3(signer.service)) headers['x-amz-content-sha256'] = payloadHash;
  if (signer.sessionToken !== undefined) headers['x-amz-security-token'] = signer.sessionToken;
  const unsigned: WireRequest = { ...request, headers };
  const names = signable(headers);
  const signature = signatureOf(unsigned, signer, amzDate, scope, names, payloadHash, false);
  headers.authorization =
    `${ALGORITHM} Credential=${signer.accessKeyId}/${scopeText(scope)}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return unsigned;
}

/**
 * Signs a request of our own in its query.
 *
 * @param now milliseconds since the epoch
 * @param expires seconds, 1–604,800
 * @returns the request with its query extended; S3 bodies stay unsigned
 */
export function presignRequest(request: WireRequest, signer: Signer, now: number, expires: number): WireRequest {
  const amzDate = formatAmzDate(now);
  const scope = { date: amzDate.slice(0, 8), region: signer.region, service: signer.service };
  const names = signable(request.headers);
  const added: [string, string][] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${signer.accessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', amzDate],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', names.join(';')],
  ];
  if (signer.sessionToken !== undefined) added.push(['X-Amz-Security-Token', signer.sessionToken]);
  const query = [request.query, ...added.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)]
    .filter((piece) => piece !== '')
    .join('&');
  const unsigned: WireRequest = { ...request, query };
  const whole = request.body instanceof Uint8Array ? sha256Hex(request.body) : EMPTY_HASH;
  const payloadHash =
    request.headers['x-amz-content-sha256'] ?? (signsLikeS3(signer.service) ? UNSIGNED_PAYLOAD : whole);
  const signature = signatureOf(unsigned, signer, amzDate, scope, names, payloadHash, true);
  return { ...unsigned, query: `${query}&X-Amz-Signature=${signature}` };
}
