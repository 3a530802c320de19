import type { PublishCommandInput } from '@aws-sdk/client-sns';
import { each, fakeTopic, name, type Replay, text, told } from './replay-for-tests.ts';

/** Attributes that are refused, by the labels of one message; those of batches say the same. */
const badAttributes: Readonly<Record<string, NonNullable<PublishCommandInput['MessageAttributes']>>> = {
  binary_attr_string_value: { attr1: { DataType: 'Binary', StringValue: '123' } },
  fully_missing_string_attr: { attr1: { DataType: 'String' } },
  int_attr_binary_value: { attr1: { DataType: 'Number', BinaryValue: Uint8Array.of(1) } },
  invalid_attr_string_value: { attr1: { DataType: 'InvalidType', StringValue: '1' } },
  invalid_name: { '^nvalid': text('x') },
  invalid_name_2: { '.nvalid': text('x') },
  invalid_name_3: { 'nvalid.': text('x') },
  invalid_name_4: { 'in..lid': text('x') },
  missing_binary_attr: { attr1: { DataType: 'Binary', BinaryValue: new Uint8Array() } },
  missing_string_attr: { attr1: text('') },
  str_attr_binary_value: { attr1: { DataType: 'String', BinaryValue: Uint8Array.of(1) } },
  too_long_name: { ['a'.repeat(257)]: text('x') },
};

const longText = 'a'.repeat(262_145);

/** Recorded cases of publishing. */
export const replaysOfMessages: Readonly<Record<string, Replay>> = {
  test_empty_or_wrong_message_attributes: async (it) => {
    const TopicArn = await it.topic(name());
    const single = await each(badAttributes, (MessageAttributes) =>
      it.sns.publish({ TopicArn, Message: 'm', MessageAttributes }),
    );
    const labels = Object.fromEntries(Object.entries(badAttributes).map(([label, value]) => [`batch-${label}`, value]));
    const batches = await each(labels, (MessageAttributes) =>
      it.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'm', MessageAttributes }] }),
    );
    return { ...single, ...batches };
  },
  test_empty_sns_message: async (it) => ({
    'empty-msg-error': await told(it.sns.publish({ TopicArn: await it.topic(name()), Message: '' })),
  }),
  test_message_attributes_prefixes: async (it) => {
    const TopicArn = await it.topic(name());
    const types = {
      'publish-error': 'NumberX',
      'publish-ok-1': 'Number.x',
      'publish-ok-2': 'Binary.x',
      'publish-error-2': 'Str',
    };
    return each(types, (DataType) => {
      const value = DataType.startsWith('Bin') ? { BinaryValue: Uint8Array.of(1) } : { StringValue: '1' };
      return it.sns.publish({ TopicArn, Message: 'm', MessageAttributes: { attr1: { DataType, ...value } } });
    });
  },
  test_message_structure_json_exc: async (it) => {
    const TopicArn = await it.topic(name());
    const texts = {
      'missing-default-key': '{"sqs":"x"}',
      'invalid-json': '{"default": x}',
      'duplicate-json-keys': '{"default":"x","default":"y"}',
      'key-is-not-string': '{"default":{"object":"x"}}',
    };
    return each(texts, (Message) => it.sns.publish({ TopicArn, Message, MessageStructure: 'json' }));
  },
  test_publish_batch_exceptions: async (it) => {
    const TopicArn = await it.topic(name('.fifo'), { FifoTopic: 'true' });
    const entry = (Id: string, more: object = {}) => ({ Id, Message: 'm', ...more });
    const batches = {
      'no-group-id': [entry('1')],
      'no-dedup-id': [entry('1', { MessageGroupId: 'g' })],
      'no-default-key-json': [
        entry('1', {
          MessageGroupId: 'g',
          MessageDeduplicationId: 'd',
          Message: '{"x":"y"}',
          MessageStructure: 'json',
        }),
      ],
      'same-msg-id': [entry('1'), entry('1')],
      'too-many-msg': Array.from({ length: 11 }, (_, id) => entry(String(id))),
    };
    return each(batches, (PublishBatchRequestEntries) => it.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }));
  },
  test_publish_batch_invalid_entry_id: async (it) => {
    const TopicArn = await it.topic(name());
    const ids = {
      'valid-id-with-hyphen-underscore': 'valid-message_123',
      'valid-id-80-chars': 'a'.repeat(80),
      'id-too-long-81': 'a'.repeat(81),
      'id-too-long-91': 'myreallyreallyreallyreallyreallyreallyreallyreallyreallyreallyreallyreallyreallylongid',
      'invalid-char-dot': 'message.id',
      'invalid-char-special': 'msg@123#test',
    };
    return each(ids, (Id) => it.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: [{ Id, Message: 'm' }] }));
  },
  test_publish_batch_messages_without_topic: async (it) => ({
    'publish-batch-no-topic': await told(
      it.sns.publishBatch({ TopicArn: fakeTopic(it), PublishBatchRequestEntries: [{ Id: '1', Message: 'm' }] }),
    ),
  }),
  test_publish_batch_too_long_message: async (it) => ({
    'error-no-attrs': await told(
      it.sns.publishBatch({
        TopicArn: await it.topic(name()),
        PublishBatchRequestEntries: [{ Id: '1', Message: longText }],
      }),
    ),
  }),
  test_publish_non_existent_target: async (it) => ({
    'non-existent-endpoint': await told(
      it.sns.publish({ TargetArn: `arn:aws:sns:us-east-1:${it.ringwall.account}:endpoint/APNS/abc/x`, Message: 'm' }),
    ),
  }),
  test_publish_too_long_message: async (it) => {
    const TopicArn = await it.topic(name());
    const MessageAttributes = { attr1: text('x') };
    return {
      error: await told(it.sns.publish({ TopicArn, Message: longText })),
      'error-with-attrs': await told(it.sns.publish({ TopicArn, Message: longText.slice(12), MessageAttributes })),
    };
  },
  test_publish_with_empty_subject: async (it) => {
    const TopicArn = await it.topic(name());
    return {
      'response-without-subject': await told(it.sns.publish({ TopicArn, Message: 'm' })),
      'response-with-empty-subject': await told(it.sns.publish({ TopicArn, Message: 'm', Subject: '' })),
    };
  },
  test_publish_wrong_arn_format: async (it) =>
    each({ 'invalid-topic-arn': 'randomstring', 'invalid-topic-arn-1': 'a:b', 'empty-topic': '' }, (TopicArn) =>
      it.sns.publish({ TopicArn, Message: 'm' }),
    ),
  test_publish_wrong_phone_format: async (it) =>
    each({ 'invalid-number': '+1a234', 'wrong-format': 'NAA+15551234567' }, (PhoneNumber) =>
      it.sns.publish({ PhoneNumber, Message: 'm' }),
    ),
  test_topic_publish_another_region: async (it) => {
    const TopicArn = (await it.topic(name())).replace('us-east-1', 'eu-west-1');
    return {
      error: await told(it.sns.publish({ TopicArn, Message: 'm' })),
      'error-batch': await told(
        it.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'm' }] }),
      ),
    };
  },
  test_unknown_topic_publish: async (it) => ({
    error: await told(it.sns.publish({ TopicArn: fakeTopic(it), Message: 'm' })),
  }),
};
