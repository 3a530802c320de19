import { Readable } from 'node:stream';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { badChecksum, type EndedSums, type ExpectedChecksum, startSums, sumsOf } from './checksums.ts';
import { refusal, refused } from './errors.ts';
import { blobKey, release, sealStream, sealWhole } from './frames.ts';
import type { ChecksumName } from './records.ts';

/** Largest body of one request: 5 GiB. */
export const maxBodyBytes = 5 * 1024 ** 3;

/** What a body must be; anything else leaves nothing behind. */
export type Expected = {
  readonly contentMd5: string | undefined;
  readonly checksum: ExpectedChecksum | undefined;
  /** Entity tags of objects under KMS keys or keys of clients are no digests. */
  readonly wantsMd5: boolean;
  /** Without one in the request. */
  readonly defaultAlgorithm?: ChecksumName;
  /** A second sum beside the one that is asked for. */
  readonly also?: ChecksumName | undefined;
};

/** A body that was taken in: encrypted and durable. `suffix` undefined: it was empty, and there is no blob. */
export type Taken = {
  readonly suffix: string | undefined;
  readonly size: number;
  /** MD5 of the content, or random where nobody may compare it. */
  readonly etag: string;
  readonly checksum: { readonly algorithm: ChecksumName; readonly value: string };
  /** The second sum, where one was wanted. */
  readonly also: string | undefined;
};

export type Body = Readable | Uint8Array | string | AsyncIterable<Uint8Array> | undefined;

/**
 * Takes a body in: checks it, encrypts it, makes it durable under `nameOf(suffix)`.
 *
 * @throws ServiceError BadDigest, InvalidDigest, EntityTooLarge, IncompleteBody; nothing is left then
 */
export async function takeBody(
  ctx: Context,
  body: Body,
  dataKey: Uint8Array,
  nameOf: (suffix: string) => string,
  expected: Expected,
): Promise<Taken> {
  const md5 = expectedMd5(expected.contentMd5);
  const algorithm = expected.checksum?.algorithm ?? expected.defaultAlgorithm ?? 'crc64nvme';
  const wantsMd5 = expected.wantsMd5 || md5 !== undefined;
  const suffix = Buffer.from(ctx.random(15)).toString('base64url');
  const name = nameOf(suffix);
  const check = (sums: EndedSums) => checkSums(sums, md5, expected.checksum);
  const whole = wholeOf(body);
  let size: number;
  let sums: EndedSums;
  if (whole !== undefined) {
    size = whole.length;
    sums = sumsOf(whole, algorithm, wantsMd5, expected.also);
    check(sums);
    if (size > 0) {
      const sealed = sealWhole(blobKey(dataKey, suffix), whole);
      await ctx.blobs.put(name, sealed, { digest: false });
      release(sealed);
    }
  } else {
    ({ size, sums } = await takeStream(
      ctx,
      body as AsyncIterable<Uint8Array>,
      blobKey(dataKey, suffix),
      name,
      () => startSums(algorithm, wantsMd5, expected.also),
      check,
    ));
    if (size === 0) await ctx.blobs.delete(name);
  }
  return {
    suffix: size === 0 ? undefined : suffix,
    size,
    etag: (expected.wantsMd5 ? sums.md5 : undefined) ?? Buffer.from(ctx.random(16)).toString('hex'),
    checksum: { algorithm, value: sums.checksum },
    also: sums.also,
  };
}

async function takeStream(
  ctx: Context,
  source: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  name: string,
  start: () => ReturnType<typeof startSums>,
  check: (sums: EndedSums) => void,
): Promise<{ readonly size: number; readonly sums: EndedSums }> {
  const running = start();
  let size = 0;
  let ended: EndedSums | undefined;
  async function* checked() {
    yield* sealStream(key, pieces(source), (piece) => {
      size += piece.length;
      if (size > maxBodyBytes) throw refusal('EntityTooLarge', { ProposedSize: size, MaxSizeAllowed: maxBodyBytes });
      running.update(piece);
    });
    // Before the blob is made durable: what is wrong never appears.
    ended = running.end();
    check(ended);
  }
  await ctx.blobs.put(name, checked(), { digest: false });
  return { size, sums: ended ?? running.end() };
}

/** A client that goes away is no failure of ours. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The connection of a body that is not wanted any more still has to carry the answer.
  const kept = source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
  try {
    yield* kept as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw refused('IncompleteBody', 'The request body terminated unexpectedly');
  }
}

function wholeOf(body: Body): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

/** @throws ServiceError InvalidDigest */
function expectedMd5(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text)
    throw refused('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, { 'Content-MD5': text });
  return bytes;
}

function checkSums(sums: EndedSums, md5: Buffer | undefined, checksum: ExpectedChecksum | undefined): void {
  if (md5 !== undefined && sums.md5 !== md5.toString('hex')) {
    throw refused('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400, {
      ExpectedDigest: md5.toString('hex'),
      CalculatedDigest: Buffer.from(sums.md5 ?? '', 'hex').toString('base64'),
    });
  }
  if (checksum?.value !== undefined && checksum.value !== sums.checksum) throw badChecksum(checksum.algorithm);
}
