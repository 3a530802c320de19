import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { BlobRange, Blobs, WalkedBlob } from './blobs.ts';
import { ask, type S3Place, textIn } from './s3-requests.ts';

/** Bytes of a part: a blob up to here is one request, and memory holds one part of each upload. S3 takes 10,000 parts. */
const partBytes = 16 * 1024 * 1024;

/** Before each name, so that a bucket can hold other things. */
const prefixed = 'blobs/';

/**
 * Blobs as objects of an S3-compatible endpoint: for several processes, or more than a disk holds. An object is there whole or not at all, as
 * S3 promises; what is torn remains an upload that nobody completed (give the bucket a rule that aborts those after a day).
 *
 * Names are percent-encoded: every well-formed text is a key, up to 1,024 bytes.
 */
export function s3Blobs(place: S3Place): Blobs {
  const keyOf = (name: string) => prefixed + encodeURIComponent(name);
  const get = async (name: string, range?: BlobRange) => {
    const headers = rangeHeader(range);
    const response = await ask(place, 'GET', keyOf(name), { headers });
    if (response === undefined) return undefined;
    if (response.status === 416) {
      // S3 tells the size in its error alone; other endpoints in the header.
      const said = textIn(await response.text(), 'ActualObjectSize');
      return { size: said === undefined ? sizeIn(response) : Number(said), response: new Response(null) };
    }
    const size = response.status === 206 ? sizeIn(response) : Number(response.headers.get('content-length'));
    return { size, response };
  };
  return {
    async put(name, source, { digest = true } = {}) {
      const sha = digest ? createHash('sha256') : undefined;
      const size = await upload(place, keyOf(name), partsOf(source, sha));
      return { size, sha256: sha?.digest('hex') ?? '' };
    },
    async get(name, range) {
      if (isEmpty(range)) return empty(place, keyOf(name));
      const found = await get(name, range);
      if (found === undefined) return undefined;
      const { size, response } = found;
      const stream =
        response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
      return { size, stream };
    },
    async read(name, range, use) {
      if (isEmpty(range)) return (await empty(place, keyOf(name))) && use(Buffer.alloc(0));
      const found = await get(name, range);
      return found === undefined ? undefined : use(Buffer.from(await found.response.arrayBuffer()));
    },
    async delete(name) {
      await ask(place, 'DELETE', keyOf(name));
    },
    async list(prefix = '') {
      const found: { name: string; size: number }[] = [];
      for await (const { name, size } of walk(place, prefix)) found.push({ name, size });
      return found.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    },
    walk: (prefix = '') => walk(place, prefix),
  };
}

/** Of the whole object, in an answer about a part of it. */
function sizeIn(response: Response): number {
  return Number(response.headers.get('content-range')?.split('/')[1]);
}

function rangeHeader(range: BlobRange | undefined): Record<string, string> {
  if (range === undefined) return {};
  const { start = 0, end } = range;
  return { range: `bytes=${start}-${end === undefined ? '' : end - 1}` };
}

/** HTTP has no range of no bytes. */
function isEmpty(range: BlobRange | undefined): boolean {
  return range?.end !== undefined && range.end <= (range.start ?? 0);
}

async function empty(place: S3Place, key: string) {
  const response = await ask(place, 'HEAD', key);
  if (response === undefined) return undefined;
  return { size: Number(response.headers.get('content-length')), stream: Readable.from([]) };
}

/** The bytes of a source in pieces of a part's size; the last is what is left. */
async function* partsOf(source: Parameters<Blobs['put']>[1], sha: Hash | undefined): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const given of source instanceof Uint8Array ? [source] : source) {
    let chunk = given as Uint8Array;
    sha?.update(chunk);
    while (size + chunk.length >= partBytes) {
      const room = partBytes - size;
      yield Buffer.concat([...held, chunk.subarray(0, room)]);
      held = [];
      size = 0;
      chunk = chunk.subarray(room);
    }
    if (chunk.length > 0) held.push(chunk);
    size += chunk.length;
  }
  yield Buffer.concat(held);
}

/** One request for what fits into a part, else a multipart upload. @returns bytes stored */
async function upload(place: S3Place, key: string, parts: AsyncGenerator<Uint8Array>): Promise<number> {
  const first = (await parts.next()).value ?? new Uint8Array(0);
  if (first.length < partBytes) {
    await ask(place, 'PUT', key, { body: first });
    return first.length;
  }
  const begun = await ask(place, 'POST', key, { query: 'uploads=' });
  const id = encodeURIComponent(textIn((await begun?.text()) ?? '', 'UploadId') ?? '');
  try {
    const tags: string[] = [];
    let size = 0;
    const send = async (body: Uint8Array) => {
      const query = `partNumber=${tags.length + 1}&uploadId=${id}`;
      const stored = await ask(place, 'PUT', key, { query, body });
      tags.push(stored?.headers.get('etag') ?? '');
      size += body.length;
    };
    await send(first);
    for await (const part of parts) if (part.length > 0) await send(part);
    const list = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
    await ask(place, 'POST', key, { query: `uploadId=${id}`, body });
    return size;
  } catch (error) {
    await ask(place, 'DELETE', key, { query: `uploadId=${id}` }).catch(() => undefined);
    throw error;
  }
}

async function* walk(place: S3Place, prefix: string): AsyncGenerator<WalkedBlob> {
  // The encoding of a prefix is a prefix of the encoding, unless it ends within a character.
  const start = encodeURIComponent(prefixed + encodeURIComponent(prefix));
  let token = '';
  do {
    const more = token === '' ? '' : `continuation-token=${encodeURIComponent(token)}&`;
    const answer = await ask(place, 'GET', '', { query: `${more}list-type=2&prefix=${start}` });
    const xml = (await answer?.text()) ?? '';
    for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = textIn(entry, 'Key') ?? prefixed;
      yield {
        name: decodeURIComponent(key.slice(prefixed.length)),
        size: Number(textIn(entry, 'Size')),
        modified: Date.parse(textIn(entry, 'LastModified') ?? ''),
      };
    }
    token = textIn(xml, 'IsTruncated') === 'true' ? (textIn(xml, 'NextContinuationToken') ?? '') : '';
  } while (token !== '');
}
