import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { checksumSizes } from '#wire/sigv4/checksum.ts';
import { bucketOf, objectRef } from './access.ts';
import type { Input, Operation } from './api.ts';
import { type ChecksumInput, checksumMembers, checksumNames, checksumOfWhole, shownChecksum } from './checksums.ts';
import { manifestId, piecesPerRecord } from './contents.ts';
import { checkCustomerKey, customerKey, shownEncryption } from './encryption.ts';
import { combineCrc, isCrc } from './engine/crc-combine.ts';
import { invalidRequest, refusal, refused } from './errors.ts';
import { expiration } from './expiration.ts';
import { tellNotified } from './notify.ts';
import { writeKeys } from './object-input.ts';
import { type Checksum, manifests, type PartRow, parts, placeOf, type UploadRow } from './records.ts';
import { endUpload, uploadOf } from './uploads.ts';
import { putVersion } from './versions.ts';
import { checkWriteConditions } from './write-conditions.ts';

type CompleteInput = Input<'CompleteMultipartUpload'>;

/** Every part but the last has at least 5 MiB. */
const minPartBytes = 5 * 1024 * 1024;

export const CompleteMultipartUpload: Operation<'CompleteMultipartUpload'> = {
  action: 's3:PutObject',
  resource: async (input, ctx) => objectRef(ctx, await bucketOf(ctx, input), input.Key),
  conditions: (input, ctx) => ({ ...writeKeys(input, ctx), 's3:ObjectCreationOperation': 'CompleteMultipartUpload' }),
  dataEvent: true,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Key: key } = input;
    const upload = await uploadOf(ctx, bucket, key, input.UploadId);
    checkCustomerKeyGiven(ctx, upload, input);
    checkMode(upload, input);
    await checkWriteConditions(ctx, bucket, key, input);
    const chosen = chooseParts(upload, input, await allParts(ctx, bucket, upload));
    const size = chosen.reduce((sum, part) => sum + part.size, 0);
    if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== size)
      throw invalidRequest(
        `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
      );
    const checksum = wholeChecksum(upload, chosen);
    checkWhole(checksum, input);
    writeManifests(ctx, bucket, upload, chosen);
    const row = await putVersion(ctx, bucket, key, {
      ...upload.object,
      size,
      etag: etagOf(chosen),
      upload: upload.id,
      partCount: chosen.length,
      encryption: upload.encryption,
      checksum,
    });
    endUpload(ctx, bucket, upload);
    tellNotified(ctx, bucket, key, row, 's3:ObjectCreated:CompleteMultipartUpload');
    const {
      SSECustomerAlgorithm: _a,
      SSECustomerKeyMD5: _m,
      ...shown
    } = shownEncryption(row.encryption) as Record<string, unknown>;
    return {
      Location: `http://${ctx.request.host}/${bucket.name}/${encodeURIComponent(key)}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${row.etag}"`,
      ...shownChecksum(checksum),
      ...shown,
      ...(bucket.versioning === undefined || row.versionId === 'null' ? {} : { VersionId: row.versionId }),
      ...expiration(bucket, key, row),
    };
  },
};

/** The key that clients bring is not needed here; one that is brought must be the right one. */
function checkCustomerKeyGiven(ctx: Context, { encryption }: UploadRow, input: CompleteInput): void {
  const given = customerKey(input);
  if (given !== undefined) checkCustomerKey(ctx, encryption, given);
}

function checkMode({ checksum }: UploadRow, { ChecksumType: type }: CompleteInput): void {
  if (type === undefined) return;
  const mode = checksum?.asked === true ? checksum.type : 'null';
  if (type === mode) return;
  if (mode === 'null' && type === 'FULL_OBJECT') return;
  throw invalidRequest(
    `The upload was created using the ${mode} checksum mode. The complete request must use the same checksum mode.`,
  );
}

async function allParts(
  ctx: Context,
  bucket: Parameters<typeof placeOf>[1],
  upload: UploadRow,
): Promise<ReadonlyMap<number, PartRow>> {
  const found = new Map<number, PartRow>();
  let after: string | undefined;
  for (;;) {
    const page = await placeOf(ctx, bucket).list(parts, {
      prefix: `${upload.id}/`,
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    });
    for (const { value } of page) found.set(value.number, value);
    after = page.at(-1)?.id;
    if (page.length < 1_000) return found;
  }
}

/** The parts that the request names, each as it names it. @throws ServiceError */
function chooseParts(upload: UploadRow, input: CompleteInput, known: ReadonlyMap<number, PartRow>): readonly PartRow[] {
  const wanted = input.MultipartUpload?.Parts ?? [];
  if (wanted.length === 0) throw invalidRequest('You must specify at least one part');
  const { id, checksum } = upload;
  let last = 0;
  for (const { PartNumber: number = 0 } of wanted) {
    if (number <= last) throw refusal('InvalidPartOrder', { UploadId: id });
    last = number;
  }
  const chosen = wanted.map((named) => {
    const { PartNumber: number = 0, ETag: etag = '' } = named;
    const part = known.get(number);
    const bare = etag.replace(/^"|"$/g, '');
    const given = givenChecksum(named);
    if (checksum?.asked === true && checksum.type === 'COMPOSITE' && given === undefined)
      throw invalidRequest(
        `The upload was created using a ${checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    const invalid = () => refusal('InvalidPart', { ETag: bare, PartNumber: number, UploadId: id });
    if (part === undefined || part.etag !== bare) throw invalid();
    if (given !== undefined && (given.algorithm !== part.checksum?.algorithm || given.value !== part.checksum.value)) {
      if (checksum?.asked === true && checksum.type === 'COMPOSITE' && given.algorithm === checksum.algorithm)
        throw refused(
          'BadDigest',
          `The ${given.algorithm} you specified for part ${number} did not match what we received.`,
        );
      throw invalid();
    }
    return part;
  });
  for (const [at, part] of chosen.entries()) {
    if (at < chosen.length - 1 && part.size < minPartBytes)
      throw refusal('EntityTooSmall', {
        ETag: part.etag,
        MinSizeAllowed: minPartBytes,
        PartNumber: part.number,
        ProposedSize: part.size,
      });
  }
  return chosen;
}

function givenChecksum(named: ChecksumInput) {
  for (const algorithm of checksumNames) {
    const value = named[checksumMembers[algorithm]];
    if (value !== undefined) return { algorithm, value };
  }
  return undefined;
}

function wholeChecksum({ checksum }: UploadRow, chosen: readonly PartRow[]): Checksum {
  const algorithm = checksum?.algorithm ?? 'crc64nvme';
  const sums = chosen.map((part) => ({
    crc: Buffer.from((checksum?.asked === true ? part.checksum?.value : part.crc64) ?? '', 'base64'),
    size: part.size,
  }));
  if (checksum?.type === 'COMPOSITE' || !isCrc(algorithm)) {
    const joined = Buffer.concat(sums.map(({ crc }) => crc));
    const value = checksumOfWhole(joined, algorithm);
    return { algorithm, value: `${value}-${chosen.length}`, type: 'COMPOSITE' };
  }
  const usable = sums.every(({ crc }) => crc.length === checksumSizes[algorithm]);
  return { algorithm, value: usable ? combineCrc(algorithm, sums).toString('base64') : '', type: 'FULL_OBJECT' };
}

function checkWhole(checksum: Checksum, input: CompleteInput): void {
  const given = givenChecksum(input);
  if (given === undefined || given.algorithm !== checksum.algorithm) return;
  const value = checksum.value.replace(/-\d+$/, '');
  if (given.value === checksum.value || given.value === value) return;
  throw refused('BadDigest', `The ${given.algorithm} you specified did not match the calculated checksum.`);
}

/** The digest of the parts' digests, and their number. */
function etagOf(chosen: readonly PartRow[]): string {
  const digest = createHash('md5');
  for (const { etag } of chosen) digest.update(Buffer.from(etag, 'hex'));
  return `${digest.digest('hex')}-${chosen.length}`;
}

function writeManifests(
  ctx: Context,
  bucket: Parameters<typeof placeOf>[1],
  upload: UploadRow,
  chosen: readonly PartRow[],
): void {
  for (let from = 0; from < chosen.length; from += piecesPerRecord) {
    const pieces = chosen.slice(from, from + piecesPerRecord).map(({ number, size, blob, checksum }) => ({
      number,
      size,
      blob,
      ...(upload.checksum?.asked === true && checksum !== undefined ? { checksum: checksum.value } : {}),
    }));
    placeOf(ctx, bucket).create(manifests, manifestId(upload.id, from), { pieces });
  }
}
