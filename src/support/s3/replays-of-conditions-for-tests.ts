import { strict as assert } from 'node:assert';
import type { Stage } from './replay-for-tests.ts';

type Replay = (stage: Stage) => Promise<void>;

const old = new Date('2015-01-01T00:00:00Z');
const later = new Date(Date.now() + 86_400_000);

/** A part copied under conditions on its source; `E` stands for the source's entity tag. */
const partCopy =
  (conditions: (etag: string) => object): Replay =>
  async (stage) => {
    await stage.call('CreateBucket');
    const source = await stage.call('PutObject', { Key: 'source', Body: 'content' });
    const { UploadId } = await stage.call('CreateMultipartUpload', { Key: 'target' });
    const upload = { Key: 'target', UploadId };
    const [label] = stage.left.filter((each) => each !== 'list-parts');
    assert.ok(label !== undefined);
    const CopySource = `${stage.bucket}/source`;
    await stage.replay(label, 'UploadPartCopy', {
      ...upload,
      PartNumber: 1,
      CopySource,
      ...conditions(source['ETag'] as unknown as string),
    });
    if (stage.left.includes('list-parts')) await stage.replay('list-parts', 'ListParts', upload);
  };

const wrong = '"wrong-etag"';

const storageClasses: Replay = async (stage) => {
  await stage.call('CreateBucket');
  const [StorageClass] = stage.parameter.split('-');
  await stage.call('PutObject', { Key: 'key', Body: 'body', StorageClass });
  const archived = StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE';
  await stage.replay('get-object-storage-class', 'GetObjectAttributes', {
    Key: 'key',
    ObjectAttributes: ['StorageClass'],
  });
  await stage.replay('get-object', 'GetObject', { Key: 'key' });
  assert.equal(archived, stage.parameter.endsWith('False'));
};

export const replaysOfConditions: Readonly<Record<string, Replay>> = {
  test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match: partCopy((etag) => ({
    CopySourceIfMatch: etag,
    CopySourceIfUnmodifiedSince: old,
  })),
  test_upload_part_copy_with_copy_source_if_match_failed: partCopy(() => ({ CopySourceIfMatch: wrong })),
  test_upload_part_copy_with_copy_source_if_match_none_success: partCopy(() => ({ CopySourceIfNoneMatch: wrong })),
  test_upload_part_copy_with_copy_source_if_match_success: partCopy((etag) => ({ CopySourceIfMatch: etag })),
  test_upload_part_copy_with_copy_source_if_modified_since_in_future_success: partCopy(() => ({
    CopySourceIfModifiedSince: later,
  })),
  test_upload_part_copy_with_copy_source_if_modified_since_success: partCopy(() => ({
    CopySourceIfModifiedSince: old,
  })),
  test_upload_part_copy_with_copy_source_if_none_match_failed: partCopy((etag) => ({ CopySourceIfNoneMatch: etag })),
  test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed: partCopy(() => ({
    CopySourceIfUnmodifiedSince: old,
  })),
  test_upload_part_copy_with_copy_source_if_unmodified_since_success: partCopy(() => ({
    CopySourceIfUnmodifiedSince: later,
  })),
  test_put_object_storage_class: storageClasses,
  test_put_object_storage_class_outposts: async (stage) => {
    await stage.call('CreateBucket');
    const StorageClass = 'OUTPOSTS';
    await stage.replay('put-object-outposts', 'PutObject', { Key: 'key', Body: 'body', StorageClass });
    await stage.replay('create-multipart-outposts-exc', 'CreateMultipartUpload', { Key: 'key', StorageClass });
  },
  test_get_object_lock_configuration_exc: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('get-lock-config-bucket-not-exists', 'GetObjectLockConfiguration', {
      Bucket: `${stage.bucket}-missing`,
    });
    await stage.replay('get-lock-config-no-enabled', 'GetObjectLockConfiguration');
  },
  test_put_object_lock_configuration_exc: async (stage) => {
    await stage.call('CreateBucket', { ObjectLockEnabledForBucket: true });
    const ObjectLockEnabled = 'Enabled';
    const configurations: Readonly<Record<string, object>> = {
      'put-lock-config-no-enabled': { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } },
      'put-lock-config-empty': {},
      'put-lock-config-empty-rule': { ObjectLockEnabled, Rule: {} },
      'put-lock-config-empty-retention': { ObjectLockEnabled, Rule: { DefaultRetention: {} } },
      'put-lock-config-no-days': { ObjectLockEnabled, Rule: { DefaultRetention: { Mode: 'GOVERNANCE' } } },
      'put-lock-config-bad-mode': { ObjectLockEnabled, Rule: { DefaultRetention: { Mode: 'BAD', Days: 1 } } },
      'put-lock-config-both-days-years': {
        ObjectLockEnabled,
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } },
      },
    };
    for (const [label, ObjectLockConfiguration] of Object.entries(configurations))
      await stage.replay(label, 'PutObjectLockConfiguration', { ObjectLockConfiguration });
  },
  test_delete_cors: async (stage) => {
    await stage.call('CreateBucket');
    const rules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }];
    await stage.replay('delete-cors-before-set', 'DeleteBucketCors');
    await stage.replay('put-cors', 'PutBucketCors', { CORSConfiguration: { CORSRules: rules } });
    await stage.call('GetBucketCors');
    stage.pass('get-cors');
    await stage.replay('delete-cors', 'DeleteBucketCors');
    await stage.replay('get-cors-deleted', 'GetBucketCors');
  },
  test_put_cors_invalid_rules: async (stage) => {
    await stage.call('CreateBucket');
    const put = (label: string, CORSRules: object[]) =>
      stage.replay(label, 'PutBucketCors', { CORSConfiguration: { CORSRules } });
    await put('put-cors-exc', [{ AllowedMethods: ['MYMETHOD'], AllowedOrigins: ['*'] }]);
    await put('put-cors-exc-empty', []);
  },
  test_s3_get_object_preconditions: async (stage) => {
    await stage.call('CreateBucket');
    const { ETag } = await stage.call('PutObject', { Key: 'key', Body: 'data' });
    const { LastModified } = await stage.call('HeadObject', { Key: 'key' });
    const operation = stage.parameter === 'head_object' ? 'HeadObject' : 'GetObject';
    const ask = (label: string, conditions: object) => stage.replay(label, operation, { Key: 'key', ...conditions });
    await ask('precondition-if-match', { IfMatch: '"wrong"' });
    await ask('precondition-if-unmodified-since', { IfUnmodifiedSince: old });
    await ask('precondition-if-none-match', { IfNoneMatch: ETag });
    await ask('copy-precondition-if-modified-since', { IfModifiedSince: new Date() });
    await ask('precondition-if-modified-since-is-object', { IfModifiedSince: LastModified });
    await ask('precondition-if-unmodified-since-is-object', { IfUnmodifiedSince: LastModified });
    await ask('etag-missing-quotes', { IfNoneMatch: (ETag as unknown as string).replaceAll('"', '') });
    await ask('obj-ignore-future-modified-since', { IfModifiedSince: later });
    await ask('obj-success', { IfMatch: ETag, IfNoneMatch: '"other"', IfModifiedSince: old, IfUnmodifiedSince: later });
  },
};
