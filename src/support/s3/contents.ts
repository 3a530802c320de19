import { Readable } from 'node:stream';
import type { Context } from '#runtime/context.ts';
import type { ByteRange } from './engine/byte-range.ts';
import { objectId } from './engine/object-id.ts';
import { blobKey, openSpan, openSpanStream, type Span, spanOf } from './frames.ts';
import { type BucketRow, manifests, type ObjectRow, type Piece, placeOf } from './records.ts';

/** Parts that one record of a manifest holds. */
export const piecesPerRecord = 1_000;

/** Contents up to this size are read in one piece. */
const wholeBytes = 256 * 1024;

/** The name of an object's blob. It tells the record that it belongs to, so that what nobody names is found. */
export function objectBlob(bucket: BucketRow, key: string, suffix: string): string {
  return `s3/o/${bucket.account}/${bucket.region}/${objectId(bucket.id, key)}\u0001${suffix}`;
}

/** The name of a part's blob. */
export function partBlob(of: Place, upload: string, number: number, suffix: string): string {
  return `s3/p/${of.account}/${of.region}/${upload}/${number}/${suffix}`;
}

type Place = { readonly account: string; readonly region: string };

/** A blob that holds some of an object's bytes. */
export type Segment = { readonly name: string; readonly suffix: string; readonly size: number };

/** The blobs of an object, in order. */
export async function segmentsOf(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  row: ObjectRow,
): Promise<readonly Segment[]> {
  if (row.upload === undefined) {
    if (row.blob === undefined) return [];
    return [{ name: objectBlob(bucket, key, row.blob), suffix: row.blob, size: row.size }];
  }
  const { upload } = row;
  const pieces = await piecesOf(ctx, bucket, row);
  return pieces.map(({ number, blob, size }) => ({ name: partBlob(bucket, upload, number, blob), suffix: blob, size }));
}

/** The parts that an object was made of. */
export async function piecesOf(ctx: Context, bucket: BucketRow, row: ObjectRow): Promise<readonly Piece[]> {
  const place = placeOf(ctx, bucket);
  const pieces: Piece[] = [];
  for (let at = 0; at < (row.partCount ?? 0); at += piecesPerRecord)
    pieces.push(...((await place.get(manifests, manifestId(row.upload ?? '', at)))?.pieces ?? []));
  return pieces;
}

export function manifestId(upload: string, from: number): string {
  return `${upload}/${from}`;
}

/** A blob that its record names is gone: the object was replaced meanwhile, or the disk lost it. */
export class BlobGone extends Error {}

/**
 * The bytes of a range, decrypted: at once where they are few, else as a stream that never holds more than a few frames.
 *
 * @throws BlobGone when the first blob is not there
 */
export async function readContent(
  ctx: Context,
  segments: readonly Segment[],
  dataKey: Uint8Array,
  { start, end }: ByteRange,
): Promise<Buffer | Readable> {
  if (end <= start) return Buffer.alloc(0);
  const cuts = cutsOf(segments, start, end);
  const [first] = cuts;
  if (cuts.length === 1 && first !== undefined && end - start <= wholeBytes) return readWhole(ctx, first, dataKey);
  // The first one is opened before the answer begins, so that its absence can still be told.
  const opened = first === undefined ? undefined : await openCut(ctx, first);
  return Readable.from(streamOf(ctx, cuts, dataKey, opened), { objectMode: false, highWaterMark: 256 * 1024 });
}

type Cut = { readonly segment: Segment; readonly span: Span };

function cutsOf(segments: readonly Segment[], start: number, end: number): readonly Cut[] {
  const cuts: Cut[] = [];
  let at = 0;
  for (const segment of segments) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, segment.size)];
    if (from < to) cuts.push({ segment, span: spanOf(segment.size, from, to) });
    at += segment.size;
    if (at >= end) break;
  }
  return cuts;
}

async function readWhole(ctx: Context, { segment, span }: Cut, dataKey: Uint8Array): Promise<Buffer> {
  const key = blobKey(dataKey, segment.suffix);
  const opened = await ctx.blobs.read(segment.name, span, (sealed) => openSpan(key, span, sealed));
  if (opened === undefined) throw new BlobGone(segment.name);
  return opened;
}

async function openCut(ctx: Context, { segment, span }: Cut): Promise<Readable> {
  const content = await ctx.blobs.get(segment.name, span);
  if (content === undefined) throw new BlobGone(segment.name);
  return content.stream;
}

async function* streamOf(
  ctx: Context,
  cuts: readonly Cut[],
  dataKey: Uint8Array,
  first: Readable | undefined,
): AsyncGenerator<Buffer> {
  let next = first;
  try {
    for (const cut of cuts) {
      const sealed = next ?? (await openCut(ctx, cut));
      next = undefined;
      yield* openSpanStream(blobKey(dataKey, cut.segment.suffix), cut.span, sealed);
    }
  } finally {
    next?.destroy();
  }
}
