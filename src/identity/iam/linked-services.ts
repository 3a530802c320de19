/** A service that has a role of its own in accounts (IAM user guide, "AWS services that work with IAM"; names as AWS gives them). */
export type LinkedService = {
  /** Behind `AWSServiceRoleFor`. */
  readonly role: string;
  /** The policy that AWS attaches, below `aws-service-role/`. */
  readonly policy: string;
  readonly description?: string;
};

/** Services whose roles take a suffix, so that there may be several of them. */
export const suffixedServices: ReadonlySet<string> = new Set([
  'autoscaling.amazonaws.com',
  'connect.amazonaws.com',
  'lexv2.amazonaws.com',
]);

const row = (role: string, policy: string, description?: string): LinkedService => ({
  role,
  policy,
  ...(description === undefined ? {} : { description }),
});

/** By service principal. */
export const linkedServices: ReadonlyMap<string, LinkedService> = new Map(
  Object.entries({
    'access-analyzer.amazonaws.com': row('AccessAnalyzer', 'AccessAnalyzerServiceRolePolicy'),
    'accountdiscovery.ssm.amazonaws.com': row(
      'AmazonSSM_AccountDiscovery',
      'AWSSystemsManagerAccountDiscoveryServicePolicy',
    ),
    'acm.amazonaws.com': row('CertificateManager', 'CertificateManagerServiceRolePolicy'),
    'appmesh.amazonaws.com': row('AppMesh', 'AWSAppMeshServiceRolePolicy'),
    'autoscaling-plans.amazonaws.com': row(
      'AutoScalingPlans_EC2AutoScaling',
      'AWSAutoScalingPlansEC2AutoScalingPolicy',
    ),
    'autoscaling.amazonaws.com': row('AutoScaling', 'AutoScalingServiceRolePolicy'),
    'backup.amazonaws.com': row('Backup', 'AWSBackupServiceLinkedRolePolicyForBackup'),
    'batch.amazonaws.com': row('Batch', 'BatchServiceRolePolicy'),
    'cassandra.application-autoscaling.amazonaws.com': row(
      'ApplicationAutoScaling_CassandraTable',
      'AWSApplicationAutoscalingCassandraTablePolicy',
    ),
    'cks.kms.amazonaws.com': row(
      'KeyManagementServiceCustomKeyStores',
      'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy',
    ),
    'cloudhsm.amazonaws.com': row('CloudHSM', 'CloudHSMServiceRolePolicy'),
    'cloudtrail.amazonaws.com': row('CloudTrail', 'CloudTrailServiceRolePolicy'),
    'codestar-notifications.amazonaws.com': row('CodeStarNotifications', 'AWSCodeStarNotificationsServiceRolePolicy'),
    'config.amazonaws.com': row('Config', 'AWSConfigServiceRolePolicy'),
    'connect.amazonaws.com': row('AmazonConnect', 'AmazonConnectServiceLinkedRolePolicy'),
    'dms-fleet-advisor.amazonaws.com': row('DMSFleetAdvisor', 'AWSDMSFleetAdvisorServiceRolePolicy'),
    'dms.amazonaws.com': row('DMSServerless', 'AWSDMSServerlessServiceRolePolicy'),
    'docdb-elastic.amazonaws.com': row('DocDB-Elastic', 'AmazonDocDB-ElasticServiceRolePolicy'),
    'ec2-instance-connect.amazonaws.com': row('Ec2InstanceConnect', 'Ec2InstanceConnectEndpoint'),
    'ec2.application-autoscaling.amazonaws.com': row(
      'ApplicationAutoScaling_EC2SpotFleetRequest',
      'AWSApplicationAutoscalingEC2SpotFleetRequestPolicy',
    ),
    'ecr.amazonaws.com': row('ECRTemplate', 'ECRTemplateServiceRolePolicy'),
    'ecs.amazonaws.com': row('ECS', 'AmazonECSServiceRolePolicy'),
    'eks-connector.amazonaws.com': row('AmazonEKSConnector', 'AmazonEKSConnectorServiceRolePolicy'),
    'eks-fargate.amazonaws.com': row('AmazonEKSForFargate', 'AmazonEKSForFargateServiceRolePolicy'),
    'eks-nodegroup.amazonaws.com': row('AmazonEKSNodegroup', 'AWSServiceRoleForAmazonEKSNodegroup'),
    'eks.amazonaws.com': row('AmazonEKS', 'AmazonEKSServiceRolePolicy'),
    'elasticache.amazonaws.com': row('ElastiCache', 'ElastiCacheServiceRolePolicy'),
    'elasticbeanstalk.amazonaws.com': row('ElasticBeanstalk', 'AWSElasticBeanstalkServiceRolePolicy'),
    'elasticfilesystem.amazonaws.com': row('AmazonElasticFileSystem', 'AmazonElasticFileSystemServiceRolePolicy'),
    'elasticloadbalancing.amazonaws.com': row('ElasticLoadBalancing', 'AWSElasticLoadBalancingServiceRolePolicy'),
    'email.cognito-idp.amazonaws.com': row('AmazonCognitoIdpEmailService', 'AmazonCognitoIdpEmailServiceRolePolicy'),
    'emr-containers.amazonaws.com': row('AmazonEMRContainers', 'AmazonEMRContainersServiceRolePolicy'),
    'emrwal.amazonaws.com': row('EMRWAL', 'EMRDescribeClusterPolicyForEMRWAL'),
    'fis.amazonaws.com': row('FIS', 'AmazonFISServiceRolePolicy'),
    'grafana.amazonaws.com': row('AmazonGrafana', 'AmazonGrafanaServiceLinkedRolePolicy'),
    'guardduty.amazonaws.com': row('AmazonGuardDuty', 'AmazonGuardDutyServiceRolePolicy'),
    'imagebuilder.amazonaws.com': row('ImageBuilder', 'AWSServiceRoleForImageBuilder'),
    'inspector2.amazonaws.com': row('AmazonInspector2', 'AmazonInspector2ServiceRolePolicy'),
    'iotmanagedintegrations.amazonaws.com': row('IoTManagedIntegrations', 'AWSIoTManagedIntegrationsRolePolicy'),
    'kafka.amazonaws.com': row('Kafka', 'KafkaServiceRolePolicy'),
    'kafkaconnect.amazonaws.com': row('KafkaConnect', 'KafkaConnectServiceRolePolicy'),
    'lakeformation.amazonaws.com': row('LakeFormationDataAccess', 'LakeFormationDataAccessServiceRolePolicy'),
    'lex.amazonaws.com': row('LexBots', 'AmazonLexBotPolicy'),
    'lexv2.amazonaws.com': row('LexV2Bots', 'AmazonLexV2BotPolicy'),
    'lightsail.amazonaws.com': row('Lightsail', 'LightsailExportAccess'),
    'm2.amazonaws.com': row('AWSM2', 'AWSM2ServicePolicy'),
    'macie.amazonaws.com': row('AmazonMacie', 'AmazonMacieServiceRolePolicy'),
    'malware-protection.guardduty.amazonaws.com': row(
      'AmazonGuardDutyMalwareProtection',
      'AmazonGuardDutyMalwareProtectionServiceRolePolicy',
    ),
    'memorydb.amazonaws.com': row('MemoryDB', 'MemoryDBServiceRolePolicy'),
    'mq.amazonaws.com': row('AmazonMQ', 'AmazonMQServiceRolePolicy'),
    'mrk.kms.amazonaws.com': row(
      'KeyManagementServiceMultiRegionKeys',
      'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy',
    ),
    'network-firewall.amazonaws.com': row('NetworkFirewall', 'AWSNetworkFirewallServiceRolePolicy'),
    'notifications.amazonaws.com': row('AwsUserNotifications', 'AWSUserNotificationsServiceLinkedRolePolicy'),
    'observability.aoss.amazonaws.com': row(
      'AmazonOpenSearchServerless',
      'AmazonOpenSearchServerlessServiceRolePolicy',
    ),
    'opensearchservice.amazonaws.com': row('AmazonOpenSearchService', 'AmazonOpenSearchServiceRolePolicy'),
    'ops.apigateway.amazonaws.com': row('APIGateway', 'APIGatewayServiceRolePolicy'),
    'ops.emr-serverless.amazonaws.com': row('AmazonEMRServerless', 'AmazonEMRServerlessServiceRolePolicy'),
    'opsdatasync.ssm.amazonaws.com': row('SystemsManagerOpsDataSync', 'AWSSystemsManagerOpsDataSyncServiceRolePolicy'),
    'opsinsights.ssm.amazonaws.com': row('AmazonSSM_OpsInsights', 'AWSSSMOpsInsightsServiceRolePolicy'),
    'organizations.amazonaws.com': row('Organizations', 'AWSOrganizationsServiceTrustPolicy'),
    'pullthroughcache.ecr.amazonaws.com': row('ECRPullThroughCache', 'AWSECRPullThroughCache_ServiceRolePolicy'),
    'ram.amazonaws.com': row('ResourceAccessManager', 'AWSResourceAccessManagerServiceRolePolicy'),
    'rds.amazonaws.com': row(
      'RDS',
      'AmazonRDSServiceRolePolicy',
      'Allows Amazon RDS to manage AWS resources on your behalf',
    ),
    'redshift.amazonaws.com': row('Redshift', 'AmazonRedshiftServiceLinkedRolePolicy'),
    'replication.cassandra.amazonaws.com': row('KeyspacesReplication', 'KeyspacesReplicationServiceRolePolicy'),
    'replication.ecr.amazonaws.com': row('ECRReplication', 'ECRReplicationServiceRolePolicy'),
    'repository.sync.codeconnections.amazonaws.com': row('GitSync', 'AWSGitSyncServiceRolePolicy'),
    'resource-explorer-2.amazonaws.com': row('ResourceExplorer', 'AWSResourceExplorerServiceRolePolicy'),
    'rolesanywhere.amazonaws.com': row('RolesAnywhere', 'AWSRolesAnywhereServicePolicy'),
    's3-outposts.amazonaws.com': row('S3OnOutposts', 'AWSS3OnOutpostsServiceRolePolicy'),
    'securityhub.amazonaws.com': row('SecurityHub', 'AWSSecurityHubServiceRolePolicy'),
    'ses.amazonaws.com': row('AmazonSES', 'AmazonSESServiceRolePolicy'),
    'shield.amazonaws.com': row('AWSShield', 'AWSShieldServiceRolePolicy'),
    'ssm-incidents.amazonaws.com': row('IncidentManager', 'AWSIncidentManagerServiceRolePolicy'),
    'ssm-quicksetup.amazonaws.com': row('SSMQuickSetup', 'SSMQuickSetupRolePolicy'),
    'ssm.amazonaws.com': row(
      'AmazonSSM',
      'AmazonSSMServiceRolePolicy',
      'Provides access to AWS Resources managed or used by Amazon SSM.',
    ),
    'sso.amazonaws.com': row(
      'SSO',
      'AWSSSOServiceRolePolicy',
      'Service-linked role used by AWS SSO to manage AWS resources, including IAM roles, policies and SAML IdP on your behalf.',
    ),
    'support.amazonaws.com': row('Support', 'AWSSupportServiceRolePolicy'),
    'trustedadvisor.amazonaws.com': row('TrustedAdvisor', 'AWSTrustedAdvisorServiceRolePolicy'),
    'vpcorigin.cloudfront.amazonaws.com': row('CloudFrontVPCOrigin', 'AWSCloudFrontVPCOriginServiceRolePolicy'),
    'waf.amazonaws.com': row('WAFLogging', 'WAFLoggingServiceRolePolicy'),
    'wafv2.amazonaws.com': row('WAFV2Logging', 'WAFV2LoggingServiceRolePolicy'),
  }),
);
