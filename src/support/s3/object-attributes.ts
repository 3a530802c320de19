import { bucketOf, requestKeys } from './access.ts';
import type { Operation, Output } from './api.ts';
import { checksumMembers, shownChecksum } from './checksums.ts';
import { piecesOf } from './contents.ts';
import { checkCustomerKey, customerKey } from './encryption.ts';
import { refusal } from './errors.ts';
import { versionKeys, versionResource } from './object-access.ts';
import { rewriteVersion } from './rewrite.ts';
import { versionFor } from './versions.ts';

export const GetObjectAttributes: Operation<'GetObjectAttributes'> = {
  action: (input) =>
    input.VersionId === undefined
      ? ['s3:GetObject', 's3:GetObjectAttributes']
      : ['s3:GetObjectVersion', 's3:GetObjectVersionAttributes'],
  resource: versionResource,
  conditions: versionKeys,
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
    checkCustomerKey(ctx, row.encryption, customerKey(input));
    const wanted = new Set<string>(input.ObjectAttributes);
    const output: Record<string, unknown> = {
      LastModified: new Date(row.modified),
      ...(bucket.versioning === undefined ? {} : { VersionId: row.versionId }),
    };
    if (wanted.has('ETag')) output['ETag'] = row.etag;
    if (wanted.has('Checksum') && row.checksum !== undefined) {
      const value = row.checksum.value.replace(/-\d+$/, '');
      output['Checksum'] = shownChecksum({ ...row.checksum, value });
    }
    if (wanted.has('ObjectSize')) output['ObjectSize'] = row.size;
    if (wanted.has('StorageClass')) output['StorageClass'] = row.storageClass ?? 'STANDARD';
    if (wanted.has('ObjectParts') && row.upload !== undefined) output['ObjectParts'] = await partsOf();
    return output as Output<'GetObjectAttributes'>;

    async function partsOf(): Promise<object> {
      const pieces = await piecesOf(ctx, bucket, row);
      const { checksum } = row;
      if (checksum?.type !== 'COMPOSITE') return { TotalPartsCount: pieces.length };
      const marker = Number(input.PartNumberMarker ?? 0);
      const max = Math.min(input.MaxParts ?? 1_000, 1_000);
      const after = pieces.filter(({ number }) => number > marker);
      const shown = after.slice(0, max);
      return {
        TotalPartsCount: pieces.length,
        PartNumberMarker: String(marker),
        NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
        MaxParts: max,
        IsTruncated: after.length > max,
        Parts: shown.map((piece) => ({
          PartNumber: piece.number,
          Size: piece.size,
          [checksumMembers[checksum.algorithm]]: piece.checksum,
        })),
      };
    }
  },
};

/** An archived object becomes readable for some days. There is one kind of disk: it takes no time. */
export const RestoreObject: Operation<'RestoreObject'> = {
  resource: versionResource,
  conditions: (_input, ctx) => requestKeys(ctx),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'POST');
    if (row.storageClass !== 'GLACIER' && row.storageClass !== 'DEEP_ARCHIVE')
      throw refusal('InvalidObjectState', { StorageClass: row.storageClass ?? 'STANDARD' });
    const { Days: days, SelectParameters: select } = input.RestoreRequest ?? {};
    if (select !== undefined) throw refusal('MalformedXML');
    if (days === undefined || days < 1) throw refusal('MalformedXML');
    const restoredUntil = Math.ceil((ctx.now + days * 86_400_000) / 86_400_000) * 86_400_000;
    await rewriteVersion(ctx, bucket, input.Key, { ...row, restoredUntil });
    return {};
  },
};
