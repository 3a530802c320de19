import type { Context } from '#runtime/context.ts';
import { bucketOf, bucketResource, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { canonicalId } from './engine/canonical-id.ts';
import { commonPrefix, compareKeys } from './engine/listing.ts';
import { idPrefix, keyOf, objectId, pastPrefix, pastVersions, versionRecordId } from './engine/object-id.ts';
import { nullVersion, sequenceOf } from './engine/version-id.ts';
import { invalidArgument } from './errors.ts';
import { checkEncoding, checksumOf, commonPrefixes, echoedEncoding, pageSize } from './list-objects.ts';
import { type BucketRow, type ObjectRow, objects, placeOf, versions } from './records.ts';
import { findVersion } from './versions.ts';

export const ListObjectVersions: Operation<'ListObjectVersions'> = {
  action: 's3:ListBucketVersions',
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (input, ctx) => ({
    ...requestKeys(ctx),
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
  }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker = '' } = input;
    checkEncoding(input.EncodingType);
    const max = pageSize(input.MaxKeys, 'max-keys');
    if (VersionIdMarker !== '' && KeyMarker === '')
      throw invalidArgument(
        'A version-id marker cannot be specified without a key marker.',
        'version-id-marker',
        VersionIdMarker,
      );
    const walk = new VersionWalk(ctx, bucket, Prefix, Delimiter === '' ? 250 : 32);
    if (KeyMarker !== '') walk.startAfter(KeyMarker, await sequenceIn(ctx, bucket, KeyMarker, VersionIdMarker));
    const page = await readPage(walk, Prefix, Delimiter, KeyMarker, max);
    return {
      IsTruncated: page.truncated,
      KeyMarker,
      VersionIdMarker,
      ...(page.truncated ? { NextKeyMarker: page.lastKey, NextVersionIdMarker: page.lastVersion } : {}),
      ...page.found,
      Name: bucket.name,
      Prefix,
      ...(Delimiter === '' ? {} : { Delimiter }),
      MaxKeys: max,
      ...commonPrefixes(page),
      ...echoedEncoding(input.EncodingType),
    };
  },
};

/** The number of a marker's version; undefined: after all versions of the key. */
async function sequenceIn(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  versionId: string,
): Promise<number | undefined> {
  if (versionId === '') return undefined;
  if (versionId === nullVersion) return (await findVersion(ctx, bucket, key, versionId))?.row.sequence;
  const sequence = sequenceOf(versionId);
  if (sequence === undefined) throw invalidArgument('Invalid version id specified', 'version-id-marker', versionId);
  return sequence;
}

type VersionPage = {
  readonly found: object;
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  readonly lastKey: string;
  readonly lastVersion: string | undefined;
};

async function readPage(
  walk: VersionWalk,
  prefix: string,
  delimiter: string,
  marker: string,
  max: number,
): Promise<VersionPage> {
  const Versions: object[] = [];
  const DeleteMarkers: object[] = [];
  const prefixes: string[] = [];
  let [lastKey, lastVersion]: [string, string | undefined] = ['', undefined];
  let truncated = false;
  while (max > 0) {
    const next = await walk.next();
    if (next === undefined) break;
    const rolled = delimiter === '' ? undefined : commonPrefix(next.key, prefix, delimiter);
    if (rolled !== undefined && marker !== '' && compareKeys(rolled, marker) <= 0) {
      walk.skip(rolled);
      continue;
    }
    if (Versions.length + DeleteMarkers.length + prefixes.length >= max) {
      truncated = true;
      break;
    }
    if (rolled === undefined) {
      (next.row.marker === true ? DeleteMarkers : Versions).push(shown(next));
      [lastKey, lastVersion] = [next.key, next.row.versionId];
    } else {
      prefixes.push(rolled);
      walk.skip(rolled);
      [lastKey, lastVersion] = [rolled, undefined];
    }
  }
  const found = {
    ...(Versions.length === 0 ? {} : { Versions }),
    ...(DeleteMarkers.length === 0 ? {} : { DeleteMarkers }),
  };
  return { found, prefixes, truncated, lastKey, lastVersion };
}

type Walked = { readonly key: string; readonly row: ObjectRow; readonly latest: boolean };

function shown({ key, row, latest }: Walked): object {
  const both = {
    Key: key,
    VersionId: row.versionId,
    IsLatest: latest,
    LastModified: new Date(row.modified),
    Owner: { ID: canonicalId(row.owner) },
  };
  if (row.marker === true) return both;
  return {
    ...both,
    ETag: `"${row.etag}"`,
    ...checksumOf(row),
    Size: row.size,
    StorageClass: row.storageClass ?? 'STANDARD',
  };
}

type Entry = { readonly id: string; readonly value: ObjectRow };

/** Goes through all versions of all keys: current ones and earlier ones lie apart, and are merged by their ids. */
class VersionWalk {
  readonly #ctx: Context;
  readonly #bucket: BucketRow;
  readonly #prefix: string;
  readonly #size: number;
  readonly #from: [string | undefined, string | undefined] = [undefined, undefined];
  readonly #pages: [Entry[], Entry[]] = [[], []];
  readonly #done: [boolean, boolean] = [false, false];
  #lastKey: string | undefined;

  constructor(ctx: Context, bucket: BucketRow, prefix: string, size: number) {
    this.#ctx = ctx;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#size = size;
  }

  startAfter(key: string, sequence: number | undefined): void {
    const { id } = this.#bucket;
    this.#from[0] = objectId(id, key);
    this.#from[1] = sequence === undefined ? pastVersions(id, key) : versionRecordId(id, key, sequence);
    this.#lastKey = key;
  }

  /** Leaves out the rest of the keys with this prefix. */
  skip(prefix: string): void {
    const past = pastPrefix(idPrefix(this.#bucket.id, prefix));
    for (const side of [0, 1] as const) {
      this.#from[side] = past;
      this.#pages[side] = [];
      this.#done[side] = false;
    }
  }

  async next(): Promise<Walked | undefined> {
    const current = await this.#peek(0);
    const earlier = await this.#peek(1);
    const side = earlier === undefined || (current !== undefined && compareKeys(current.id, earlier.id) < 0) ? 0 : 1;
    const entry = this.#pages[side].shift();
    if (entry === undefined) return undefined;
    this.#from[side] = entry.id;
    const key = keyOf(entry.id);
    const latest = key !== this.#lastKey;
    this.#lastKey = key;
    return { key, row: entry.value, latest };
  }

  async #peek(side: 0 | 1): Promise<Entry | undefined> {
    if (this.#pages[side].length === 0 && !this.#done[side]) {
      const after = this.#from[side];
      const found = await placeOf(this.#ctx, this.#bucket).list(side === 0 ? objects : versions, {
        prefix: idPrefix(this.#bucket.id, this.#prefix),
        limit: this.#size,
        ...(after === undefined ? {} : { after }),
      });
      this.#pages[side] = [...found];
      this.#done[side] = found.length < this.#size;
    }
    return this.#pages[side][0];
  }
}
