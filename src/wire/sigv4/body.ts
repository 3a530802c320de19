import type { Readable, Transform } from 'node:stream';
import type { WireRequest } from '#wire/message.ts';
import type { ProtocolFamily } from './authentication-error.ts';
import { chunkedDecoder, decodeChunked } from './chunked.ts';
import { chunkedError } from './chunked-error.ts';
import type { SignedClaim } from './claim.ts';
import { chunkedPayload } from './payload.ts';
import { bodyVerifier } from './verify.ts';

type Body = WireRequest['body'];

/**
 * The body of a verified request as its client meant it: the cuts of aws-chunked are gone. A stream fails, at its end or before, when it
 * is not what was signed: nothing may be committed before it has ended. Whole bodies are checked at once.
 *
 * @param secretAccessKey undefined where nobody checks signatures (open mode)
 * @throws ServiceError
 */
export function verifiedBody(
  claim: SignedClaim,
  request: WireRequest,
  secretAccessKey: string | undefined,
  family: ProtocolFamily,
): Body {
  if (chunkedPayload(claim.payloadHash) !== undefined) return decoded(claim, request, secretAccessKey);
  const { body } = request;
  if (body instanceof Uint8Array || secretAccessKey === undefined) return body;
  const verifier = bodyVerifier(claim, request, secretAccessKey, family);
  return verifier === undefined ? body : through(body, verifier);
}

/** The body of a request without a signature. @throws ServiceError */
export function unsignedBody(request: WireRequest): Body {
  const chunked = request.headers['x-amz-content-sha256'] === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  return chunked ? decoded(undefined, request, undefined) : request.body;
}

function decoded(claim: SignedClaim | undefined, request: WireRequest, secretAccessKey: string | undefined): Body {
  const { body } = request;
  if (body instanceof Uint8Array) return decodeChunked(body, claim, request, secretAccessKey);
  return through(body, chunkedDecoder(claim, request, secretAccessKey));
}

/** Unlike `pipeline`, what fails behind leaves the source alone: its connection still has to carry the answer. */
function through(source: Readable, verifier: Transform): Readable {
  const gone = () => {
    if (!source.readableEnded) verifier.destroy(chunkedError.incompleteBody());
  };
  source.once('error', gone);
  source.once('close', gone);
  verifier.once('error', () => source.unpipe(verifier));
  return source.pipe(verifier);
}
