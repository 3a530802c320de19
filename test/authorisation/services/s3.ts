import type { ServiceCases } from '../services.ts';

const Bucket = 'stock-bucket';
const Key = 'stock/object';
const TagSet = [{ Key: 'team', Value: 'blue' }];
const Body = 'content';
const ownPolicy = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: 's3:GetObjectTorrent', Resource: `arn:aws:s3:::${bucket}/*` },
    ],
  });

const nothingListed = 'the request lists nothing';
const oneContext = 'all actions of a request are asked in one context';

/** Everything that a request which makes an object can say. */
const said = {
  Tagging: 'team=blue',
  StorageClass: 'STANDARD_IA',
  WebsiteRedirectLocation: '/elsewhere',
  ObjectLockMode: 'GOVERNANCE',
  ObjectLockRetainUntilDate: new Date(4_000_000_000_000),
  ObjectLockLegalHoldStatus: 'OFF',
};

export const s3: ServiceCases = {
  service: 's3',
  refusal: '403 AccessDenied',
  stock: async (root, { installation }) => {
    const send = (operation: string, input: object = {}) => root.send('s3', operation, { Bucket, ...input });
    await send('CreateBucket', { ObjectLockEnabledForBucket: true, ObjectOwnership: 'ObjectWriter' });
    await send('PutBucketTagging', { Tagging: { TagSet } });
    await send('PutBucketAbac', { AbacStatus: { Status: 'Enabled' } });
    await send('PutObject', { Key, Body, Tagging: 'team=blue' });
    await send('PutObject', { Key: 'archived', Body, Tagging: 'team=blue', StorageClass: 'GLACIER' });
    const retained = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(installation.clock.now() + 86_400_000) };
    await send('PutObjectRetention', { Key, Retention: retained });
    await send('PutObjectLegalHold', { Key, LegalHold: { Status: 'OFF' } });
    const { VersionId } = await send('PutObject', { Key: 'versioned', Body, Tagging: 'team=blue' });
    await send('PutBucketPolicy', { Policy: ownPolicy(Bucket) });
    await send('PutBucketCors', {
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
    });
    const rule = { ID: 'one', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } };
    await send('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: [rule] } });
    await send('CreateBucket', { Bucket: 'empty-bucket', CreateBucketConfiguration: { Tags: TagSet } });
    await send('PutBucketAbac', { Bucket: 'empty-bucket', AbacStatus: { Status: 'Enabled' } });
    const { UploadId } = await send('CreateMultipartUpload', { Key });
    const { ETag } = await send('UploadPart', { Key, UploadId, PartNumber: 1, Body });
    const { KeyMetadata } = (await root.send('kms', 'CreateKey')) as { KeyMetadata: { Arn: string } };
    const grants = { GrantRead: 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"' };
    return {
      byMember: {
        Bucket,
        Key,
        UploadId,
        PartNumber: 1,
        CopySource: `${Bucket}/${Key}`,
        Delimiter: '/',
        Prefix: 'stock',
        MaxKeys: 10,
        Tagging: { TagSet },
        Policy: ownPolicy(Bucket),
      },
      byOperation: {
        CompleteMultipartUpload: { MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } },
        CopyObject: {
          ...said,
          Key: 'copy',
          ServerSideEncryption: 'AES256',
          TaggingDirective: 'REPLACE',
          MetadataDirective: 'REPLACE',
          GrantRead: grants.GrantRead,
        },
        CreateBucket: {
          Bucket: 'new-bucket',
          ObjectOwnership: 'ObjectWriter',
          ...grants,
          CreateBucketConfiguration: { LocationConstraint: 'eu-west-1', Tags: TagSet },
        },
        CreateMultipartUpload: { ...said, ServerSideEncryption: 'AES256', ...grants },
        DeleteBucket: { Bucket: 'empty-bucket' },
        DeleteObject: { Key: 'versioned' },
        DeleteObjects: { Delete: { Objects: [{ Key: 'versioned', VersionId }] } },
        GetObjectAttributes: { ObjectAttributes: ['ETag'] },
        ListBuckets: { Prefix: undefined },
        PutBucketAbac: { AbacStatus: { Status: 'Enabled' } },
        PutBucketAccelerateConfiguration: { AccelerateConfiguration: { Status: 'Enabled' } },
        PutBucketAcl: { ...grants },
        PutBucketCors: { CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] } },
        PutBucketEncryption: {
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
          },
        },
        PutBucketLifecycleConfiguration: { LifecycleConfiguration: { Rules: [rule] } },
        PutBucketLogging: { BucketLoggingStatus: {} },
        PutBucketNotificationConfiguration: { NotificationConfiguration: { EventBridgeConfiguration: {} } },
        PutBucketOwnershipControls: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
        PutBucketRequestPayment: { RequestPaymentConfiguration: { Payer: 'BucketOwner' } },
        PutBucketVersioning: { VersioningConfiguration: { Status: 'Enabled' } },
        PutObject: { ...said, Key: 'new', Body, ServerSideEncryption: 'AES256', ...grants },
        PutObjectAcl: { ...grants },
        PutObjectLegalHold: { LegalHold: { Status: 'ON' } },
        PutObjectLockConfiguration: { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } },
        PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(4_000_000_000_000) } },
        PutPublicAccessBlock: { PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
        RestoreObject: { Key: 'archived', RestoreRequest: { Days: 1 } },
        UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: KeyMetadata.Arn } } },
        UploadPart: { Body },
      },
    };
  },
  exceptions: {
    toldInAnswer: [
      ...['HeadBucket', 'HeadObject'].map((name) => ({
        of: `s3:${name}`,
        what: 'refusal',
        reason: 'answers to HEAD have no body: the client knows the status alone',
      })),
      {
        of: 's3:DeleteObjects',
        what: 'refusal',
        reason:
          'each object is asked for, and the answer tells which may not be deleted (S3 API reference, DeleteObjects)',
      },
    ],
    unlistedKeys: [
      {
        of: 's3:UpdateObjectEncryption > kms:Encrypt',
        what: 'kms:CustomerMasterKey*',
        reason: 'the older names of kms:KeySpec and kms:KeyUsage, still in policies',
      },
      ...['CopyObject', 'CreateMultipartUpload', 'PutObject'].map((name) => ({
        of: `s3:${name} > s3:PutObject*`,
        what: 's3:*',
        reason: oneContext,
      })),
      { of: 's3:CreateBucket > *', what: 's3:*', reason: oneContext },
      ...['GetObjectLegalHold', 'GetObjectRetention', 'PutObjectLegalHold', 'PutObjectRetention', 'RestoreObject'].map(
        (name) => ({
          of: `s3:${name}`,
          what: 's3:ExistingObjectTag/team',
          reason: 'an object is described alike in every question',
        }),
      ),
      ...['Get', 'Put'].map((verb) => ({
        of: `s3:${verb}ObjectLockConfiguration*`,
        what: 's3:x-amz-content-sha256',
        reason: 'every signed request has it',
      })),
    ],
    absentKeys: [
      ...['kms:RequestAlias', 'kms:ResourceAliases', 'kms:MultiRegionKeyType', 'aws:ResourceTag/*'].map((what) => ({
        of: 's3:UpdateObjectEncryption > kms:Encrypt',
        what,
        reason: 'the key is named by its ARN, and has neither alias, tags nor replicas',
      })),
      { of: 's3:*', what: 's3:AccessGrantsInstanceArn', reason: 'there are no access grants' },
      { of: 's3:*', what: 's3:AccessPointNetworkOrigin', reason: 'there are no access points' },
      { of: 's3:*', what: 's3:DataAccessPoint*', reason: 'there are no access points' },
      { of: 's3:*', what: 's3:TlsVersion', reason: 'the requests here come without TLS' },
      { of: 's3:*', what: 's3:object-lock-event-hold*', reason: 'there are no event holds' },
      { of: 's3:HeadBucket > s3:ListBucket', what: 's3:delimiter', reason: nothingListed },
      { of: 's3:HeadBucket > s3:ListBucket', what: 's3:max-keys', reason: nothingListed },
      { of: 's3:HeadBucket > s3:ListBucket', what: 's3:prefix', reason: nothingListed },
      { of: 's3:*', what: 's3:AccessPointTag/*', reason: 'there are no access points' },
      ...['s3:CreateBucket', 's3:CreateBucket > *'].flatMap((of) =>
        ['aws:ResourceTag/*', 's3:BucketTag/*'].map((what) => ({
          of,
          what,
          reason: 'what is being made has no tags yet',
        })),
      ),
      ...['CopyObject', 'CreateMultipartUpload', 'PutObject'].map((name) => ({
        of: `s3:${name} > s3:PutObject*`,
        what: 's3:ExistingObjectTag/*',
        reason: 'what is being made has no tags yet',
      })),
      ...['x-amz-*', 'if-match', 'if-none-match', 'object-lock-*', 'RequestObjectTag*'].map((key) => ({
        of: 's3:*',
        what: `s3:${key}`,
        reason: 'keys of a request that says so: the ways to say it exclude each other',
      })),
    ],
  },
};
