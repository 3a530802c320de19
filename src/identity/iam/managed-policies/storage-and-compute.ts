import { allow, awsPolicy } from './aws-policy.ts';

export const storageAndCompute = [
  awsPolicy('AmazonS3FullAccess', {
    description: 'Provides full access to all buckets via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2021-09-27',
    version: 2,
    statements: [allow('s3:* s3-object-lambda:*')],
  }),
  awsPolicy('AmazonS3ReadOnlyAccess', {
    description: 'Provides read only access to all buckets via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2023-08-10',
    version: 3,
    statements: [allow('s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*')],
  }),
  awsPolicy('service-role/AWSLambdaBasicExecutionRole', {
    description: 'Provides write permissions to CloudWatch Logs.',
    created: '2015-04-09',
    updated: '2015-04-09',
    version: 1,
    statements: [allow('logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents')],
  }),
];
