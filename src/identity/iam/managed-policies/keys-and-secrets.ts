import { allow, awsPolicy } from './aws-policy.ts';

const ssmRole = 'arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*';

export const keysAndSecrets = [
  awsPolicy('AWSKeyManagementServicePowerUser', {
    description: 'Provides access to AWS Key Management Service (KMS).',
    created: '2015-02-06',
    updated: '2017-03-07',
    version: 2,
    statements: [
      allow(
        'kms:CreateAlias kms:CreateKey kms:DeleteAlias kms:Describe* kms:GenerateRandom kms:Get* kms:List* kms:TagResource kms:UntagResource iam:ListGroups iam:ListRoles iam:ListUsers',
      ),
    ],
  }),
  awsPolicy('AmazonSSMFullAccess', {
    description: 'Provides full access to Amazon SSM.',
    created: '2015-05-29',
    updated: '2019-11-20',
    version: 4,
    statements: [
      allow(
        'cloudwatch:PutMetricData ds:CreateComputer ds:DescribeDirectories ec2:DescribeInstanceStatus logs:* ssm:* ec2messages:*',
      ),
      allow('iam:CreateServiceLinkedRole', {
        Resource: ssmRole,
        Condition: { StringLike: { 'iam:AWSServiceName': 'ssm.amazonaws.com' } },
      }),
      allow('iam:DeleteServiceLinkedRole iam:GetServiceLinkedRoleDeletionStatus', { Resource: ssmRole }),
      allow(
        'ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel',
      ),
    ],
  }),
  awsPolicy('AmazonSSMReadOnlyAccess', {
    description: 'Provides read only access to Amazon SSM.',
    created: '2015-05-29',
    updated: '2015-05-29',
    version: 1,
    statements: [allow('ssm:Describe* ssm:Get* ssm:List*')],
  }),
  awsPolicy('SecretsManagerReadWrite', {
    description:
      'Provides read/write access to AWS Secrets Manager via the AWS Management Console. Note: this excludes IAM actions, so combine with IAMFullAccess if rotation configuration is required.',
    created: '2018-04-04',
    updated: '2026-08-25',
    version: 6,
    statements: [
      allow(
        'secretsmanager:* cloudformation:CreateChangeSet cloudformation:DescribeChangeSet cloudformation:DescribeStackResource cloudformation:DescribeStacks cloudformation:ExecuteChangeSet docdb-elastic:GetCluster docdb-elastic:ListClusters ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs kms:DescribeKey kms:ListAliases kms:ListKeys lambda:ListFunctions rds:DescribeDBClusters rds:DescribeDBInstances redshift:DescribeClusters redshift-serverless:ListWorkgroups redshift-serverless:GetNamespace tag:GetResources',
      ),
      allow(
        'lambda:AddPermission lambda:CreateFunction lambda:GetFunction lambda:InvokeFunction lambda:UpdateFunctionConfiguration',
        { Resource: 'arn:aws:lambda:*:*:function:SecretsManager*' },
      ),
      allow('serverlessrepo:CreateCloudFormationChangeSet serverlessrepo:GetApplication', {
        Resource: 'arn:aws:serverlessrepo:*:*:applications/SecretsManager*',
      }),
      allow('s3:GetObject', {
        Resource: ['arn:aws:s3:::awsserverlessrepo-changesets*', 'arn:aws:s3:::secrets-manager-rotation-apps-*/*'],
      }),
      allow('cloudformation:TagResource cloudformation:UntagResource', {
        Condition: { StringEquals: { 'cloudformation:CreateAction': ['CreateChangeSet', 'ExecuteChangeSet'] } },
      }),
    ],
  }),
];
