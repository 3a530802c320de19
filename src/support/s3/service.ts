import type { OperationName } from '#runtime/api-types.ts';
import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { accessLog, deliverLogs, logAnswered } from './access-log.ts';
import { GetBucketAcl, GetObjectAcl, PutBucketAcl, PutObjectAcl } from './acls.ts';
import { DeleteBucketEncryption, GetBucketEncryption, PutBucketEncryption } from './bucket-encryption.ts';
import {
  DeleteBucketPolicy,
  DeletePublicAccessBlock,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  GetPublicAccessBlock,
  PutBucketPolicy,
  PutPublicAccessBlock,
} from './bucket-policy.ts';
import {
  DeleteBucketOwnershipControls,
  DeleteBucketTagging,
  GetBucketAbac,
  GetBucketAccelerateConfiguration,
  GetBucketOwnershipControls,
  GetBucketRequestPayment,
  GetBucketTagging,
  GetBucketVersioning,
  PutBucketAbac,
  PutBucketAccelerateConfiguration,
  PutBucketOwnershipControls,
  PutBucketRequestPayment,
  PutBucketTagging,
  PutBucketVersioning,
} from './bucket-settings.ts';
import { CreateBucket, DeleteBucket, GetBucketLocation, HeadBucket, ListBuckets } from './buckets.ts';
import { CompleteMultipartUpload } from './complete-upload.ts';
import { CopyObject } from './copy-object.ts';
import { DeleteBucketCors, GetBucketCors, PreflightObject, PutBucketCors } from './cors.ts';
import { DeleteObject, DeleteObjects } from './delete-object.ts';
import { deliverEvents } from './deliver.ts';
import { discardBlobs, discardParts } from './discard.ts';
import { GetObject, HeadObject } from './get-object.ts';
import {
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  PutBucketLifecycleConfiguration,
} from './lifecycle.ts';
import { emptyBucket, runLifecycle } from './lifecycle-job.ts';
import { ListObjects, ListObjectsV2 } from './list-objects.ts';
import { ListMultipartUploads, ListParts } from './list-uploads.ts';
import { ListObjectVersions } from './list-versions.ts';
import { GetBucketLogging, PutBucketLogging } from './logging.ts';
import { GetBucketNotificationConfiguration, PutBucketNotificationConfiguration } from './notifications.ts';
import { GetObjectAttributes, RestoreObject } from './object-attributes.ts';
import {
  GetObjectLegalHold,
  GetObjectLockConfiguration,
  GetObjectRetention,
  PutObjectLegalHold,
  PutObjectLockConfiguration,
  PutObjectRetention,
} from './object-lock.ts';
import { DeleteObjectTagging, GetObjectTagging, PutObjectTagging } from './object-tagging.ts';
import { UploadPart, UploadPartCopy } from './parts.ts';
import { PostObject } from './post-object.ts';
import { PutObject } from './put-object.ts';
import { buckets, manifests, objects, parts, uploads, versions } from './records.ts';
import { startSweep } from './sweep.ts';
import { UpdateObjectEncryption } from './update-encryption.ts';
import { AbortMultipartUpload, CreateMultipartUpload, cleanUpload } from './uploads.ts';

const reports = 'reports about storage (analytics, inventory, request metrics) are not made';
const tiers = 'there is one kind of storage: no tiers to move between';
const tables = 'metadata tables need S3 Tables, which is not part of Ringwall';
const directory = 'directory buckets are not served';
const annotations = 'annotations of objects are not kept';
const replication = 'objects are not copied to other buckets by themselves';
const websites = 'website endpoints are not served';

const operations = {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CopyObject,
  CreateBucket,
  CreateBucketMetadataConfiguration: unsupported(tables),
  CreateBucketMetadataTableConfiguration: unsupported(tables),
  CreateMultipartUpload,
  CreateSession: unsupported(directory),
  DeleteBucket,
  DeleteBucketAnalyticsConfiguration: unsupported(reports),
  DeleteBucketCors,
  DeleteBucketEncryption,
  DeleteBucketIntelligentTieringConfiguration: unsupported(tiers),
  DeleteBucketInventoryConfiguration: unsupported(reports),
  DeleteBucketLifecycle,
  DeleteBucketMetadataConfiguration: unsupported(tables),
  DeleteBucketMetadataTableConfiguration: unsupported(tables),
  DeleteBucketMetricsConfiguration: unsupported(reports),
  DeleteBucketOwnershipControls,
  DeleteBucketPolicy,
  DeleteBucketReplication: unsupported(replication),
  DeleteBucketTagging,
  DeleteBucketWebsite: unsupported(websites),
  DeleteObject,
  DeleteObjectAnnotation: unsupported(annotations),
  DeleteObjects,
  DeleteObjectTagging,
  DeletePublicAccessBlock,
  GetBucketAbac,
  GetBucketAccelerateConfiguration,
  GetBucketAcl,
  GetBucketAnalyticsConfiguration: unsupported(reports),
  GetBucketCors,
  GetBucketEncryption,
  GetBucketIntelligentTieringConfiguration: unsupported(tiers),
  GetBucketInventoryConfiguration: unsupported(reports),
  GetBucketLifecycleConfiguration,
  GetBucketLocation,
  GetBucketLogging,
  GetBucketMetadataConfiguration: unsupported(tables),
  GetBucketMetadataTableConfiguration: unsupported(tables),
  GetBucketMetricsConfiguration: unsupported(reports),
  GetBucketNotificationConfiguration,
  GetBucketOwnershipControls,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  GetBucketReplication: unsupported(replication),
  GetBucketRequestPayment,
  GetBucketTagging,
  GetBucketVersioning,
  GetBucketWebsite: unsupported(websites),
  GetObject,
  GetObjectAcl,
  GetObjectAnnotation: unsupported(annotations),
  GetObjectAttributes,
  GetObjectLegalHold,
  GetObjectLockConfiguration,
  GetObjectRetention,
  GetObjectTagging,
  GetObjectTorrent: unsupported('S3 itself serves no torrents any more'),
  GetPublicAccessBlock,
  HeadBucket,
  HeadObject,
  ListBucketAnalyticsConfigurations: unsupported(reports),
  ListBucketIntelligentTieringConfigurations: unsupported(tiers),
  ListBucketInventoryConfigurations: unsupported(reports),
  ListBucketMetricsConfigurations: unsupported(reports),
  ListBuckets,
  ListDirectoryBuckets: unsupported(directory),
  ListMultipartUploads,
  ListObjectAnnotations: unsupported(annotations),
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  ListParts,
  PutBucketAbac,
  PutBucketAccelerateConfiguration,
  PutBucketAcl,
  PutBucketAnalyticsConfiguration: unsupported(reports),
  PutBucketCors,
  PutBucketEncryption,
  PutBucketIntelligentTieringConfiguration: unsupported(tiers),
  PutBucketInventoryConfiguration: unsupported(reports),
  PutBucketLifecycleConfiguration,
  PutBucketLogging,
  PutBucketMetricsConfiguration: unsupported(reports),
  PutBucketNotificationConfiguration,
  PutBucketOwnershipControls,
  PutBucketPolicy,
  PutBucketReplication: unsupported(replication),
  PutBucketRequestPayment,
  PutBucketTagging,
  PutBucketVersioning,
  PutBucketWebsite: unsupported(websites),
  PutObject,
  PutObjectAcl,
  PutObjectAnnotation: unsupported(annotations),
  PutObjectLegalHold,
  PutObjectLockConfiguration,
  PutObjectRetention,
  PutObjectTagging,
  PutPublicAccessBlock,
  RenameObject: unsupported(directory),
  RestoreObject,
  SelectObjectContent: unsupported('objects are not queried'),
  UpdateBucketMetadataAnnotationTableConfiguration: unsupported(tables),
  UpdateBucketMetadataInventoryTableConfiguration: unsupported(tables),
  UpdateBucketMetadataJournalTableConfiguration: unsupported(tables),
  UpdateObjectEncryption,
  UploadPart,
  UploadPartCopy,
  WriteGetObjectResponse: unsupported('Object Lambda access points are not served'),
} satisfies Operations<'s3', OperationName<'s3'>>;

export const s3: Service = {
  name: 's3',
  prefix: 's3',
  host: 's3.amazonaws.com',
  operations,
  unmodelled: { PostObject, PreflightObject },
  collections: [buckets, manifests, objects, parts, uploads, versions],
  jobs: {
    'clean-upload': cleanUpload,
    'discard-parts': discardParts,
    empty: emptyBucket,
    lifecycle: runLifecycle,
  },
  subscribers: { 's3/discard': discardBlobs, 's3/notify': deliverEvents },
  answered: (answered, local) => logAnswered(answered, local(accessLog)),
  start: startSweep,
  upkeep: deliverLogs,
};
