import type { Operations } from '#runtime/operation.ts';
import { unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { ConfirmSubscription, expire } from './confirmation.ts';
import { deliverAll, deliverLater } from './deliver.ts';
import { messageTopic } from './deliveries.ts';
import { forgetExpired } from './fifo.ts';
import { home } from './links.ts';
import { Publish } from './publish.ts';
import { PublishBatch } from './publish-batch.ts';
import { groups, owned, seen, signingKeys, subscriptions, tokens, topics } from './records.ts';
import { GetSubscriptionAttributes, SetSubscriptionAttributes } from './subscription-settings.ts';
import { ListSubscriptions, ListSubscriptionsByTopic, Subscribe, Unsubscribe } from './subscriptions.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';
import { AddPermission, RemovePermission } from './topic-policy.ts';
import { CreateTopic, DeleteTopic, GetTopicAttributes, ListTopics, SetTopicAttributes } from './topics.ts';

const texts = unsupported('text messages need a carrier');
const push = unsupported('mobile push needs the services of phone makers');
const protection = unsupported('data protection policies need the classifiers of AWS');

const operations = {
  AddPermission,
  CheckIfPhoneNumberIsOptedOut: texts,
  ConfirmSubscription,
  CreatePlatformApplication: push,
  CreatePlatformEndpoint: push,
  CreateSMSSandboxPhoneNumber: texts,
  CreateTopic,
  DeleteEndpoint: push,
  DeletePlatformApplication: push,
  DeleteSMSSandboxPhoneNumber: texts,
  DeleteTopic,
  GetDataProtectionPolicy: protection,
  GetEndpointAttributes: push,
  GetPlatformApplicationAttributes: push,
  GetSMSAttributes: texts,
  GetSMSSandboxAccountStatus: texts,
  GetSubscriptionAttributes,
  GetTopicAttributes,
  ListEndpointsByPlatformApplication: push,
  ListOriginationNumbers: texts,
  ListPhoneNumbersOptedOut: texts,
  ListPlatformApplications: push,
  ListSMSSandboxPhoneNumbers: texts,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  ListTagsForResource,
  ListTopics,
  OptInPhoneNumber: texts,
  Publish,
  PublishBatch,
  PutDataProtectionPolicy: protection,
  RemovePermission,
  SetEndpointAttributes: push,
  SetPlatformApplicationAttributes: push,
  SetSMSAttributes: texts,
  SetSubscriptionAttributes,
  SetTopicAttributes,
  Subscribe,
  TagResource,
  Unsubscribe,
  UntagResource,
  VerifySMSSandboxPhoneNumber: texts,
} satisfies Operations<'sns'>;

export const sns: Service = {
  name: 'sns',
  prefix: 'sns',
  host: 'sns.amazonaws.com',
  operations,
  collections: [groups, owned, seen, signingKeys, subscriptions, tokens, topics],
  jobs: {
    expire,
    forget: forgetExpired,
    http: { slow: deliverLater },
    mail: { slow: deliverLater },
    retry: deliverLater,
  },
  subscribers: { [messageTopic]: deliverAll },
  start: async (runtime) => {
    runtime.local(home).endpoint = runtime.endpoint;
    return { stop: async () => {} };
  },
};
