/**
 * Decoding of aws-chunked bodies.
 *
 * ```
 * 10000;chunk-signature=ad80…\r\n  <65,536 bytes> \r\n
 * 0;chunk-signature=b6c6…\r\n
 * x-amz-checksum-crc32c:sOO8/Q==\r\n  x-amz-trailer-signature:d81f…\r\n  \r\n
 * ```
 * Source: S3 API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
 */
import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { WireRequest } from '#wire/message.ts';
import { formatAmzDate } from './amz-date.ts';
import { chunkedError } from './chunked-error.ts';
import type { SignedClaim } from './claim.ts';
import { type ChunkedPayload, chunkedPayload } from './payload.ts';
import { ALGORITHM, EMPTY_HASH, sameSignature, sha256Hex, sign, stringToSign } from './signature.ts';
import { signingKeys } from './signing-key.ts';
import { type AnnouncedTrailer, announcedTrailers, parseTrailer } from './trailer.ts';

/** 16 digits of size, the signature, and the words between are 98 bytes. */
const MAX_CHUNK_LINE = 128;
/** One checksum and one signature take under 200 bytes; the rest is room for several checksums. */
const MAX_TRAILER = 4096;
/** S3's own rule. Without it each byte could cost the server an HMAC. */
const MIN_CHUNK = 8192;

const CHUNK_LINE = /^([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/;
const LINE_FEED = 0x0a;

/** Signs like the client did, each signature over the one before. */
class SignatureChain {
  readonly #claim: SignedClaim;
  readonly #key: Uint8Array;
  readonly #amzDate: string;
  #previous: string;

  constructor(claim: SignedClaim, secretAccessKey: string) {
    this.#claim = claim;
    this.#key = signingKeys.get(claim.accessKeyId, secretAccessKey, claim);
    this.#amzDate = formatAmzDate(claim.amzDate);
    this.#previous = claim.signature;
  }

  /** Takes the next link. @returns false when `given` is not its signature */
  accept(suffix: 'PAYLOAD' | 'TRAILER', digests: string, given: string): boolean {
    const text = stringToSign(`${ALGORITHM}-${suffix}`, this.#amzDate, this.#claim, `${this.#previous}\n${digests}`);
    const expected = sign(this.#key, text);
    this.#previous = expected;
    return sameSignature(expected, given);
  }
}

class ChunkedReader {
  readonly #payload: ChunkedPayload;
  readonly #chain: SignatureChain | undefined;
  readonly #trailers: readonly AnnouncedTrailer[];
  /** Bytes of the decoded body still to come. */
  #announced: number;
  #state: 'line' | 'data' | 'data-end' | 'trailer' = 'line';
  #text = '';
  #left = 0;
  #size = 0;
  #number = 0;
  #signature = '';
  #digest: Hash | undefined;

  constructor(
    payload: ChunkedPayload,
    chain: SignatureChain | undefined,
    trailers: readonly AnnouncedTrailer[],
    length: number,
  ) {
    this.#payload = payload;
    this.#chain = payload.signedChunks ? chain : undefined;
    this.#trailers = trailers;
    this.#announced = length;
  }

  /** Reads on, and hands over the content found. @throws ServiceError */
  take(piece: Buffer, content: (part: Buffer) => void): void {
    for (let at = 0; at < piece.length; )
      at = this.#state === 'data' ? this.#takeData(piece, at, content) : this.#takeText(piece, at);
  }

  #takeData(piece: Buffer, from: number, content: (part: Buffer) => void): number {
    const part = piece.subarray(from, from + this.#left);
    this.#digest?.update(part);
    for (const { checksum } of this.#trailers) checksum.update(part);
    content(part);
    this.#left -= part.length;
    if (this.#left === 0) {
      this.#endChunk();
      this.#state = 'data-end';
    }
    return from + part.length;
  }

  /** Everything but data: whole lines, except for the trailer, which the end of the body ends. */
  #takeText(piece: Buffer, from: number): number {
    if (this.#state === 'trailer') {
      this.#text += piece.toString('latin1', from);
      if (this.#text.length > MAX_TRAILER) throw chunkedError.malformedTrailer();
      return piece.length;
    }
    const feed = piece.indexOf(LINE_FEED, from);
    const to = feed === -1 ? piece.length : feed + 1;
    if (this.#text.length + to - from > MAX_CHUNK_LINE) throw chunkedError.incompleteBody();
    this.#text += piece.toString('latin1', from, to);
    if (feed !== -1) {
      if (!this.#text.endsWith('\r\n')) throw chunkedError.incompleteBody();
      const line = this.#text.slice(0, -2);
      this.#text = '';
      if (this.#state === 'line') this.#startChunk(line);
      else if (line === '') this.#state = 'line';
      else throw chunkedError.incompleteBody();
    }
    return to;
  }

  #startChunk(line: string): void {
    const [, digits, signature] = CHUNK_LINE.exec(line) ?? [];
    if (digits === undefined || (signature !== undefined) !== this.#payload.signedChunks) {
      throw chunkedError.incompleteBody();
    }
    const size = Number.parseInt(digits, 16);
    if (size > this.#announced) throw chunkedError.incompleteBody();
    if (size > 0 && this.#number > 0 && this.#size < MIN_CHUNK)
      throw chunkedError.chunkTooSmall(this.#number, this.#size);
    this.#number += 1;
    this.#size = size;
    this.#left = size;
    this.#announced -= size;
    this.#signature = signature ?? '';
    if (this.#chain !== undefined) this.#digest = createHash('sha256');
    this.#state = 'data';
    if (size > 0) return;
    this.#endChunk();
    this.#state = 'trailer';
  }

  #endChunk(): void {
    const digest = this.#digest?.digest('hex') ?? '';
    if (this.#chain?.accept('PAYLOAD', `${EMPTY_HASH}\n${digest}`, this.#signature) === false) {
      throw chunkedError.signatureMismatch();
    }
  }

  /** The body has ended. @throws ServiceError when it should not have, or its trailer is wrong */
  finish(): void {
    if (this.#state !== 'trailer' || this.#announced !== 0) throw chunkedError.incompleteBody();
    const section = parseTrailer(this.#text);
    const signed = this.#payload.trailer && this.#payload.signedChunks;
    if (section === undefined || section.values.size !== this.#trailers.length) throw chunkedError.malformedTrailer();
    if ((section.signature !== undefined) !== signed) throw chunkedError.malformedTrailer();
    if (signed && this.#chain?.accept('TRAILER', sha256Hex(section.canonical), section.signature ?? '') === false) {
      throw chunkedError.signatureMismatch();
    }
    for (const { name, refusal } of this.#trailers) {
      const value = section.values.get(name);
      const wrong = value === undefined ? chunkedError.malformedTrailer() : refusal(value);
      if (wrong !== undefined) throw wrong;
    }
  }
}

/**
 * A stream from the aws-chunked body of a verified request to its content.
 *
 * Checks every chunk signature, the trailer signature, the announced checksums and `x-amz-decoded-content-length`. A chunk's
 * bytes come out before its signature is checked, so nothing may be committed before the stream has ended; a wrong body
 * destroys the stream with a ServiceError.
 *
 * @param claim verified: its signature is the seed of the chain; undefined, as the secret, where nobody checks signatures
 * @throws ServiceError when the headers announce no length or a trailer that is not served
 * @example await pipeline(request.body, chunkedDecoder(claim, request, secret), blob)
 */
export function chunkedDecoder(
  claim: SignedClaim | undefined,
  request: WireRequest,
  secretAccessKey: string | undefined,
): Transform {
  const reader = chunkedReader(claim, request, secretAccessKey);
  // A throw from inside a stream would end the process: every error goes the stream's way.
  const attempt = (done: TransformCallback, work: () => void) => {
    try {
      work();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done();
  };
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      attempt(done, () => reader.take(piece, (part) => this.push(part)));
    },
    flush(done) {
      attempt(done, () => reader.finish());
    },
  });
}

/** The content of a whole aws-chunked body, checked as `chunkedDecoder` does. @throws ServiceError */
export function decodeChunked(
  body: Uint8Array,
  claim: SignedClaim | undefined,
  request: WireRequest,
  secretAccessKey: string | undefined,
): Uint8Array {
  const reader = chunkedReader(claim, request, secretAccessKey);
  const parts: Buffer[] = [];
  reader.take(Buffer.from(body.buffer, body.byteOffset, body.byteLength), (part) => parts.push(part));
  reader.finish();
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

function chunkedReader(
  claim: SignedClaim | undefined,
  request: WireRequest,
  secretAccessKey: string | undefined,
): ChunkedReader {
  const payload = chunkedPayload(claim?.payloadHash ?? request.headers['x-amz-content-sha256']);
  assert(payload !== undefined, 'INVARIANT: only aws-chunked bodies are decoded');
  const length = request.headers['x-amz-decoded-content-length'];
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw chunkedError.missingLength();
  const trailers = payload.trailer ? announcedTrailers(request.headers['x-amz-trailer']) : [];
  if (payload.trailer && trailers.length === 0) throw chunkedError.malformedTrailer();
  const chain =
    claim === undefined || secretAccessKey === undefined ? undefined : new SignatureChain(claim, secretAccessKey);
  return new ChunkedReader(payload, chain, trailers, Number(length));
}
