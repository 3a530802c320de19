import { allow, awsPolicy } from './aws-policy.ts';

export const audit = [
  awsPolicy('AWSCloudTrail_FullAccess', {
    description: 'Provides full access to AWS CloudTrail.',
    created: '2020-10-08',
    updated: '2021-02-22',
    version: 3,
    statements: [
      allow('sns:AddPermission sns:CreateTopic sns:SetTopicAttributes sns:GetTopicAttributes', {
        Resource: ['arn:aws:sns:*:*:aws-cloudtrail-logs*'],
      }),
      allow('sns:ListTopics'),
      allow('s3:CreateBucket s3:PutBucketPolicy s3:PutBucketPublicAccessBlock', {
        Resource: ['arn:aws:s3:::aws-cloudtrail-logs*'],
      }),
      allow('s3:ListAllMyBuckets s3:GetBucketLocation s3:GetBucketPolicy'),
      allow('cloudtrail:*'),
      allow('logs:CreateLogGroup', { Resource: ['arn:aws:logs:*:*:log-group:aws-cloudtrail-logs*'] }),
      allow('iam:ListRoles iam:GetRolePolicy iam:GetUser'),
      allow('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': 'cloudtrail.amazonaws.com' } } }),
      allow('kms:CreateKey kms:CreateAlias kms:ListKeys kms:ListAliases'),
      allow('lambda:ListFunctions'),
      allow('dynamodb:ListGlobalTables dynamodb:ListTables'),
    ],
  }),
  awsPolicy('AWSCloudTrail_ReadOnlyAccess', {
    description: 'Provides read only access to AWS CloudTrail.',
    created: '2022-06-14',
    updated: '2022-06-14',
    version: 1,
    statements: [allow('cloudtrail:Get* cloudtrail:Describe* cloudtrail:List* cloudtrail:LookupEvents')],
  }),
  awsPolicy('CloudWatchFullAccess', {
    description: 'Provides full access to CloudWatch.',
    created: '2015-02-06',
    updated: '2022-11-27',
    version: 4,
    statements: [
      allow(
        'autoscaling:Describe* cloudwatch:* logs:* sns:* iam:GetPolicy iam:GetPolicyVersion iam:GetRole oam:ListSinks',
      ),
      allow('iam:CreateServiceLinkedRole', {
        Resource: 'arn:aws:iam::*:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents*',
        Condition: { StringLike: { 'iam:AWSServiceName': 'events.amazonaws.com' } },
      }),
      allow('oam:ListAttachedLinks', { Resource: 'arn:aws:oam:*:*:sink/*' }),
    ],
  }),
];
