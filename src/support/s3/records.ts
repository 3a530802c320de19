import { collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import type { Acl } from './engine/acl.ts';
import type { CorsRule } from './engine/cors.ts';
import type { LifecycleRule } from './engine/lifecycle.ts';
import type { Retention } from './engine/object-lock.ts';
import type { TagRecord } from './engine/tags.ts';
import type { NotificationConfig } from './notification-config.ts';

export type Versioning = 'Enabled' | 'Suspended';
export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

/** Block Public Access, of a bucket or an account. */
export type PublicAccessBlock = {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
};

export type BucketEncryption = {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId?: string;
  readonly bucketKey: boolean;
  /** SSE-C is not taken. */
  readonly blocksCustomerKeys?: boolean;
};

export type BucketLogging = {
  readonly bucket: string;
  readonly prefix: string;
  /** The configuration as it is shown. */
  readonly shown: object;
};

/** A bucket with all of its configuration: one record, read by every request. */
export type BucketRow = {
  readonly name: string;
  /** Of this bucket alone: one of the same name made later has another, and none of its objects. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly created: number;
  readonly versioning?: Versioning | undefined;
  readonly ownership?: Ownership | undefined;
  readonly acl?: Acl | undefined;
  readonly publicAccess?: PublicAccessBlock | undefined;
  readonly encryption: BucketEncryption;
  readonly policy?: string | undefined;
  readonly tags?: TagRecord | undefined;
  readonly cors?: readonly CorsRule[] | undefined;
  readonly lifecycle?: { readonly rules: readonly LifecycleRule[]; readonly minimumSize: string } | undefined;
  readonly logging?: BucketLogging | undefined;
  readonly notification?: NotificationConfig | undefined;
  readonly lock?: { readonly retention?: Retention | undefined } | undefined;
  readonly acceleration?: 'Enabled' | 'Suspended' | undefined;
  readonly requesterPays?: boolean | undefined;
  readonly abac?: boolean | undefined;
};

/** How an object's data key is kept. All base64. */
export type Encryption =
  | { readonly kind: 's3'; readonly sealed: string }
  | {
      readonly kind: 'kms';
      readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
      readonly keyArn: string;
      /** What KMS made of the data key, or of the bucket key that it comes from. */
      readonly wrapped: string;
      readonly context: Readonly<Record<string, string>>;
      readonly bucketKey: boolean;
    }
  /** The client brings the key: only a keyed digest of it is kept. */
  | { readonly kind: 'c'; readonly salt: string; readonly mac: string };

export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';
export type Checksum = { readonly algorithm: ChecksumName; readonly value: string; readonly type: ChecksumType };

/** What goes with an object and is given back with it. */
export type ObjectHeaders = {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly disposition?: string;
  readonly encoding?: string;
  readonly language?: string;
  readonly expires?: string;
  readonly redirect?: string;
};

/** One version of an object, or a delete marker. Its key and bucket are in its id. */
export type ObjectRow = {
  readonly sequence: number;
  /** `null` where the bucket had no versioning. */
  readonly versionId: string;
  readonly modified: number;
  readonly marker?: true;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Account of who wrote it. */
  readonly owner: string;
  readonly storageClass?: string;
  /** Last part of its blob's name; absent for empty objects and those made of parts. */
  readonly blob?: string;
  /** The upload that it comes from. */
  readonly upload?: string;
  readonly partCount?: number;
  readonly encryption?: Encryption;
  readonly checksum?: Checksum;
  readonly headers?: ObjectHeaders;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: TagRecord;
  readonly acl?: Acl;
  readonly retention?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly until: number };
  readonly legalHold?: boolean;
  /** A copy that was asked for of an archived object; ms. */
  readonly restoredUntil?: number;
};

/** A piece of an object made of parts, in order. */
export type Piece = {
  readonly number: number;
  readonly size: number;
  readonly blob: string;
  readonly checksum?: string;
};

/** The parts of a completed object. */
export type ManifestRow = { readonly pieces: readonly Piece[] };

export type UploadRow = {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly initiator: { readonly arn: string; readonly account: string };
  readonly encryption: Encryption;
  readonly checksum?: { readonly algorithm: ChecksumName; readonly type: ChecksumType; readonly asked: boolean };
  /** What the object will have. */
  readonly object: Pick<
    ObjectRow,
    'headers' | 'metadata' | 'tags' | 'acl' | 'retention' | 'legalHold' | 'storageClass' | 'owner'
  >;
};

export type PartRow = {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly blob: string;
  readonly checksum?: { readonly algorithm: ChecksumName; readonly value: string };
  /** CRC-64 of its content, for uploads that name no algorithm of their own. */
  readonly crc64?: string;
};

/** Id: the name, which is unique in the installation. */
export const buckets = collection<BucketRow>('s3/bucket', 'installation', {
  'by-account': ({ account }) => [account],
});
/** Current versions that are there. Id: `objectId(bucket.id, key)`. */
export const objects = collection<ObjectRow>('s3/object', 'regional');
/** Earlier versions and delete markers. Id: `versionRecordId(…)`. */
export const versions = collection<ObjectRow>('s3/version', 'regional', {
  null: ({ versionId }, id) => (versionId === 'null' ? [id.slice(0, id.lastIndexOf('\u0001'))] : []),
});
/** Id: `objectId(bucket.id, key)`, a separator and the upload's id, so that they are listed by key. */
export const uploads = collection<UploadRow>('s3/upload', 'regional');
/** Id: `<upload>/00001`. */
export const parts = collection<PartRow>('s3/part', 'regional');
/** Id: the upload's id, and a number where there are many pieces. */
export const manifests = collection<ManifestRow>('s3/manifest', 'regional');

/** Where a bucket's objects are kept: with its owner. */
export function placeOf(ctx: Pick<Context, 'records'>, bucket: BucketRow): Records {
  return ctx.records.at({ account: bucket.account, region: bucket.region });
}

export function partId(upload: string, number: number): string {
  return `${upload}/${String(number).padStart(5, '0')}`;
}
