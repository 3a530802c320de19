import type { Stage } from './replay-for-tests.ts';

type Replay = (stage: Stage) => Promise<void>;

const policyFor = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
    ],
  });

export const replaysOfBuckets: Readonly<Record<string, Replay>> = {
  test_bucket_versioning_crud: async (stage) => {
    await stage.call('CreateBucket');
    const set = (label: string, VersioningConfiguration: object, more: object = {}) =>
      stage.replay(label, 'PutBucketVersioning', { VersioningConfiguration, ...more });
    await stage.replay('get-versioning-before', 'GetBucketVersioning');
    await set('put-versioning-suspended-before', { Status: 'Suspended' });
    await set('put-versioning-enabled-lowercase', { Status: 'enabled' });
    await set('put-versioning-disabled', { Status: 'Disabled' });
    await set('put-versioning-empty', {});
    await set('put-versioning-enabled-capitalized', { Status: 'Enabled' });
    await stage.replay('get-versioning-after-enabled', 'GetBucketVersioning');
    await set('put-versioning-suspended-after', { Status: 'Suspended' });
    await stage.replay('get-versioning-after-suspended', 'GetBucketVersioning');
    const Bucket = `${stage.bucket}-missing`;
    await set('put-versioning-no-bucket', { Status: 'Suspended' }, { Bucket });
    await stage.replay('get-versioning-no-bucket', 'GetBucketVersioning', { Bucket });
  },
  test_bucket_policy_crud: async (stage) => {
    await stage.call('CreateBucket');
    await stage.call('DeletePublicAccessBlock');
    await stage.replay('get-bucket-default-policy', 'GetBucketPolicy');
    await stage.replay('put-bucket-policy', 'PutBucketPolicy', { Policy: policyFor(stage.bucket) });
    await stage.call('GetBucketPolicy');
    await stage.replay('delete-bucket-policy', 'DeleteBucketPolicy');
    await stage.replay('get-bucket-policy-after-delete', 'GetBucketPolicy');
    await stage.replay('delete-bucket-policy-after-delete', 'DeleteBucketPolicy');
    stage.pass('get-bucket-policy');
  },
  test_bucket_policy_exc: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('put-empty-bucket-policy', 'PutBucketPolicy', { Policy: '' });
    await stage.replay('put-bucket-policy-randomstring', 'PutBucketPolicy', { Policy: 'invalid json' });
    await stage.replay('put-bucket-policy-empty-json', 'PutBucketPolicy', { Policy: '{}' });
  },
  test_bucket_acceleration_configuration_crud: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('get-bucket-default-accelerate-config', 'GetBucketAccelerateConfiguration');
    const set = (label: string, Status: string) =>
      stage.replay(label, 'PutBucketAccelerateConfiguration', { AccelerateConfiguration: { Status } });
    await set('put-bucket-accelerate-config-enabled', 'Enabled');
    await stage.replay('get-bucket-accelerate-config-enabled', 'GetBucketAccelerateConfiguration');
    await set('put-bucket-accelerate-config-disabled', 'Suspended');
    await stage.replay('get-bucket-accelerate-config-disabled', 'GetBucketAccelerateConfiguration');
  },
  test_crud_bucket_ownership_controls: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('default-ownership', 'GetBucketOwnershipControls');
    await stage.replay('put-ownership', 'PutBucketOwnershipControls', {
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    });
    await stage.replay('get-ownership', 'GetBucketOwnershipControls');
    await stage.replay('delete-ownership', 'DeleteBucketOwnershipControls');
    await stage.replay('get-ownership-after-delete', 'GetBucketOwnershipControls');
    await stage.replay('delete-ownership-after-delete', 'DeleteBucketOwnershipControls');
    const Bucket = `${stage.bucket}-preferred`;
    await stage.call('CreateBucket', { Bucket, ObjectOwnership: 'BucketOwnerPreferred' });
    await stage.replay('get-ownership-at-creation', 'GetBucketOwnershipControls', { Bucket });
  },
  test_crud_public_access_block: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('get-default-public-access-block', 'GetPublicAccessBlock');
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    };
    await stage.replay('put-public-access-block', 'PutPublicAccessBlock', { PublicAccessBlockConfiguration });
    await stage.replay('get-public-access-block', 'GetPublicAccessBlock');
    await stage.replay('delete-public-access-block', 'DeletePublicAccessBlock');
    await stage.replay('get-public-access-block-after-delete', 'GetPublicAccessBlock');
    await stage.replay('idempotent-delete-public-access-block', 'DeletePublicAccessBlock');
  },
  test_s3_default_bucket_encryption: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('default-bucket-encryption', 'GetBucketEncryption');
    await stage.replay('delete-bucket-encryption', 'DeleteBucketEncryption');
    await stage.replay('delete-bucket-encryption-idempotent', 'DeleteBucketEncryption');
    // Since the recording every bucket has a default again.
    stage.pass('get-bucket-no-encryption');
  },
  test_s3_default_bucket_encryption_exc: async (stage) => {
    await stage.call('CreateBucket');
    const set = (label: string, Rules: object[], more: object = {}) =>
      stage.replay(label, 'PutBucketEncryption', { ServerSideEncryptionConfiguration: { Rules }, ...more });
    const rule = (SSEAlgorithm: string, more: object = {}) => ({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...more },
    });
    const Bucket = `${stage.bucket}-missing`;
    await stage.replay('get-bucket-enc-no-bucket', 'GetBucketEncryption', { Bucket });
    await stage.replay('delete-bucket-enc-no-bucket', 'DeleteBucketEncryption', { Bucket });
    await set('put-bucket-enc-no-bucket', [rule('AES256')], { Bucket });
    await set('put-bucket-encryption-no-rules', []);
    await set('put-bucket-encryption-two-rules', [rule('aws:kms'), rule('AES256')]);
    await set('put-bucket-encryption-kms-with-aes', [rule('AES256', { KMSMasterKeyID: 'randomkeyid' })]);
  },
  test_put_object_lock_configuration_on_existing_bucket: async (stage) => {
    await stage.call('CreateBucket');
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' };
    const status = (label: string, Status: string) =>
      stage.replay(label, 'PutBucketVersioning', { VersioningConfiguration: { Status } });
    await stage.replay('get-object-lock-existing-bucket-no-config', 'GetObjectLockConfiguration');
    await stage.replay('put-object-lock-existing-bucket-no-versioning', 'PutObjectLockConfiguration', {
      ObjectLockConfiguration,
    });
    await status('suspended-versioning', 'Suspended');
    await stage.replay('put-object-lock-existing-bucket-versioning-disabled', 'PutObjectLockConfiguration', {
      ObjectLockConfiguration,
    });
    await status('enabled-versioning', 'Enabled');
    await stage.replay('put-object-lock-existing-bucket-enabled', 'PutObjectLockConfiguration', {
      ObjectLockConfiguration,
    });
    await stage.replay('get-object-lock-existing-bucket-enabled', 'GetObjectLockConfiguration');
  },
  test_disable_versioning_on_locked_bucket: async (stage) => {
    await stage.call('CreateBucket', { ObjectLockEnabledForBucket: true });
    const status = (label: string, Status: string) =>
      stage.replay(label, 'PutBucketVersioning', { VersioningConfiguration: { Status } });
    await status('disable-versioning-on-locked-bucket', 'Suspended');
    await status('enable-versioning-again-on-locked-bucket', 'Enabled');
  },
  test_bucket_tagging_exc: async (stage) => {
    const Bucket = `${stage.bucket}-missing`;
    await stage.replay('get-no-bucket-tags', 'GetBucketTagging', { Bucket });
    await stage.replay('delete-no-bucket-tags', 'DeleteBucketTagging', { Bucket });
    await stage.replay('put-no-bucket-tags', 'PutBucketTagging', {
      Bucket,
      Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] },
    });
  },
  test_delete_bucket_with_objects: async (stage) => {
    const labels = stage.left;
    await stage.call('CreateBucket');
    await stage.call('PutObject', { Key: 'a', Body: 'a' });
    for (const label of labels)
      if (/delete.*bucket/.test(label) && /with/.test(label)) await stage.replay(label, 'DeleteBucket');
    for (const label of stage.left) stage.pass(label);
  },
  test_put_bucket_logging_wrong_target: async (stage) => {
    await stage.call('CreateBucket');
    const set = (label: string, TargetBucket: string) =>
      stage.replay(label, 'PutBucketLogging', {
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: 'log' } },
      });
    await set('put-bucket-logging-non-existent-bucket', `${stage.bucket}-missing`);
    const Bucket = `${stage.bucket}-west`;
    await stage.call('CreateBucket', { Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
    await set('put-bucket-logging-different-regions', Bucket);
  },
  test_create_bucket_with_existing_name: async (stage) => {
    await stage.call('CreateBucket', { CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
    for (const label of stage.left)
      await stage.replay(label, 'CreateBucket', {
        CreateBucketConfiguration: { LocationConstraint: /west-1|eu/.test(label) ? 'us-west-1' : 'us-west-2' },
      });
  },
};
