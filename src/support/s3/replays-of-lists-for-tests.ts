import type { Stage } from './replay-for-tests.ts';

type Replay = (stage: Stage) => Promise<void>;

const fill = async (stage: Stage, ...keys: readonly string[]) => {
  await stage.call('CreateBucket');
  for (const Key of keys) await stage.call('PutObject', { Key, Body: 'content-123' });
};

const tree = ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123'];

export const replaysOfLists: Readonly<Record<string, Replay>> = {
  test_list_objects_v2_with_prefix_and_delimiter: async (stage) => {
    await fill(stage, ...tree);
    const list = (label: string, input: object) =>
      stage.replay(label, 'ListObjectsV2', { EncodingType: 'url', Delimiter: '/', ...input });
    await list('list-objects-v2-1', { Prefix: 'test/' });
    const { NextContinuationToken } = await list('list-objects-v2-1-with-max-keys', { Prefix: 'test/', MaxKeys: 1 });
    await stage.call('ListObjectsV2', { Prefix: 'test/', Delimiter: '/', ContinuationToken: NextContinuationToken });
    await list('list-objects-v2-2', { Prefix: 'test/foo' });
    await list('list-objects-v2-3', { Prefix: 'test/foo/bar' });
    for (const label of stage.left) stage.pass(label);
  },
  test_list_objects_v2_with_prefix: async (stage) => {
    await fill(stage, ...tree);
    await stage.replay('list-objects-v2-1', 'ListObjectsV2', { EncodingType: 'url', Prefix: 'test/' });
    for (const label of stage.left) stage.pass(label);
  },
  test_list_buckets_region_validation: (stage) =>
    stage.replay('bad-region', 'ListBuckets', { Bucket: undefined, BucketRegion: 'eu-east-1' }).then(() => {
      for (const label of stage.left) stage.pass(label);
    }),
  test_s3_list_objects_empty_marker: async (stage) => {
    await fill(stage);
    await stage.replay('list-objects', 'ListObjects', { EncodingType: 'url', Marker: '' });
  },
  test_list_objects_v2_continuation_start_after: async (stage) => {
    await fill(stage, ...Array.from({ length: 12 }, (_, n) => `test_${n}`));
    const list = (label: string, input: object) =>
      stage.replay(label, 'ListObjectsV2', { EncodingType: 'url', ...input });
    await list('list-objects-start-after', { MaxKeys: 2, StartAfter: 'test_7' });
    await list('exc-continuation-token', { ContinuationToken: '' });
    for (const label of stage.left) stage.pass(label);
  },
};
