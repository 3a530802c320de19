import { type Answers, each, fakeTopic, name, type Replay, told } from './replay-for-tests.ts';
import type { Stage } from './stage-for-tests.ts';

/** Recorded cases of topics, their policies and tags. */
export const replaysOfTopics: Readonly<Record<string, Replay>> = {
  test_add_permission_errors: async (it) => {
    const TopicArn = await it.topic(name());
    const add = (TopicArn: string, Label: string, action = 'Publish') =>
      it.sns.addPermission({ TopicArn, Label, AWSAccountId: [it.ringwall.account], ActionName: [action] });
    await add(TopicArn, 'test');
    return {
      'duplicate-label': await told(add(TopicArn, 'test')),
      'invalid-action': await told(add(TopicArn, 'test-2', 'InvalidAction')),
      'topic-not-found': await told(add(fakeTopic(it), 'test-2')),
    };
  },
  test_create_duplicate_topic_with_more_tags: async (it) => {
    const Name = await name();
    await it.sns.createTopic({ Name });
    const Tags = [{ Key: 'key1', Value: 'value1' }];
    return { 'exception-duplicate': await told(it.sns.createTopic({ Name, Tags })) };
  },
  test_create_topic_different_attrs: async (it) => {
    const Name = name();
    const DisplayName = 'Value1';
    const create = (Attributes?: Record<string, string>) =>
      it.sns.createTopic({ Name, ...(Attributes && { Attributes }) });
    const created = await told(create({ DisplayName }));
    return {
      'create-topic': created,
      'topic-attrs': await told(it.sns.getTopicAttributes({ TopicArn: (await create()).TopicArn })),
      'create-topic-no-attrs': await told(create()),
      'create-topic-diff-attrs': await told(create({ DisplayName: 'Value2' })),
      'create-topic-new-attrs': await told(create({ KmsMasterKeyId: 'test' })),
      'create-topic-new-attrs-fifo': await told(create({ FifoTopic: 'true' })),
      'create-topic-new-and-same-attrs': await told(create({ DisplayName, KmsMasterKeyId: 'test' })),
    };
  },
  test_create_topic_name_constraints: async (it) => {
    const names = [...'!@#$%^&'].map((sign) => `name${sign}`);
    const create = (Name: string, Attributes: Record<string, string> = {}) => it.sns.createTopic({ Name, Attributes });
    return {
      ...(await each(Object.fromEntries(names.map((each, at) => [`name-invalid-char-${at}`, each])), (each) =>
        create(each),
      )),
      'name-invalid-char-7': await told(create('a b')),
      'name-too-long': await told(create('a'.repeat(257))),
      'name-too-short': await told(create('')),
      'name-contains-fifo': await told(create('test.fifo')),
      'fifo-name-not-contains-fifo': await told(create('test', { FifoTopic: 'true' })),
      'valid-name-max-length': await told(create('a'.repeat(256))),
    };
  },
  test_create_topic_with_attributes: async (it) => {
    const TopicArn = await it.topic(name('.fifo'), {
      DisplayName: 'TestTopic',
      SignatureVersion: '2',
      FifoTopic: 'true',
    });
    const get = (TopicArn: string) => told(it.sns.getTopicAttributes({ TopicArn }));
    return {
      'get-topic-attrs': await get(TopicArn),
      'get-attrs-nonexistent-topic': await get(fakeTopic(it)),
      'get-attrs-malformed-topic': await get('test-topic'),
    };
  },
  test_delete_non_existent_topic: async (it) => ({
    'delete-non-existent-topic': await told(it.sns.deleteTopic({ TopicArn: fakeTopic(it) })),
  }),
  test_remove_permission_errors: async (it) => ({
    'topic-not-found': await told(it.sns.removePermission({ TopicArn: fakeTopic(it), Label: 'x' })),
  }),
  test_tags: async (it) => {
    const ResourceArn = await it.topic(name());
    const list = () => told(it.sns.listTagsForResource({ ResourceArn }));
    const tag = (...Tags: { Key: string; Value: string }[]) => it.sns.tagResource({ ResourceArn, Tags });
    await tag({ Key: 'k1', Value: 'v1' }, { Key: 'k2', Value: 'v2' });
    const created = await list();
    await it.sns.untagResource({ ResourceArn, TagKeys: ['k1'] });
    const deleted = await list();
    await tag({ Key: 'k2', Value: 'v2b' });
    return {
      'duplicate-key-error': await told(tag({ Key: 'k', Value: '1' }, { Key: 'k', Value: '2' })),
      'list-created-tags': created,
      'list-after-delete-tags': deleted,
      'list-after-update-tags': await list(),
    };
  },
  test_topic_add_multiple_permissions: async (it) => policyAfter(it, ['Publish', 'Subscribe']),
  test_topic_add_permission: async (it) => policyAfter(it, ['Publish']),
  test_topic_delivery_policy_crud: async (it) => {
    const TopicArn = await it.topic(name('.fifo'), {
      FifoTopic: 'true',
      DisplayName: 'TestTopic',
      SignatureVersion: '2',
      DeliveryPolicy: '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
    });
    const get = () => told(it.sns.getTopicAttributes({ TopicArn }));
    const set = (AttributeValue: string) =>
      told(it.sns.setTopicAttributes({ TopicArn, AttributeName: 'DeliveryPolicy', AttributeValue }));
    const first = await get();
    const updated = await set(
      '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1}}}',
    );
    const second = await get();
    const none = await set('{"http":{"defaultHealthyRetryPolicy":null}}');
    const third = await get();
    const empty = await set('');
    return {
      'get-topic-attrs': first,
      'set-topic-attrs': updated,
      'get-topic-attrs-after-update': second,
      'set-topic-attrs-none': none,
      'get-topic-attrs-after-none': third,
      'set-topic-attrs-full-none': empty,
      'get-topic-attrs-after-delete': await get(),
    };
  },
  test_topic_get_attributes_with_fifo_false: async (it) => {
    const TopicArn = await it.topic(name(), { FifoTopic: 'false' });
    return {
      'get-attrs-standard-topic': await told(it.sns.getTopicAttributes({ TopicArn })),
      'set-fifo-false-after-creation': await told(
        it.sns.setTopicAttributes({ TopicArn, AttributeName: 'FifoTopic', AttributeValue: 'false' }),
      ),
    };
  },
};

async function policyAfter(it: Stage, ActionName: string[]): Promise<Answers> {
  const TopicArn = await it.topic(name());
  const AWSAccountId = [it.ringwall.account];
  const added = await told(it.sns.addPermission({ TopicArn, Label: 'test', AWSAccountId, ActionName }));
  const { Attributes } = await it.sns.getTopicAttributes({ TopicArn });
  return { 'add-permission-response': added, 'topic-policy-after-permission': Attributes?.['Policy'] };
}
