import type { OperationName } from '#runtime/api-types.ts';
import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { DeleteAccountPolicy, DescribeAccountPolicies, PutAccountPolicy } from './account-policies.ts';
import { DeleteDestination, DescribeDestinations, PutDestination, PutDestinationPolicy } from './destinations.ts';
import { embeddedTopic, takeEmbedded } from './embedded-metrics.ts';
import { AssociateKmsKey, DisassociateKmsKey } from './encryption.ts';
import { runExport } from './export-run.ts';
import { CancelExportTask, CreateExportTask, DescribeExportTasks } from './exports.ts';
import { FilterLogEvents } from './filter-events.ts';
import { GetLogEvents } from './get-events.ts';
import {
  CreateLogGroup,
  DeleteLogGroup,
  DescribeLogGroups,
  ListLogGroups,
  PutLogGroupDeletionProtection,
} from './groups.ts';
import { topic } from './ingested.ts';
import { StartLiveTail } from './live-tail.ts';
import { merge } from './merge.ts';
import { DeleteMetricFilter, DescribeMetricFilters, PutMetricFilter, TestMetricFilter } from './metric-filters.ts';
import { purge } from './purge.ts';
import { PutLogEvents } from './put-events.ts';
import {
  accountPolicies,
  blocks,
  dataKeys,
  destinations,
  exportTasks,
  groups,
  metricFilters,
  policies,
  sizes,
  streams,
  subscriptionFilters,
} from './records.ts';
import { DeleteResourcePolicy, DescribeResourcePolicies, PutResourcePolicy } from './resource-policies.ts';
import { DeleteRetentionPolicy, expire, PutRetentionPolicy } from './retention.ts';
import { writeArrivals } from './seen.ts';
import { CreateLogStream, DeleteLogStream, DescribeLogStreams } from './streams.ts';
import { deliverAgain } from './subscriber-delivery.ts';
import {
  DeleteSubscriptionFilter,
  DescribeSubscriptionFilters,
  PutSubscriptionFilter,
} from './subscription-filters.ts';
import {
  ListTagsForResource,
  ListTagsLogGroup,
  TagLogGroup,
  TagResource,
  UntagLogGroup,
  UntagResource,
} from './tags.ts';
import { takeIngested } from './take-ingested.ts';
import { unsupportedOperations } from './unsupported.ts';

/** Operations that clients know and the API's model does not yet. */
type NewerThanModel = `${string}SyslogConfiguration${'' | 's'}` | `${string}StorageTierPolicy`;

const operations = {
  AssociateKmsKey,
  CancelExportTask,
  CreateExportTask,
  CreateLogGroup,
  CreateLogStream,
  DeleteAccountPolicy,
  DeleteDestination,
  DeleteLogGroup,
  DeleteLogStream,
  DeleteMetricFilter,
  DeleteResourcePolicy,
  DeleteRetentionPolicy,
  DeleteSubscriptionFilter,
  DescribeAccountPolicies,
  DescribeDestinations,
  DescribeExportTasks,
  DescribeLogGroups,
  DescribeLogStreams,
  DescribeMetricFilters,
  DescribeResourcePolicies,
  DescribeSubscriptionFilters,
  DisassociateKmsKey,
  FilterLogEvents,
  GetLogEvents,
  ListLogGroups,
  ListTagsForResource,
  ListTagsLogGroup,
  PutAccountPolicy,
  PutDestination,
  PutDestinationPolicy,
  PutLogEvents,
  PutLogGroupDeletionProtection,
  PutMetricFilter,
  PutResourcePolicy,
  PutRetentionPolicy,
  PutSubscriptionFilter,
  StartLiveTail,
  TagLogGroup,
  TagResource,
  TestMetricFilter,
  UntagLogGroup,
  UntagResource,
  ...unsupportedOperations,
} satisfies Operations<'logs', Exclude<OperationName<'logs'>, NewerThanModel>>;

/** CloudWatch Logs. */
export const logs: Service = {
  name: 'logs',
  prefix: 'logs',
  host: 'logs.amazonaws.com',
  operations,
  collections: [
    accountPolicies,
    blocks,
    dataKeys,
    destinations,
    exportTasks,
    groups,
    metricFilters,
    policies,
    sizes,
    streams,
    subscriptionFilters,
  ],
  jobs: {
    deliver: { slow: deliverAgain },
    export: { slow: runExport },
    merge,
    purge,
    retention: expire,
  },
  subscribers: { [embeddedTopic]: takeEmbedded, [topic]: takeIngested },
  upkeep: writeArrivals,
};
