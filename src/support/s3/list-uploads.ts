import { bucketOf, bucketResource, objectRef, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { shownChecksum } from './checksums.ts';
import { canonicalId } from './engine/canonical-id.ts';
import { commonPrefix, compareKeys } from './engine/listing.ts';
import { idPrefix, pastPrefix, pastVersions } from './engine/object-id.ts';
import { invalidArgument } from './errors.ts';
import { checkEncoding, commonPrefixes, echoedEncoding, pageSize } from './list-objects.ts';
import { partId, parts, placeOf, type UploadRow, uploads } from './records.ts';
import { uploadOf, uploadRecordId } from './uploads.ts';

export const ListMultipartUploads: Operation<'ListMultipartUploads'> = {
  action: 's3:ListBucketMultipartUploads',
  resource: (input, ctx) => bucketResource(ctx, input),
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '' } = input;
    checkEncoding(input.EncodingType);
    const max = pageSize(input.MaxUploads, 'max-uploads');
    const place = placeOf(ctx, bucket);
    const prefix = idPrefix(bucket.id, Prefix);
    let after: string | undefined;
    if (KeyMarker !== '') {
      after =
        UploadIdMarker === '' ? pastUploads(bucket.id, KeyMarker) : uploadRecordId(bucket, KeyMarker, UploadIdMarker);
      if (UploadIdMarker !== '' && (await place.get(uploads, after)) === undefined)
        throw invalidArgument('Invalid uploadId marker', 'upload-id-marker', UploadIdMarker);
    }
    const shown: UploadRow[] = [];
    const prefixes: string[] = [];
    let last: UploadRow | undefined;
    let truncated = false;
    reading: while (max > 0) {
      const page = await place.list(uploads, { prefix, limit: 200, ...(after === undefined ? {} : { after }) });
      for (const { id, value } of page) {
        after = id;
        const rolled = Delimiter === '' ? undefined : commonPrefix(value.key, Prefix, Delimiter);
        const told = rolled !== undefined && KeyMarker !== '' && compareKeys(rolled, KeyMarker) <= 0;
        if (!told && shown.length + prefixes.length >= max) {
          truncated = true;
          break reading;
        }
        if (rolled === undefined) {
          shown.push(value);
          last = value;
          continue;
        }
        if (!told) prefixes.push(rolled);
        after = pastPrefix(idPrefix(bucket.id, rolled));
        continue reading;
      }
      if (page.length < 200) break;
    }
    return {
      Bucket: bucket.name,
      KeyMarker,
      UploadIdMarker,
      NextKeyMarker: truncated || shown.length > 0 ? (last?.key ?? prefixes.at(-1) ?? '') : '',
      NextUploadIdMarker: truncated || shown.length > 0 ? (last?.id ?? '') : '',
      ...(Prefix === '' ? {} : { Prefix }),
      ...(Delimiter === '' ? {} : { Delimiter }),
      MaxUploads: max,
      IsTruncated: truncated,
      ...(shown.length === 0
        ? {}
        : {
            Uploads: shown.map((upload) => ({
              UploadId: upload.id,
              Key: upload.key,
              Initiated: new Date(upload.initiated),
              StorageClass: (upload.object.storageClass ?? 'STANDARD') as 'STANDARD',
              Owner: { ID: canonicalId(upload.object.owner) },
              Initiator: initiatorOf(upload),
              ...(upload.checksum?.asked === true
                ? {
                    ChecksumAlgorithm: upload.checksum.algorithm.toUpperCase() as 'CRC32',
                    ChecksumType: upload.checksum.type,
                  }
                : {}),
            })),
          }),
      ...commonPrefixes({ prefixes }),
      ...echoedEncoding(input.EncodingType),
    };
  },
};

/** Above all uploads of a key. */
function pastUploads(bucket: string, key: string): string {
  return `${pastVersions(bucket, key).slice(0, -1)}\u{10ffff}`;
}

function initiatorOf({ initiator }: UploadRow) {
  const root = initiator.arn.endsWith(':root');
  return {
    ID: root ? canonicalId(initiator.account) : initiator.arn,
    DisplayName: initiator.arn.split('/').at(-1) ?? '',
  };
}

export const ListParts: Operation<'ListParts'> = {
  action: 's3:ListMultipartUploadParts',
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const upload = await uploadOf(ctx, bucket, input.Key, input.UploadId);
    const max = pageSize(input.MaxParts, 'max-parts');
    const marker = Number(input.PartNumberMarker ?? 0);
    if (!Number.isInteger(marker) || marker < 0)
      throw invalidArgument(
        'Argument part-number-marker must be an integer',
        'part-number-marker',
        String(input.PartNumberMarker),
      );
    const found = await placeOf(ctx, bucket).list(parts, {
      prefix: `${upload.id}/`,
      after: partId(upload.id, marker),
      limit: max + 1,
    });
    const shown = found.slice(0, max).map(({ value }) => value);
    const { checksum } = upload;
    return {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
      MaxParts: max,
      IsTruncated: found.length > max,
      ...(shown.length === 0
        ? {}
        : {
            Parts: shown.map((part) => ({
              PartNumber: part.number,
              LastModified: new Date(part.modified),
              ETag: `"${part.etag}"`,
              Size: part.size,
              ...(checksum?.asked === true ? shownChecksum(part.checksum) : {}),
            })),
          }),
      Initiator: initiatorOf(upload),
      Owner: { ID: canonicalId(upload.object.owner) },
      StorageClass: (upload.object.storageClass ?? 'STANDARD') as 'STANDARD',
      ...(checksum?.asked === true
        ? { ChecksumAlgorithm: checksum.algorithm.toUpperCase() as 'CRC32', ChecksumType: checksum.type }
        : {}),
    };
  },
};
