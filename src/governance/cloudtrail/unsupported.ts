import type { OperationName } from '#runtime/api-types.ts';
import { type Unsupported, unsupported } from '#runtime/operation.ts';

const channels = unsupported('there are no partners outside AWS whose events channels would bring');
const dashboards = unsupported('dashboards show queries over event data stores');
const eventSettings = unsupported('events are not enriched or aggregated: trails deliver them as they are');
const imports = unsupported('imports fill event data stores from trails');
const insights = unsupported('no baseline of call rates is kept to find unusual ones by');
const organizations = unsupported('trails of an organization need AWS Organizations');
const policies = unsupported('resource policies stand on channels, dashboards and event data stores');
const queries = unsupported('there is no query engine over event data stores; LookupEvents searches');
const stores = unsupported('event data stores are not kept apart from the record; trails deliver it');

/** What is not served, and why. */
export const unsupportedOperations = {
  CancelQuery: queries,
  CreateChannel: channels,
  CreateDashboard: dashboards,
  CreateEventDataStore: stores,
  DeleteChannel: channels,
  DeleteDashboard: dashboards,
  DeleteEventDataStore: stores,
  DeleteResourcePolicy: policies,
  DeregisterOrganizationDelegatedAdmin: organizations,
  DescribeQuery: queries,
  DisableFederation: stores,
  EnableFederation: stores,
  GenerateQuery: queries,
  GetChannel: channels,
  GetDashboard: dashboards,
  GetEventConfiguration: eventSettings,
  GetEventDataStore: stores,
  GetImport: imports,
  GetQueryResults: queries,
  GetResourcePolicy: policies,
  ListChannels: channels,
  ListDashboards: dashboards,
  ListEventDataStores: stores,
  ListImportFailures: imports,
  ListImports: imports,
  ListInsightsData: insights,
  ListInsightsMetricData: insights,
  ListQueries: queries,
  PutEventConfiguration: eventSettings,
  PutInsightSelectors: insights,
  PutResourcePolicy: policies,
  RegisterOrganizationDelegatedAdmin: organizations,
  RestoreEventDataStore: stores,
  SearchSampleQueries: queries,
  StartDashboardRefresh: dashboards,
  StartEventDataStoreIngestion: stores,
  StartImport: imports,
  StartQuery: queries,
  StopEventDataStoreIngestion: stores,
  StopImport: imports,
  UpdateChannel: channels,
  UpdateDashboard: dashboards,
  UpdateEventDataStore: stores,
} satisfies { readonly [N in OperationName<'cloudtrail'>]?: Unsupported };
