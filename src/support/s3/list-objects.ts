import type { Context } from '#runtime/context.ts';
import { bucketOf, bucketResource, requestKeys } from './access.ts';
import type { Input, Operation } from './api.ts';
import { canonicalId } from './engine/canonical-id.ts';
import { type Listing, listKeys } from './engine/listing.ts';
import { idPrefix } from './engine/object-id.ts';
import { invalidArgument } from './errors.ts';
import { type BucketRow, type ObjectRow, objects, placeOf } from './records.ts';

type ListInput = Input<'ListObjects'> | Input<'ListObjectsV2'>;

export const maxPage = 1_000;

export const ListObjectsV2: Operation<'ListObjectsV2'> = {
  action: 's3:ListBucket',
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (input, ctx) => listKeysOf(input, ctx, input.MaxKeys),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Prefix = '', Delimiter, StartAfter, ContinuationToken: token, FetchOwner } = input;
    checkEncoding(input.EncodingType);
    const from = token === undefined ? undefined : readToken(token);
    const max = pageSize(input.MaxKeys, 'max-keys');
    const found = await list(ctx, bucket, Prefix, Delimiter, from?.after ?? StartAfter, from?.told, max);
    return {
      IsTruncated: found.truncated,
      ...contents(found, FetchOwner === true ? bucket : undefined),
      Name: bucket.name,
      Prefix,
      ...(Delimiter === undefined ? {} : { Delimiter }),
      MaxKeys: max,
      ...commonPrefixes(found),
      KeyCount: found.entries.length + found.prefixes.length,
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(found.truncated ? { NextContinuationToken: tokenOf(found) } : {}),
      ...(StartAfter === undefined ? {} : { StartAfter }),
      ...echoedEncoding(input.EncodingType),
    };
  },
};

export const ListObjects: Operation<'ListObjects'> = {
  action: 's3:ListBucket',
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (input, ctx) => listKeysOf(input, ctx, input.MaxKeys),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Prefix = '', Delimiter, Marker = '' } = input;
    checkEncoding(input.EncodingType);
    const max = pageSize(input.MaxKeys, 'max-keys');
    const after = Marker === '' ? undefined : Marker;
    const found = await list(ctx, bucket, Prefix, Delimiter, after, after, max);
    return {
      IsTruncated: found.truncated,
      Marker,
      ...(found.truncated && Delimiter !== undefined ? { NextMarker: lastOf(found) } : {}),
      ...contents(found, bucket),
      Name: bucket.name,
      Prefix,
      ...(Delimiter === undefined ? {} : { Delimiter }),
      MaxKeys: max,
      ...commonPrefixes(found),
      ...echoedEncoding(input.EncodingType),
    };
  },
};

function list(
  ctx: Context,
  bucket: BucketRow,
  prefix: string,
  delimiter: string | undefined,
  after: string | undefined,
  told: string | undefined,
  max: number,
): Promise<Listing<ObjectRow>> {
  const place = placeOf(ctx, bucket);
  const within = idPrefix(bucket.id, prefix);
  return listKeys(
    (from, limit) => place.list(objects, { prefix: within, limit, ...(from === undefined ? {} : { after: from }) }),
    { bucket: bucket.id, prefix, delimiter: delimiter ?? '', after, told, max },
  );
}

function contents(found: Listing<ObjectRow>, bucket: BucketRow | undefined): object {
  if (found.entries.length === 0) return {};
  return {
    Contents: found.entries.map(({ key, value }) => ({
      Key: key,
      LastModified: new Date(value.modified),
      ETag: `"${value.etag}"`,
      ...checksumOf(value),
      Size: value.size,
      ...(bucket === undefined ? {} : { Owner: { ID: canonicalId(value.owner) } }),
      StorageClass: value.storageClass ?? 'STANDARD',
    })),
  };
}

export function checksumOf({ checksum }: ObjectRow): object {
  return checksum === undefined
    ? {}
    : { ChecksumAlgorithm: [checksum.algorithm.toUpperCase()], ChecksumType: checksum.type };
}

export function commonPrefixes(found: Pick<Listing<unknown>, 'prefixes'>): object {
  return found.prefixes.length === 0 ? {} : { CommonPrefixes: found.prefixes.map((Prefix) => ({ Prefix })) };
}

function lastOf(found: Listing<unknown>): string {
  const { last } = found;
  if (last === undefined) return '';
  return 'key' in last ? last.key : last.prefix;
}

/** Where a page ended: after a key, or after all keys of a common prefix. */
function tokenOf(found: Listing<unknown>): string {
  const kind = found.last !== undefined && 'prefix' in found.last ? 'p' : 'k';
  return Buffer.from(`${kind}${lastOf(found)}`).toString('base64url');
}

function readToken(token: string): { readonly after: string; readonly told: string | undefined } {
  const text = Buffer.from(token, 'base64url').toString();
  const place = text.slice(1);
  if (!/^[kp]/.test(text) || Buffer.from(text).toString('base64url') !== token)
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  return { after: place, told: text.startsWith('p') ? place : undefined };
}

/** @throws ServiceError InvalidArgument */
export function checkEncoding(type: string | undefined): void {
  if (type !== undefined && type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
}

export function echoedEncoding(type: string | undefined): { readonly EncodingType?: 'url' } {
  return type === undefined ? {} : { EncodingType: 'url' };
}

export function pageSize(asked: number | undefined, name: string): number {
  if (asked === undefined) return maxPage;
  if (asked < 0 || asked > 2_147_483_647)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', name, String(asked));
  return Math.min(asked, maxPage);
}

function listKeysOf(input: ListInput, ctx: Context, max: number | undefined) {
  return {
    ...requestKeys(ctx),
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': max === undefined ? undefined : String(max),
  };
}
