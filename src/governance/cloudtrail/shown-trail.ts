import type { Output } from './api.ts';
import type { TrailRow } from './records.ts';

/** What CreateTrail and UpdateTrail answer. */
export function settledTrail(row: TrailRow) {
  return {
    Name: row.name,
    S3BucketName: row.bucket,
    ...(row.prefix === undefined ? {} : { S3KeyPrefix: row.prefix }),
    ...(row.topic === undefined ? {} : { SnsTopicName: row.topic.name, SnsTopicARN: row.topic.arn }),
    IncludeGlobalServiceEvents: row.globalEvents,
    IsMultiRegionTrail: row.multiRegion,
    TrailARN: row.arn,
    LogFileValidationEnabled: row.validation,
    ...(row.logs === undefined
      ? {}
      : { CloudWatchLogsLogGroupArn: row.logs.group, CloudWatchLogsRoleArn: row.logs.role }),
    ...(row.kmsKey === undefined ? {} : { KmsKeyId: row.kmsKey }),
    IsOrganizationTrail: false,
  };
}

/** A trail in lists. */
export function shownTrail(row: TrailRow): NonNullable<Output<'GetTrail'>['Trail']> {
  return {
    ...settledTrail(row),
    HomeRegion: row.region,
    HasCustomEventSelectors: hasOwnSelectors(row),
    HasInsightSelectors: false,
  };
}

/** Whether it selects anything else than every management event. */
function hasOwnSelectors({ selectors }: TrailRow): boolean {
  if ('advanced' in selectors) return true;
  const [only, ...others] = selectors.basic;
  if (only === undefined || others.length > 0) return true;
  return (
    only.ReadWriteType !== 'All' ||
    !only.IncludeManagementEvents ||
    only.DataResources.length > 0 ||
    only.ExcludeManagementEventSources.length > 0
  );
}
