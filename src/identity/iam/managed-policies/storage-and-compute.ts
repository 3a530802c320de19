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
  awsPolicy('AWSLambda_FullAccess', {
    description:
      'Grants full access to AWS Lambda service, AWS Lambda console features, and other related AWS services.',
    created: '2020-11-17',
    updated: '2020-11-17',
    version: 1,
    statements: [
      allow(
        'cloudformation:DescribeStacks cloudformation:ListStackResources cloudwatch:ListMetrics cloudwatch:GetMetricData ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs kms:ListAliases iam:GetPolicy iam:GetPolicyVersion iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies iam:ListRoles lambda:* logs:DescribeLogGroups states:DescribeStateMachine states:ListStateMachines tag:GetResources xray:GetTraceSummaries xray:BatchGetTraces',
      ),
      allow('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } }),
      allow('logs:DescribeLogStreams logs:GetLogEvents logs:FilterLogEvents', {
        Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda/*',
      }),
    ],
  }),
  awsPolicy('AmazonEC2ContainerRegistryReadOnly', {
    description: 'Provides read-only access to Amazon EC2 Container Registry repositories.',
    created: '2015-12-21',
    updated: '2019-12-10',
    version: 3,
    statements: [
      allow(
        'ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:GetRepositoryPolicy ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:BatchGetImage ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource ecr:DescribeImageScanFindings',
      ),
    ],
  }),
  awsPolicy('AmazonEC2FullAccess', {
    description: 'Provides full access to Amazon EC2 via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2018-11-27',
    version: 5,
    statements: [
      allow('ec2:*'),
      allow('elasticloadbalancing:*'),
      allow('cloudwatch:*'),
      allow('autoscaling:*'),
      allow('iam:CreateServiceLinkedRole', {
        Condition: {
          StringEquals: {
            'iam:AWSServiceName': [
              'autoscaling.amazonaws.com',
              'ec2scheduled.amazonaws.com',
              'elasticloadbalancing.amazonaws.com',
              'spot.amazonaws.com',
              'spotfleet.amazonaws.com',
              'transitgateway.amazonaws.com',
            ],
          },
        },
      }),
    ],
  }),
  awsPolicy('AmazonSSMManagedInstanceCore', {
    description: 'The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.',
    created: '2019-03-15',
    updated: '2019-05-23',
    version: 2,
    statements: [
      allow(
        'ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations ssm:PutInventory ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus ssm:UpdateInstanceAssociationStatus ssm:UpdateInstanceInformation',
      ),
      allow(
        'ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel',
      ),
      allow(
        'ec2messages:AcknowledgeMessage ec2messages:DeleteMessage ec2messages:FailMessage ec2messages:GetEndpoint ec2messages:GetMessages ec2messages:SendReply',
      ),
    ],
  }),
];
