import { allow, awsPolicy } from './aws-policy.ts';

const passRoleTo = (service: string) =>
  allow('iam:PassRole', {
    Resource: 'arn:aws:iam::*:role/*',
    Condition: { StringLike: { 'iam:PassedToService': service } },
  });

const createLinkedRole = (service: string, role: string) =>
  allow('iam:CreateServiceLinkedRole', {
    Resource: `arn:aws:iam::*:role/aws-service-role/${service}/${role}`,
    Condition: { StringEquals: { 'iam:AWSServiceName': service } },
  });

export const messaging = [
  awsPolicy('AmazonSQSFullAccess', {
    description: 'Provides full access to Amazon SQS via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2015-02-06',
    version: 1,
    statements: [allow('sqs:*')],
  }),
  awsPolicy('AmazonSNSFullAccess', {
    description: 'Provides full access to Amazon SNS via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2024-09-24',
    version: 2,
    statements: [
      allow('sns:*'),
      allow(
        'sms-voice:DescribeVerifiedDestinationNumbers sms-voice:CreateVerifiedDestinationNumber sms-voice:SendDestinationNumberVerificationCode sms-voice:SendTextMessage sms-voice:DeleteVerifiedDestinationNumber sms-voice:VerifyDestinationNumber sms-voice:DescribeAccountAttributes sms-voice:DescribeSpendLimits sms-voice:DescribePhoneNumbers sms-voice:SetTextMessageSpendLimitOverride sms-voice:DescribeOptedOutNumbers sms-voice:DeleteOptedOutNumber',
        { Condition: { StringEquals: { 'aws:CalledViaLast': 'sns.amazonaws.com' } } },
      ),
    ],
  }),
  awsPolicy('AmazonEventBridgeFullAccess', {
    description: 'Provides full access to Amazon EventBridge.',
    created: '2019-07-11',
    updated: '2026-02-12',
    version: 7,
    statements: [
      allow('events:* schemas:* scheduler:* pipes:*'),
      createLinkedRole('apidestinations.events.amazonaws.com', 'AWSServiceRoleForAmazonEventBridgeApiDestinations'),
      createLinkedRole('schemas.amazonaws.com', 'AWSServiceRoleForSchemas'),
      allow(
        'secretsmanager:CreateSecret secretsmanager:UpdateSecret secretsmanager:DeleteSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue',
        { Resource: 'arn:aws:secretsmanager:*:*:secret:events!*' },
      ),
      passRoleTo('events.amazonaws.com'),
      passRoleTo('scheduler.amazonaws.com'),
      passRoleTo('pipes.amazonaws.com'),
    ],
  }),
];
