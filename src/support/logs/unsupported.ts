import type { OperationName } from '#runtime/api-types.ts';
import { type Unsupported, unsupported } from '#runtime/operation.ts';

const anomalies = unsupported('anomaly detection needs a trained model');
const bearer = unsupported('callers sign their requests');
const dataProtection = unsupported('nothing masks sensitive data in events');
const deliveries = unsupported('no service here sends vended logs');
const imports = unsupported('there is no CloudTrail Lake to import from');
const indexes = unsupported('field indexes serve Logs Insights queries');
const insights = unsupported('Logs Insights has a query language of its own; FilterLogEvents searches');
const integrations = unsupported('there is no OpenSearch service to integrate with');
const lookups = unsupported('lookup tables serve Logs Insights queries');
const sources = unsupported('data sources are found by the pipelines of AWS services');
const transformers = unsupported('events are kept and filtered as they came');

/** What is not served, and why. */
export const unsupportedOperations = {
  AssociateSourceToS3TableIntegration: sources,
  CancelImportTask: imports,
  CreateDelivery: deliveries,
  CreateImportTask: imports,
  CreateLogAnomalyDetector: anomalies,
  CreateLookupTable: lookups,
  CreateScheduledQuery: insights,
  DeleteDataProtectionPolicy: dataProtection,
  DeleteDelivery: deliveries,
  DeleteDeliveryDestination: deliveries,
  DeleteDeliveryDestinationPolicy: deliveries,
  DeleteDeliverySource: deliveries,
  DeleteIndexPolicy: indexes,
  DeleteIntegration: integrations,
  DeleteLogAnomalyDetector: anomalies,
  DeleteLookupTable: lookups,
  DeleteQueryDefinition: insights,
  DeleteScheduledQuery: insights,
  DeleteTransformer: transformers,
  DescribeConfigurationTemplates: deliveries,
  DescribeDeliveries: deliveries,
  DescribeDeliveryDestinations: deliveries,
  DescribeDeliverySources: deliveries,
  DescribeFieldIndexes: indexes,
  DescribeImportTaskBatches: imports,
  DescribeImportTasks: imports,
  DescribeIndexPolicies: indexes,
  DescribeLookupTables: lookups,
  DescribeQueries: insights,
  DescribeQueryDefinitions: insights,
  DisassociateSourceFromS3TableIntegration: sources,
  GetDataProtectionPolicy: dataProtection,
  GetDelivery: deliveries,
  GetDeliveryDestination: deliveries,
  GetDeliveryDestinationPolicy: deliveries,
  GetDeliverySource: deliveries,
  GetIntegration: integrations,
  GetLogAnomalyDetector: anomalies,
  GetLogFields: insights,
  GetLogGroupFields: insights,
  GetLogObject: insights,
  GetLogRecord: insights,
  GetLookupTable: lookups,
  GetQueryResults: insights,
  GetScheduledQuery: insights,
  GetScheduledQueryHistory: insights,
  GetTransformer: transformers,
  ListAggregateLogGroupSummaries: sources,
  ListAnomalies: anomalies,
  ListIntegrations: integrations,
  ListLogAnomalyDetectors: anomalies,
  ListLogGroupsForQuery: insights,
  ListScheduledQueries: insights,
  ListSourcesForS3TableIntegration: sources,
  PutBearerTokenAuthentication: bearer,
  PutDataProtectionPolicy: dataProtection,
  PutDeliveryDestination: deliveries,
  PutDeliveryDestinationPolicy: deliveries,
  PutDeliverySource: deliveries,
  PutIndexPolicy: indexes,
  PutIntegration: integrations,
  PutQueryDefinition: insights,
  PutTransformer: transformers,
  StartQuery: insights,
  StopQuery: insights,
  TestTransformer: transformers,
  UpdateAnomaly: anomalies,
  UpdateDeliveryConfiguration: deliveries,
  UpdateLogAnomalyDetector: anomalies,
  UpdateLookupTable: lookups,
  UpdateScheduledQuery: insights,
} satisfies Partial<Record<OperationName<'logs'>, Unsupported>>;
