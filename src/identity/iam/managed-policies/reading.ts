import { allow, awsPolicy } from './aws-policy.ts';

/**
 * AWS's policies for reading span all of its services and change every few weeks. Here they hold the part of the services that
 * Ringwall serves or names; what they allow there is what AWS allows.
 */
export const reading = [
  awsPolicy('ReadOnlyAccess', {
    description: 'Provides read-only access to AWS services and resources.',
    created: '2015-02-06',
    updated: '2026-02-12',
    version: 1,
    statements: [
      allow(
        'access-analyzer:Get* access-analyzer:List* access-analyzer:ValidatePolicy acm:Describe* acm:Get* acm:List* cloudhsm:Describe* cloudhsm:List* cloudtrail:Describe* cloudtrail:Get* cloudtrail:List* cloudtrail:LookupEvents cloudwatch:Describe* cloudwatch:Get* cloudwatch:List* config:BatchGet* config:Describe* config:Get* config:List* config:SelectAggregateResourceConfig config:SelectResourceConfig ec2:Describe* ec2:Get* ecr:BatchCheck* ecr:BatchGet* ecr:Describe* ecr:Get* ecr:List* elasticloadbalancing:Describe* events:Describe* events:List* events:Test* guardduty:Describe* guardduty:Get* guardduty:List* iam:Generate* iam:Get* iam:List* iam:Simulate* inspector2:BatchGet* inspector2:Describe* inspector2:Get* inspector2:List* kms:Describe* kms:Get* kms:List* lambda:Get* lambda:List* logs:Describe* logs:FilterLogEvents logs:Get* logs:List* logs:StartQuery logs:StopQuery logs:TestMetricFilter macie2:BatchGetCustomDataIdentifiers macie2:Describe* macie2:Get* macie2:List* network-firewall:Describe* network-firewall:List* organizations:Describe* organizations:List* ram:Get* ram:List* s3:Describe* s3:Get* s3:List* secretsmanager:Describe* secretsmanager:GetResourcePolicy secretsmanager:List* securityhub:BatchGet* securityhub:Describe* securityhub:Get* securityhub:List* shield:Describe* shield:Get* shield:List* sns:Check* sns:Get* sns:List* sqs:Get* sqs:List* sqs:Receive* ssm:Describe* ssm:Get* ssm:List* sts:GetAccessKeyInfo sts:GetCallerIdentity sts:GetSessionToken tag:Get* wafv2:CheckCapacity wafv2:Describe* wafv2:Get* wafv2:List*',
      ),
    ],
  }),
  awsPolicy('SecurityAudit', {
    description:
      'The security audit template grants access to read security configuration metadata. It is useful for software that audits the configuration of an AWS account.',
    created: '2015-02-06',
    updated: '2026-02-12',
    version: 1,
    statements: [
      allow(
        'access-analyzer:GetAnalyzedResource access-analyzer:GetAnalyzer access-analyzer:GetFinding access-analyzer:ListAnalyzers access-analyzer:ListFindings acm:Describe* acm:List* cloudhsm:DescribeBackups cloudhsm:DescribeClusters cloudtrail:DescribeTrails cloudtrail:GetEventSelectors cloudtrail:GetInsightSelectors cloudtrail:GetTrail cloudtrail:GetTrailStatus cloudtrail:ListTags cloudtrail:ListTrails cloudtrail:LookupEvents cloudwatch:Describe* cloudwatch:ListTagsForResource config:BatchGetAggregateResourceConfig config:BatchGetResourceConfig config:Deliver* config:Describe* config:Get* config:List* ec2:Describe* ecr:DescribeRepositories ecr:DescribeImages ecr:GetRepositoryPolicy ecr:ListTagsForResource elasticloadbalancing:Describe* events:Describe* events:List* events:TestEventPattern guardduty:Get* guardduty:List* iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy iam:SimulatePrincipalPolicy inspector2:List* kms:Describe* kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListAliases kms:ListGrants kms:ListKeyPolicies kms:ListKeys kms:ListResourceTags lambda:GetAccountSettings lambda:GetFunctionConfiguration lambda:GetPolicy lambda:List* logs:Describe* logs:ListTagsLogGroup macie2:List* network-firewall:DescribeFirewall network-firewall:DescribeFirewallPolicy network-firewall:DescribeLoggingConfiguration network-firewall:DescribeResourcePolicy network-firewall:DescribeRuleGroup network-firewall:List* organizations:Describe* organizations:List* ram:GetResourceShares ram:ListResources s3:GetAccelerateConfiguration s3:GetAccountPublicAccessBlock s3:GetAnalyticsConfiguration s3:GetBucket* s3:GetEncryptionConfiguration s3:GetInventoryConfiguration s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetObjectAcl s3:GetObjectVersionAcl s3:GetReplicationConfiguration s3:ListAllMyBuckets s3:ListAccessPoints secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy secretsmanager:ListSecrets secretsmanager:ListSecretVersionIds securityhub:Describe* securityhub:Get* securityhub:List* shield:Describe* shield:GetSubscriptionState shield:List* sns:GetTopicAttributes sns:List* sqs:GetQueueAttributes sqs:List* ssm:Describe* ssm:GetAutomationExecution ssm:ListCommands ssm:ListDocuments ssm:ListTagsForResource tag:GetResources tag:GetTagKeys wafv2:Get* wafv2:List*',
      ),
    ],
  }),
  awsPolicy('job-function/ViewOnlyAccess', {
    description: 'This policy grants permissions to view resources and basic metadata across all AWS services.',
    created: '2016-11-10',
    updated: '2026-02-12',
    version: 1,
    statements: [
      allow(
        'acm:ListCertificates cloudhsm:DescribeClusters cloudhsm:DescribeBackups cloudtrail:DescribeTrails cloudtrail:ListTrails cloudtrail:LookupEvents cloudwatch:Describe* cloudwatch:Get* cloudwatch:List* config:Describe* config:List* ec2:DescribeInstances ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs ecr:DescribeRepositories ecr:ListImages elasticloadbalancing:Describe* events:ListRuleNamesByTarget events:ListRules events:ListTargetsByRule guardduty:List* iam:GetAccountSummary iam:GetLoginProfile iam:List* inspector2:List* kms:ListAliases kms:ListKeys lambda:List* logs:Describe* macie2:List* network-firewall:List* organizations:List* s3:ListAllMyBuckets s3:ListBucket secretsmanager:ListSecrets securityhub:Describe* securityhub:List* shield:List* sns:List* sqs:ListQueues ssm:ListAssociations ssm:ListDocuments wafv2:List*',
      ),
    ],
  }),
];
