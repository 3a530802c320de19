import type { Stage } from './replay-for-tests.ts';

type Replay = (stage: Stage) => Promise<void>;
type Row = readonly [label: string | undefined, operation: string, input?: object];

/** A case whose calls depend on nothing that was answered. */
function rows(...calls: readonly Row[]): Replay {
  return async (stage) => {
    for (const [label, operation, input] of calls)
      await (label === undefined ? stage.call(operation, input) : stage.replay(label, operation, input));
  };
}

const create: Row = [undefined, 'CreateBucket'];
const versioned: Row = [undefined, 'PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }];
const locked: Row = [undefined, 'CreateBucket', { ObjectLockEnabledForBucket: true }];
const Key = 'test-key';
const put = (label: string | undefined, input: object = {}): Row => [
  label,
  'PutObject',
  { Key, Body: 'test', ...input },
];

export const replaysOfObjects: Readonly<Record<string, Replay>> = {
  test_delete_object: rows(
    create,
    put('put-object', { Key: 'test-delete' }),
    ['delete-object', 'DeleteObject', { Key: 'test-delete' }],
    ['delete-nonexistent-object', 'DeleteObject', { Key: 'test-delete' }],
    [
      'delete-nonexistent-object-versionid',
      'DeleteObject',
      { Key: 'test-delete', VersionId: 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD' },
    ],
  ),
  test_delete_object_versioned: async (stage) => {
    await stage.call('CreateBucket');
    await stage.call(...(versioned.slice(1) as [string, object]));
    const Key = 'test-delete';
    const { VersionId } = await stage.replay('put-object', 'PutObject', { Key, Body: 'test-delete' });
    const wrong = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD';
    const marker = await stage.replay('delete-object', 'DeleteObject', { Key });
    await stage.replay('delete-object-2', 'DeleteObject', { Key });
    await stage.replay('list-object-versions', 'ListObjectVersions', { EncodingType: 'url', Prefix: Key });
    await stage.replay('get-object-with-version', 'GetObject', { Key, VersionId });
    await stage.replay('get-deleted-object', 'GetObject', { Key });
    await stage.replay('get-delete-marker', 'GetObject', { Key, VersionId: marker['VersionId'] });
    await stage.replay('delete-object-version', 'DeleteObject', { Key, VersionId });
    await stage.replay('get-deleted-object-with-version', 'GetObject', { Key, VersionId });
    await stage.replay('delete-delete-marker', 'DeleteObject', { Key, VersionId: marker['VersionId'] });
    await stage.replay('delete-wrong-key', 'DeleteObject', { Key: 'wrong-key' });
    await stage.replay('delete-with-bad-version', 'DeleteObject', { Key, VersionId: wrong.slice(0, 31) });
  },
  test_delete_objects_versioned: async (stage) => {
    await stage.call('CreateBucket');
    await stage.call(...(versioned.slice(1) as [string, object]));
    const Key = 'test-delete';
    const { VersionId } = await stage.replay('put-object', 'PutObject', { Key, Body: 'test-delete' });
    const remove = (label: string, ...Objects: object[]) =>
      stage.replay(label, 'DeleteObjects', { Delete: { Objects } });
    const done = await remove('delete-objects-no-version-id', { Key }, { Key: 'wrongkey' }, { Key: 'wrongkey-x' });
    const marker = (done['Deleted'] as unknown as { DeleteMarkerVersionId: string }[])[0]?.DeleteMarkerVersionId;
    await remove('delete-objects-version-id', { Key, VersionId });
    const wrong = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD';
    await remove(
      'delete-objects-wrong-version-id',
      { Key, VersionId: wrong },
      { Key: 'wrong-key-2', VersionId: wrong },
    );
    await remove('delete-objects-marker', { Key, VersionId: marker });
  },
  test_get_object_range: async (stage) => {
    await stage.call('CreateBucket');
    const content = '0123456789';
    await stage.call('PutObject', { Key, Body: content });
    const get = (label: string, Range: string, more: object = {}) =>
      stage.replay(label, 'GetObject', { Key, Range, ...more });
    for (const range of [
      '0-8',
      '1-1',
      '1-0',
      '1-',
      '-1-',
      '-2',
      '-9',
      '-15',
      '0-100',
      '0-0',
      '0--1',
      '-0',
      '100-200',
      '-',
    ])
      await get(`get-${range}`, `bytes=${range}`);
    await get('get-0-8-checksum', 'bytes=0-8', { ChecksumMode: 'ENABLED' });
    await get('get-multiple-ranges', 'bytes=0-1,3-4,7-9');
    await get('get-wrong-format', '0-1');
    await stage.replay('put-after-failed', 'PutObject', { Key, Body: content });
  },
  test_get_object_with_version_unversioned_bucket: rows(
    create,
    put('put-object', { Key }),
    ['get-obj-with-null-version', 'GetObject', { Key, VersionId: 'null' }],
    ['get-obj-with-version', 'GetObject', { Key, VersionId: 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD' }],
  ),
  test_put_object_on_suspended_bucket: async (stage) => {
    await stage.call('CreateBucket');
    await stage.call(...(versioned.slice(1) as [string, object]));
    for (const n of [0, 1]) await stage.replay(`put-object-${n}`, 'PutObject', { Key: 'test', Body: `version-${n}` });
    await stage.replay('put-object-2', 'PutObject', { Key: 'test', Body: 'version-2' });
    await stage.replay('list-enabled', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.call('PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } });
    await stage.replay('list-suspended', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('put-object-suspended', 'PutObject', { Key: 'test', Body: 'suspended' });
    await stage.replay('list-suspended-after-put', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('put-object-suspended-overwrite', 'PutObject', { Key: 'test', Body: 'suspended-2' });
    await stage.replay('list-suspended-after-overwrite', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('get-object-current', 'GetObject', { Key: 'test' });
  },
  test_delete_object_on_suspended_bucket: async (stage) => {
    await stage.call('CreateBucket');
    await stage.call(...(versioned.slice(1) as [string, object]));
    for (const n of [0, 1]) await stage.replay(`put-object-${n}`, 'PutObject', { Key: 'test', Body: `version-${n}` });
    await stage.call('PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } });
    await stage.replay('list-suspended', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('delete-object-no-version', 'DeleteObject', { Key: 'test' });
    await stage.replay('list-suspended-delete', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('put-object-suspended', 'PutObject', { Key: 'test', Body: 'suspended' });
    await stage.replay('list-suspended-put', 'ListObjectVersions', { EncodingType: 'url' });
    await stage.replay('delete-object-no-version-after-put', 'DeleteObject', { Key: 'test' });
    await stage.replay('list-suspended-after-put', 'ListObjectVersions', { EncodingType: 'url' });
  },
  test_delete_object_if_match_size_non_express: rows(create, put(undefined), [
    'delete-obj-if-match-size',
    'DeleteObject',
    { Key, IfMatchSize: 10 },
  ]),
  test_delete_object_if_match_modified_non_express: rows(create, put(undefined), [
    'delete-obj-if-match-last-modified',
    'DeleteObject',
    { Key, IfMatchLastModifiedTime: new Date('2015-01-01') },
  ]),
  test_put_object_if_none_match: rows(
    create,
    put('put-obj', { IfNoneMatch: '*' }),
    put('put-obj-if-none-match', { IfNoneMatch: '*' }),
    ['del-obj', 'DeleteObject', { Key }],
    put('put-obj-after-del', { IfNoneMatch: '*' }),
  ),
  test_put_object_if_none_match_validation: rows(
    create,
    put('put-obj'),
    put('put-obj-if-none-match-bad-value', { IfNoneMatch: 'GhKM' }),
  ),
  test_put_object_if_match_and_if_none_match_validation: rows(
    create,
    put('put-obj-both-precondition', { IfNoneMatch: '*', IfMatch: 'test' }),
  ),
  test_object_tagging_exc: async (stage) => {
    const Tagging = { TagSet: [{ Key: 'Hello', Value: 'World' }] };
    const missing = { Bucket: `${stage.bucket}-missing`, Key: 'fake-key' };
    await stage.call('CreateBucket');
    await stage.replay('get-no-bucket-tags', 'GetObjectTagging', missing);
    await stage.replay('put-no-bucket-tags', 'PutObjectTagging', { ...missing, Tagging });
    await stage.replay('delete-no-bucket-tags', 'DeleteObjectTagging', missing);
    await stage.replay('get-no-key-tags', 'GetObjectTagging', { Key: 'fake-key' });
    await stage.replay('put-no-key-tags', 'PutObjectTagging', { Key: 'fake-key', Tagging });
    await stage.replay('delete-no-key-tags', 'DeleteObjectTagging', { Key: 'fake-key' });
    await stage.replay('put-obj-duplicate-tagging', 'PutObject', { Key, Body: 't', Tagging: 'key1=val1&key1=val2' });
    await stage.replay('put-obj-wrong-format', 'PutObject', { Key, Body: 't', Tagging: 'key1=val1,key2=val2' });
  },
  test_put_object_legal_hold_exc: async (stage) => {
    await stage.call('CreateBucket');
    const LegalHold = { Status: 'ON' };
    await stage.replay('put-object-legal-hold-no-bucket', 'PutObjectLegalHold', {
      Bucket: `${stage.bucket}-missing`,
      Key: 'fake',
      LegalHold,
    });
    await stage.replay('put-object-legal-hold-no-key', 'PutObjectLegalHold', { Key: 'non-existing-key', LegalHold });
    await stage.call('PutObject', { Key, Body: 'test' });
    await stage.replay('put-object-retention-regular-bucket', 'PutObjectLegalHold', { Key, LegalHold });
    await stage.replay('get-object-retention-regular-bucket', 'GetObjectLegalHold', { Key });
    await stage.call('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } });
    await stage.call('PutObjectLockConfiguration', { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } });
    await stage.replay('put-object-retention-empty', 'PutObjectLegalHold', { Key, LegalHold: {} });
  },
  test_put_get_object_legal_hold: rows(
    locked,
    put('put-obj'),
    ['get-legal-hold-unset', 'GetObjectLegalHold', { Key }],
    ['put-object-legal-hold', 'PutObjectLegalHold', { Key, LegalHold: { Status: 'ON' } }],
    ['head-object-with-legal-hold', 'HeadObject', { Key }],
    ['get-legal-hold-set', 'GetObjectLegalHold', { Key }],
    ['put-object-legal-hold-off', 'PutObjectLegalHold', { Key, LegalHold: { Status: 'OFF' } }],
  ),
  test_delete_locked_object: async (stage) => {
    await stage.call('CreateBucket', { ObjectLockEnabledForBucket: true });
    const { VersionId } = await stage.replay('put-obj', 'PutObject', { Key, Body: 'test' });
    await stage.replay('put-object-legal-hold', 'PutObjectLegalHold', { Key, LegalHold: { Status: 'ON' } });
    await stage.replay('delete-object-locked', 'DeleteObject', { Key, VersionId });
    await stage.replay('delete-objects-locked', 'DeleteObjects', { Delete: { Objects: [{ Key, VersionId }] } });
    await stage.replay('put-object-legal-hold-off', 'PutObjectLegalHold', { Key, LegalHold: { Status: 'OFF' } });
  },
  test_s3_object_lock_mode_validation: async (stage) => {
    await stage.call('CreateBucket', { ObjectLockEnabledForBucket: true });
    const until = new Date(Date.now() + 60_000);
    const lock = (label: string, input: object, operation = 'PutObject') =>
      stage.replay(label, operation, { Key, ...input });
    await lock('put-obj-locked-error-no-retain-date', { Body: 't', ObjectLockMode: 'GOVERNANCE' });
    await lock('put-obj-locked-error-no-mode', { Body: 't', ObjectLockRetainUntilDate: until });
    await lock(
      'create-mpu-locked-bad-value',
      { ObjectLockMode: 'BAD-VALUE', ObjectLockRetainUntilDate: until },
      'CreateMultipartUpload',
    );
    await lock('put-obj-locked-bad-value', {
      Body: 't',
      ObjectLockMode: 'BAD-VALUE',
      ObjectLockRetainUntilDate: until,
    });
  },
  test_precondition_failed_error: rows(create, put(undefined, { Key: 'foo' }), [
    'get-object-if-match',
    'GetObject',
    { Key: 'foo', IfMatch: '"not good etag"' },
  ]),
  test_invalid_range_error: rows(create, put(undefined, { Key, Body: 'contents' }), [
    'exc',
    'GetObject',
    { Key, Range: 'bytes=1024-4096' },
  ]),
};
