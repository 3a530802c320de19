import type { ServiceCases } from '../services.ts';

const tags = [{ Key: 'team', Value: 'blue' }];

/** SNS. */
export const sns: ServiceCases = {
  service: 'sns',
  refusal: '403 AccessDenied',
  stock: async (root, ringwall) => {
    const { account } = ringwall;
    const send = (operation: string, input: object) => root.send('sns', operation, input);
    const arn = (name: string) => `arn:aws:sns:us-east-1:${account}:${name}`;
    const queue = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;
    for (const Name of ['topic', 'spare']) await send('CreateTopic', { Name, Tags: tags });
    const TopicArn = arn('topic');
    const permission = { AWSAccountId: [account], ActionName: ['Publish'] };
    await send('AddPermission', { TopicArn, Label: 'old', ...permission });
    const subscribe = (name: string) => send('Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: queue(name) });
    const { SubscriptionArn } = await subscribe('kept');
    const { SubscriptionArn: spare } = await subscribe('spare');
    return {
      byMember: { TopicArn, ResourceArn: TopicArn, SubscriptionArn, Tags: tags, TagKeys: ['team'] },
      byOperation: {
        AddPermission: { Label: 'new', ...permission },
        ConfirmSubscription: { Token: '0'.repeat(256), AuthenticateOnUnsubscribe: 'true' },
        CreateTopic: { Name: 'new', Attributes: undefined, DataProtectionPolicy: undefined },
        DeleteTopic: { TopicArn: arn('spare') },
        ListSubscriptions: { NextToken: undefined },
        ListSubscriptionsByTopic: { NextToken: undefined },
        ListTopics: { NextToken: undefined },
        Publish: {
          Message: 'x',
          TargetArn: undefined,
          PhoneNumber: undefined,
          Subject: 's',
          MessageStructure: undefined,
          MessageAttributes: undefined,
          MessageDeduplicationId: undefined,
          MessageGroupId: undefined,
        },
        PublishBatch: { PublishBatchRequestEntries: [{ Id: '1', Message: 'x' }] },
        RemovePermission: { Label: 'old' },
        SetSubscriptionAttributes: { AttributeName: 'RawMessageDelivery', AttributeValue: 'true' },
        SetTopicAttributes: { AttributeName: 'DisplayName', AttributeValue: 'd' },
        Subscribe: { Protocol: 'sqs', Endpoint: queue('new'), Attributes: undefined, ReturnSubscriptionArn: true },
        Unsubscribe: { SubscriptionArn: spare },
      },
    };
  },
  exceptions: {
    absentKeys: [{ of: 'sns:CreateTopic', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' }],
    refused: [{ of: 'sns:ConfirmSubscription', what: 'InvalidParameter*', reason: 'tokens go to endpoints alone' }],
  },
};
