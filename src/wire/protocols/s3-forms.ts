/** What S3's answers look like where the model does not say. Source: Amazon S3 API reference, "Response Syntax" of each call. */

/** Root element by operation; others have the name of their payload. */
export const s3Roots: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 'CompleteMultipartUploadResult',
  CreateMultipartUpload: 'InitiateMultipartUploadResult',
  CreateSession: 'CreateSessionResult',
  DeleteObjects: 'DeleteResult',
  GetBucketAccelerateConfiguration: 'AccelerateConfiguration',
  GetBucketAcl: 'AccessControlPolicy',
  GetBucketCors: 'CORSConfiguration',
  GetBucketLifecycleConfiguration: 'LifecycleConfiguration',
  GetBucketLogging: 'BucketLoggingStatus',
  GetBucketNotificationConfiguration: 'NotificationConfiguration',
  GetBucketRequestPayment: 'RequestPaymentConfiguration',
  GetBucketTagging: 'Tagging',
  GetBucketVersioning: 'VersioningConfiguration',
  GetBucketWebsite: 'WebsiteConfiguration',
  GetObjectAcl: 'AccessControlPolicy',
  GetObjectAttributes: 'GetObjectAttributesResponse',
  GetObjectTagging: 'Tagging',
  ListBucketAnalyticsConfigurations: 'ListBucketAnalyticsConfigurationResult',
  ListBucketIntelligentTieringConfigurations: 'ListBucketIntelligentTieringConfigurationsOutput',
  ListBucketInventoryConfigurations: 'ListInventoryConfigurationsResult',
  ListBucketMetricsConfigurations: 'ListMetricsConfigurationsResult',
  ListBuckets: 'ListAllMyBucketsResult',
  ListDirectoryBuckets: 'ListAllMyDirectoryBucketsResult',
  ListMultipartUploads: 'ListMultipartUploadsResult',
  ListObjectVersions: 'ListVersionsResult',
  ListObjects: 'ListBucketResult',
  ListObjectsV2: 'ListBucketResult',
  ListParts: 'ListPartsResult',
};

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Members that hold keys or parts of keys, at the top and in lists. */
const keyMembers = ['Delimiter', 'KeyMarker', 'Marker', 'NextKeyMarker', 'NextMarker', 'Prefix', 'StartAfter'];
const keyLists: Readonly<Record<string, string>> = {
  CommonPrefixes: 'Prefix',
  Contents: 'Key',
  DeleteMarkers: 'Key',
  Uploads: 'Key',
  Versions: 'Key',
};
const listings = new Set(['ListObjects', 'ListObjectsV2', 'ListObjectVersions', 'ListMultipartUploads']);

/**
 * `encoding-type=url`: the client asked for percent-encoded keys, so that XML can carry any of them, and decodes them itself.
 * Blanks become `%20`, which both kinds of decoders read.
 */
export function urlEncodedKeys(operation: string, output: Record<string, unknown>): Record<string, unknown> {
  if (!listings.has(operation)) return output;
  const out: Record<string, unknown> = { ...output, EncodingType: 'url' };
  for (const name of keyMembers) if (typeof out[name] === 'string') out[name] = encodeKey(out[name]);
  for (const [list, name] of Object.entries(keyLists)) {
    const items = out[list];
    if (!Array.isArray(items)) continue;
    out[list] = items.map((item: Record<string, unknown>) =>
      typeof item[name] === 'string' ? { ...item, [name]: encodeKey(item[name]) } : item,
    );
  }
  return out;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed()).replaceAll('%2F', '/');
}
