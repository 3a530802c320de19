import { seconds } from './file-names.ts';

/** A log file as its digest names it; times in ms since the epoch. */
export type DigestedFile = {
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 of the content before compression, hexadecimal. */
  readonly hash: string;
  readonly oldest: number;
  readonly newest: number;
};

/** The digest before, as the next one refers to it. */
export type DigestLink = {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  /** Hexadecimal. */
  readonly signature: string;
};

export type Digest = {
  readonly account: string;
  readonly bucket: string;
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly fingerprint: string;
  /** Undefined: a chain begins. */
  readonly previous: DigestLink | undefined;
  readonly files: readonly DigestedFile[];
};

/** The content of a digest file (CloudTrail user guide, "CloudTrail digest file structure"). */
export function digestText(digest: Digest): string {
  const { previous, files } = digest;
  const time = (values: readonly number[], pick: (...of: number[]) => number) =>
    values.length === 0 ? null : seconds(pick(...values));
  return JSON.stringify({
    awsAccountId: digest.account,
    digestStartTime: seconds(digest.start),
    digestEndTime: seconds(digest.end),
    digestS3Bucket: digest.bucket,
    digestS3Object: digest.key,
    digestPublicKeyFingerprint: digest.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: time(
      files.map(({ newest }) => newest),
      Math.max,
    ),
    oldestEventTime: time(
      files.map(({ oldest }) => oldest),
      Math.min,
    ),
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map((file) => ({
      s3Bucket: file.bucket,
      s3Object: file.key,
      hashValue: file.hash,
      hashAlgorithm: 'SHA-256',
      newestEventTime: seconds(file.newest),
      oldestEventTime: seconds(file.oldest),
    })),
  });
}

/** What is signed (CloudTrail user guide, "Custom implementations of CloudTrail log file integrity validation"). @param hash of the text */
export function textToSign({ end, bucket, key, previous }: Digest, hash: string): string {
  return `${seconds(end)}\n${bucket}/${key}\n${hash}\n${previous?.signature ?? 'null'}`;
}
