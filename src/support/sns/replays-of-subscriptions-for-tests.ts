import { asRecorded } from '../../data/recordings-for-tests.ts';
import { attributesOf, each, fakeTopic, name, type Replay, subscribed, told } from './replay-for-tests.ts';
import type { Queue } from './stage-for-tests.ts';

/** Recorded cases of subscriptions and their attributes. */
export const replaysOfSubscriptions: Readonly<Record<string, Replay>> = {
  test_attribute_raw_subscribe: async (it) => {
    const { SubscriptionArn } = await subscribed(it, { RawMessageDelivery: 'true' });
    return { 'subscription-attributes': await attributesOf(it, SubscriptionArn) };
  },
  test_create_subscriptions_with_attributes: async (it) => {
    const { topic, queue, SubscriptionArn } = await subscribed(it, { RawMessageDelivery: 'true' });
    const wrong = it.sns.subscribe({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Attributes: { RawMessageDelivery: 'wrongvalue' },
    });
    return {
      'subscribe-wrong-attr': await told(wrong),
      'get-attrs': await attributesOf(it, SubscriptionArn),
      'get-attrs-nonexistent-sub': await attributesOf(it, `${topic}:00000000-0000-4000-8000-000000000000`),
    };
  },
  test_set_subscription_filter_policy_scope: async (it) => {
    const { SubscriptionArn } = await subscribed(it);
    const set = (AttributeName: string, AttributeValue: string) =>
      it.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue });
    const before = await attributesOf(it, SubscriptionArn);
    const wrong = await told(set('FilterPolicyScope', 'RandomValue'));
    await set('FilterPolicyScope', 'MessageBody');
    const scoped = await attributesOf(it, SubscriptionArn);
    await set('FilterPolicy', '{"attr":["match-this"]}');
    return {
      'sub-attrs-default': before,
      'sub-attrs-filter-scope-error': wrong,
      'sub-attrs-filter-scope-body': scoped,
      'sub-attrs-after-setting-policy': await attributesOf(it, SubscriptionArn),
    };
  },
  test_sns_confirm_subscription_wrong_token: async (it) => {
    const confirm = (TopicArn: string, Token: string) => it.sns.confirmSubscription({ TopicArn, Token });
    return {
      'token-not-exists': await told(confirm(await it.topic(name()), '0'.repeat(256))),
      'topic-not-exists': await told(confirm(fakeTopic(it), '0'.repeat(256))),
    };
  },
  test_sub_filter_policy_nested_property: async (it) => {
    const { SubscriptionArn } = await subscribed(it);
    const set = (AttributeName: string, AttributeValue: string) =>
      it.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue });
    const policy = '{"object":{"key":[{"prefix":"auto-"}]}}';
    const refused = await told(set('FilterPolicy', policy));
    await set('FilterPolicyScope', 'MessageBody');
    await set('FilterPolicy', policy);
    return {
      'sub-filter-policy-nested-error': refused,
      'sub-attrs-after-setting-nested-policy': await attributesOf(it, SubscriptionArn),
    };
  },
  test_sub_filter_policy_nested_property_constraints: async (it) => {
    const { SubscriptionArn } = await subscribed(it, { FilterPolicyScope: 'MessageBody' });
    const many = (from: string) => Array.from({ length: 4 }, (_, i) => `${from}${i}`);
    const policies = {
      'sub-filter-policy-nested-error-too-many-combinations': {
        a: { b: { c: many('x') } },
        d: { e: { f: many('y') } },
        g: many('z'),
      },
      'sub-filter-policy-max-attr-keys': Object.fromEntries([...'abcdef'].map((key) => [key, ['v']])),
      'sub-filter-policy-rule-no-list': { key_a: 'value_one' },
    };
    return each(policies, (policy) =>
      it.sns.setSubscriptionAttributes({
        SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: JSON.stringify(policy),
      }),
    );
  },
  test_subscribe_idempotency: async (it) => {
    const [TopicArn, { arn: Endpoint }] = [await it.topic(name()), await it.queue(name())];
    const subscribe = (Attributes?: Record<string, string>) =>
      it.sns.subscribe({
        TopicArn,
        Protocol: 'sqs',
        Endpoint,
        ReturnSubscriptionArn: true,
        ...(Attributes && { Attributes }),
      });
    const first = await subscribe({ RawMessageDelivery: 'true' });
    return {
      subscribe: asRecorded(first),
      'get-sub-attrs': await attributesOf(it, first.SubscriptionArn ?? ''),
      'subscribe-exact-same-raw': await told(subscribe({ RawMessageDelivery: 'true' })),
      'subscribe-idempotent': await told(subscribe({ RawMessageDelivery: 'true' })),
      'subscribe-idempotent-no-attributes': await told(subscribe()),
      'subscribe-idempotent-empty-attributes': await told(subscribe({})),
      'subscribe-missing-attributes': await told(subscribe()),
      'subscribe-diff-attributes': await told(subscribe({ RawMessageDelivery: 'false' })),
    };
  },
  test_subscribe_invalid_filter_policy: async (it) => ({
    'subscribe-invalid-filter-policy': await told(
      it.sns.subscribe({
        TopicArn: await it.topic(name()),
        Protocol: 'sqs',
        Endpoint: (await it.queue(name())).arn,
        Attributes: { FilterPolicy: 'invalid' },
      }),
    ),
  }),
  test_subscribe_sqs_queue_url: async (it) => ({
    'subscribe-sqs-via-url-error': await told(
      it.sns.subscribe({ TopicArn: await it.topic(name()), Protocol: 'sqs', Endpoint: 'https://sqs/1/q' }),
    ),
  }),
  test_subscribe_with_invalid_protocol: async (it) => ({
    exception: await told(
      it.sns.subscribe({ TopicArn: await it.topic(name()), Protocol: 'test-protocol', Endpoint: 'x' }),
    ),
  }),
  test_subscribe_with_invalid_topic: async (it) => {
    const { arn: Endpoint } = await it.queue(name());
    return each(
      {
        'invalid-subscribe-arn-1': 'randomstring',
        'invalid-subscribe-arn-2': 'arn:aws:sns:us-east-1:random',
        'non-existent-topic': fakeTopic(it),
      },
      (TopicArn) => it.sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint }),
    );
  },
  test_unsubscribe_wrong_arn_format: async (it) => {
    const topic = fakeTopic(it);
    return each(
      {
        'invalid-unsubscribe-arn-1': 'randomstring',
        'invalid-unsubscribe-arn-2': 'arn:aws:sns:us-east-1:random',
        'invalid-unsubscribe-arn-3': topic,
        'invalid-unsubscribe-arn-4': '',
      },
      (SubscriptionArn) => it.sns.unsubscribe({ SubscriptionArn }),
    );
  },
  test_validate_set_sub_attributes: async (it) => {
    const { SubscriptionArn } = await subscribed(it);
    return each(
      {
        'fake-attribute': ['FakeAttribute', 'test'],
        'raw-message-wrong-value': ['RawMessageDelivery', 'test-ValUe'],
        'raw-message-empty-value': ['RawMessageDelivery', ''],
        'invalid-json-filter-policy': ['FilterPolicy', '{invalid'],
        'invalid-json-redrive-policy': ['RedrivePolicy', '{invalid'],
        'fake-arn-redrive-policy': ['RedrivePolicy', '{"deadLetterTargetArn":"fake-arn"}'],
      },
      ([AttributeName, AttributeValue]) =>
        it.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue }),
    );
  },
  test_validations_for_fifo: async (it) => {
    const topic = await it.topic(name('.fifo'), { FifoTopic: 'true' });
    const standard = await it.topic(name());
    const [fifo, plain]: readonly Queue[] = [await it.queue(name('.fifo')), await it.queue(name())];
    const subscription = await it.subscribe(topic, fifo as Queue);
    const publish = (TopicArn: string, more: object) => told(it.sns.publish({ TopicArn, Message: 'm', ...more }));
    return {
      'not-fifo-topic': await told(it.sns.subscribe({ TopicArn: standard, Protocol: 'sqs', Endpoint: fifo?.arn })),
      'regular-queue-for-dlq-of-fifo-topic': await told(
        it.sns.setSubscriptionAttributes({
          SubscriptionArn: subscription,
          AttributeName: 'RedrivePolicy',
          AttributeValue: JSON.stringify({ deadLetterTargetArn: plain?.arn }),
        }),
      ),
      'no-msg-group-id': await publish(topic, { MessageDeduplicationId: 'x' }),
      'no-dedup-policy': await publish(topic, { MessageGroupId: 'x' }),
      'no-msg-dedup-regular-topic': await publish(standard, { MessageDeduplicationId: 'x' }),
    };
  },
};
