import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { ServiceError } from '#wire/service-error.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import { sameSignature } from './signature.ts';

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** What the words for streamed bodies promise about their chunks. */
export type ChunkedPayload = { readonly signedChunks: boolean; readonly trailer: boolean };

const CHUNKED: ReadonlyMap<string, ChunkedPayload> = new Map([
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signedChunks: false, trailer: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signedChunks: true, trailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signedChunks: true, trailer: true }],
]);

/** @returns how the body is cut, or undefined when it is not aws-chunked */
export function chunkedPayload(payloadHash: string | undefined): ChunkedPayload | undefined {
  return payloadHash === undefined ? undefined : CHUNKED.get(payloadHash);
}

/** Lower-case hex: the digest is under the signature as text, so its case matters. */
export function isDigest(payloadHash: string): boolean {
  return /^[0-9a-f]{64}$/.test(payloadHash);
}

/** The body is not the one that was signed. */
export function payloadMismatch(claimed: string, computed: string, family: ProtocolFamily): ServiceError {
  const members = { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed };
  return authenticationError('payloadMismatch', family, family === 's3' ? { members } : {});
}

/**
 * Passes a streamed body on and fails at its end when its digest is not the signed one.
 *
 * What comes out before the end is not yet proven: commit only when the stream has ended.
 *
 * @param payloadHash lower-case hex SHA-256
 */
export function digestVerifier(payloadHash: string, family: ProtocolFamily): Transform {
  const digest = createHash('sha256');
  return new Transform({
    transform(piece: Uint8Array, _encoding, done) {
      digest.update(piece);
      done(null, piece);
    },
    flush(done) {
      const computed = digest.digest('hex');
      done(sameSignature(computed, payloadHash) ? null : payloadMismatch(payloadHash, computed, family));
    },
  });
}
