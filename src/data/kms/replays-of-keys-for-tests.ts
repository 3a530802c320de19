import { randomUUID } from 'node:crypto';
import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import type { Replay, Stage } from './replay-for-tests.ts';

const Description = 'test key 123';
const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });
const tags = (...numbers: readonly number[]) => numbers.map((n) => tag(`tag${n}`, `value${n}`));
const listed = async ({ kms }: Stage, KeyId: string) => (await kms.listResourceTags({ KeyId })).Tags;

const untagged: (atCreation: boolean) => Replay = (atCreation) => async (stage) => {
  const { kms } = stage;
  const { KeyId } = await stage.key(atCreation ? { Tags: tags(1, 2) } : {});
  if (!atCreation) await kms.tagResource({ KeyId, Tags: tags(1, 2) });
  stage.value('list-resource-tags', await listed(stage, KeyId));
  await kms.untagResource({ KeyId, TagKeys: ['tag1', 'tag2'] });
  stage.value('list-resource-tags-after-all-untagged', await listed(stage, KeyId));
};

const invalidTagKeys: Readonly<Record<string, string>> = {
  lowercase_prefix: 'aws:key1',
  uppercase_prefix: 'AWS:key1',
  too_long_key: 'a'.repeat(129),
};

/** Cases about keys, tags, aliases and replicas. */
export const replaysOfKeys: Readonly<Record<string, Replay>> = {
  test_create_alias: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.refusal('create_alias', stage.kms.createAlias({ AliasName: 'a1b2c3d4', TargetKeyId: KeyId }));
  },
  test_create_key: async (stage) => {
    const { KeyId } = await stage.key({ Description, KeyUsage: 'ENCRYPT_DECRYPT' });
    stage.value('describe-key', (await stage.kms.describeKey({ KeyId })).KeyMetadata);
  },
  test_create_key_with_invalid_tag_key: async (stage) => {
    const Tags = [tag(invalidTagKeys[stage.parameter] ?? '', 'value1')];
    await stage.refusal('invalid-tag-key', stage.kms.createKey({ Description, Tags }));
  },
  test_create_key_with_tag_and_untag: untagged(true),
  test_tag_existing_key_and_untag: untagged(false),
  test_create_key_with_too_many_tags_raises_error: async (stage) => {
    const Tags = Array.from({ length: 51 }, (_, i) => tag(`key${i}`, `value${i}`));
    await stage.refusal('invalid-tag-key', stage.kms.createKey({ Description, Tags }));
  },
  test_key_with_long_tag_value_raises_error: async (stage) => {
    const Tags = [tag('tag1', 'v'.repeat(257))];
    await stage.refusal('too-long-tag-value', stage.kms.createKey({ Description, Tags }));
  },
  test_tag_existing_key_with_invalid_tag_key: async (stage) => {
    const { KeyId } = await stage.key();
    await stage.refusal('invalid-tag-key', stage.kms.tagResource({ KeyId, Tags: [tag('aws:key1', 'value1')] }));
  },
  test_tag_key_with_duplicate_tag_keys_raises_error: async (stage) => {
    const { KeyId } = await stage.key();
    const Tags = [tag('tag1', 'value1'), tag('tag1', 'another-value1')];
    await stage.refusal('duplicate-tag-keys', stage.kms.tagResource({ KeyId, Tags }));
  },
  test_untag_key_partially: async (stage) => {
    const { KeyId } = await stage.key({ Tags: tags(1, 2, 3) });
    stage.value('list-resource-tags', await listed(stage, KeyId));
    await stage.kms.untagResource({ KeyId, TagKeys: ['tag2'] });
    stage.value('list-resource-tags-after-partially-untagged', await listed(stage, KeyId));
  },
  test_update_and_add_tags_on_tagged_key: async (stage) => {
    const { KeyId } = await stage.key({ Tags: tags(1, 2, 3) });
    stage.value('list-resource-tags', await listed(stage, KeyId));
    const Tags = [tag('tag4', 'value4'), tag('tag2', 'updated_value2'), tag('tag5', 'value5')];
    await stage.kms.tagResource({ KeyId, Tags });
    stage.value('list-resource-tags-after-tags-updated', await listed(stage, KeyId));
  },
  test_create_multi_region_key: async (stage) => {
    stage.value(
      'create_multi_region_key',
      await stage.key({ MultiRegion: true, Description: 'test multi region key' }),
    );
  },
  test_non_multi_region_keys_should_not_have_multi_region_properties: async (stage) => {
    const key = await stage.key({ MultiRegion: false, Description: 'test non multi region key' });
    stage.value('non_multi_region_keys_should_not_have_multi_region_properties', key);
  },
  test_describe_with_alias_arn: async (stage) => {
    const key = await stage.key({ Description: 'test - description' });
    stage.value('created-key', key);
    const AliasName = `alias/${randomUUID()}`;
    await stage.kms.createAlias({ AliasName, TargetKeyId: key.KeyId });
    await stage.describes('describe-key', key.Arn?.replace(/key\/.*/, AliasName) ?? '');
  },
  test_get_key_does_not_exist: async (stage) => {
    const { Arn = '', KeyId } = await stage.key();
    const absent = '134f2428-cec1-4b25-a1ae-9048164dba47';
    const describe = (id: string) => stage.kms.describeKey({ KeyId: id });
    await stage.refusal('describe-nonexistent-key-with-id', describe(absent));
    await stage.refusal('describe-nonexistent-with-arn', describe(Arn.replace(KeyId, absent)));
    await stage.refusal('describe-key-with-valid-id-mrk', describe('mrk-d3b95762d3b95762d3b95762d3b95762'));
  },
  test_get_key_invalid_uuid: async (stage) => {
    const describe = (id: string) => stage.kms.describeKey({ KeyId: id });
    await stage.refusal('describe-key-with-invalid-uuid', describe('fake-key-id'));
    await stage.refusal('describe-key-with-invalid-uuid-2', describe('134f2428cec14b25a1ae9048164dba47'));
    await stage.refusal('describe-key-with-invalid-uuid-mrk', describe('mrk-fake-key-id'));
  },
  test_get_key_in_different_region: async (stage) => {
    const { kms, singapore } = stage;
    const { KeyMetadata: { KeyId, Arn } = { KeyId: '' } } = await singapore.createKey({ Description });
    await stage.refusal('describe-key-diff-region-with-id', kms.describeKey({ KeyId }));
    await stage.refusal('describe-key-diff-region-with-arn', kms.describeKey({ KeyId: Arn }));
    await stage.answer('describe-key-same-specific-region-with-id', singapore.describeKey({ KeyId }));
    await stage.answer('describe-key-same-specific-region-with-arn', singapore.describeKey({ KeyId: Arn }));
  },
  test_hmac_create_key: async (stage) => {
    const key = await stage.key({ Description: 'test key', KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    stage.value('create-hmac-key', key);
    stage.value('describe-key', (await stage.kms.describeKey({ KeyId: key.KeyId })).KeyMetadata);
  },
  test_hmac_create_key_invalid_operations: async (stage) => {
    const create = (KeySpec: string, KeyUsage?: string) =>
      stage.kms.createKey({ KeySpec: KeySpec as KeySpec, KeyUsage: KeyUsage as KeyUsageType });
    await stage.refusal('create-hmac-key-without-key-usage', create('HMAC_256'));
    await stage.refusal('create-hmac-key-invalid-spec', create('HMAC_random'));
    await stage.refusal('create-hmac-key-invalid-key-usage', create('HMAC_256', 'RANDOM'));
  },
  test_replicate_key: async (stage) => {
    const { kms, singapore } = stage;
    const { KeyId } = await stage.key({ MultiRegion: true, Description: 'test replicated key' });
    await stage.refusal('describe-key-from-different-region', singapore.describeKey({ KeyId }));
    await stage.answer('replicate-key', kms.replicateKey({ KeyId, ReplicaRegion: 'ap-southeast-1' }));
    await stage.describes('describe-key-from-region', KeyId);
    await stage.answer('describe-replicated-key', singapore.describeKey({ KeyId }));
  },
  test_replicate_replica_key_should_fail: async (stage) => {
    const { KeyId } = await stage.key({ MultiRegion: true });
    const ReplicaRegion = 'ap-southeast-1';
    await stage.kms.replicateKey({ KeyId, ReplicaRegion });
    await stage.refusal('fail-replicate-non-primary-key', stage.singapore.replicateKey({ KeyId, ReplicaRegion }));
  },
};
