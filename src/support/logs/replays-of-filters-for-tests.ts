import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { refusalOf } from '../../data/recordings-for-tests.ts';
import type { TestLogs } from './client-for-tests.ts';
import { answer, group, newName, type Replay } from './replay-for-tests.ts';

const long = 'X'.repeat(513);
const transformation = (metricName: string, more: object = {}) => ({
  metricName,
  metricNamespace: `${metricName}-namespace`,
  metricValue: '1',
  ...more,
});

async function role({ ringwall }: TestLogs): Promise<string> {
  return `arn:aws:iam::${ringwall.account}:role/any`;
}

async function destination(it: TestLogs, name: string) {
  const targetArn = `arn:aws:kinesis:us-east-1:${it.ringwall.account}:stream/target`;
  return it.logs.putDestination({ destinationName: name, targetArn, roleArn: await role(it) });
}

const accessPolicy = (it: TestLogs) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'logs.amazonaws.com' },
        Action: 'logs:PutSubscriptionFilter',
        Resource: `arn:aws:kinesis:us-east-1:${it.ringwall.account}:stream/target`,
      },
    ],
  });

const route53 = (Resource: string, service: string | string[] = 'route53.amazonaws.com') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Route53LogsToCloudWatchLogs',
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'logs:PutLogEvents',
        Resource,
      },
    ],
  });

async function forgetPolicies(logs: CloudWatchLogs): Promise<void> {
  const { resourcePolicies = [] } = await logs.describeResourcePolicies({});
  for (const { policyName = '' } of resourcePolicies) await logs.deleteResourcePolicy({ policyName });
}

const functionArn = ({ ringwall }: TestLogs) => `arn:aws:lambda:us-east-1:${ringwall.account}:function:f`;

/** Destinations, exports, filters and policies. */
export const replaysOfFilters: Readonly<Record<string, Replay>> = {
  test_put_destination: async (it) => ({ 'put-destination': await answer(destination(it, newName('destination'))) }),
  test_describe_destinations_empty: async ({ logs }) => ({
    'describe-destinations-empty': await answer(logs.describeDestinations({ DestinationNamePrefix: 'none' })),
  }),
  test_describe_destinations_with_prefix: async (it) => {
    await destination(it, 'listed-1');
    return {
      'describe-destinations': await answer(it.logs.describeDestinations({ DestinationNamePrefix: 'listed-' })),
    };
  },
  test_delete_destination: async (it) => {
    await destination(it, 'deleted-1');
    return {
      'delete-destination': await answer(it.logs.deleteDestination({ destinationName: 'deleted-1' })),
      'no-destination-found': await answer(it.logs.describeDestinations({ DestinationNamePrefix: 'deleted-' })),
    };
  },
  test_update_destination: async (it) => {
    const described = () => answer(it.logs.describeDestinations({ DestinationNamePrefix: 'updated-1' }));
    await destination(it, 'updated-1');
    const original = await described();
    await destination(it, 'updated-1');
    return { 'original-description': original, 'updated-description': await described() };
  },
  test_put_destination_policy: async (it) => {
    await destination(it, 'policed-1');
    return {
      'put-destination-policy': await answer(
        it.logs.putDestinationPolicy({ destinationName: 'policed-1', accessPolicy: accessPolicy(it) }),
      ),
      'destination-with-policy': await answer(it.logs.describeDestinations({ DestinationNamePrefix: 'policed-' })),
    };
  },
  test_destination_tags: async (it) => {
    const resourceArn = (await destination(it, 'tagged-1')).destination?.arn ?? '';
    await it.logs.tagResource({ resourceArn, tags: { key1: 'val1', key2: 'val2' } });
    const added = await answer(it.logs.listTagsForResource({ resourceArn }));
    await it.logs.untagResource({ resourceArn, tagKeys: ['key2'] });
    return {
      'list-tags-after-add': added,
      'list-tags-after-remove': await answer(it.logs.listTagsForResource({ resourceArn })),
    };
  },
  test_cancel_export_task_not_found: async ({ logs }) => ({
    'error-cancel-not-found': await refusalOf(logs.cancelExportTask({ taskId: 'none' })),
  }),
  test_create_export_task_bucket_not_found: async (it) => ({
    'error-bucket-not-found': await refusalOf(
      it.logs.createExportTask({
        logGroupName: await group(it),
        from: 0,
        to: it.now() + 1_000,
        destination: 'no-such-bucket',
      }),
    ),
  }),
  test_create_export_task_log_group_not_found: async ({ logs }) => ({
    'error-log-group-not-found': await refusalOf(
      logs.createExportTask({ logGroupName: 'none', from: 0, to: 1, destination: 'no-such-bucket' }),
    ),
  }),
  test_describe_export_tasks_not_found: async ({ logs }) => ({
    'task-not-found': await answer(logs.describeExportTasks({ taskId: 'none' })),
  }),
  test_put_metric_filter_basic: async (it) => {
    const filter = { logGroupName: await group(it), filterName: newName('filter'), filterPattern: ' ' };
    await it.logs.putMetricFilter({ ...filter, metricTransformations: [transformation('basic', { defaultValue: 0 })] });
    return {
      'describe-metric-filters': await answer(it.logs.describeMetricFilters({ logGroupName: filter.logGroupName })),
    };
  },
  test_put_metric_filter_json_pattern: async (it) => {
    const filter = {
      logGroupName: await group(it),
      filterName: newName('filter'),
      filterPattern: '{$.message = "test"}',
    };
    await it.logs.putMetricFilter({ ...filter, metricTransformations: [transformation('json', { defaultValue: 0 })] });
    return {
      'describe-metric-filters-json': await answer(
        it.logs.describeMetricFilters({ logGroupName: filter.logGroupName }),
      ),
    };
  },
  test_describe_metric_filters_by_log_group: async (it) => {
    const filter = { logGroupName: await group(it), filterName: newName('filter'), filterPattern: 'pattern' };
    const metric = { metricName: 'metric', metricNamespace: 'namespace', metricValue: '1' };
    await it.logs.putMetricFilter({ ...filter, metricTransformations: [metric] });
    return {
      'describe-by-log-group': await answer(it.logs.describeMetricFilters({ logGroupName: filter.logGroupName })),
    };
  },
  test_describe_metric_filters_by_metric_name: async (it) => {
    const filter = { logGroupName: await group(it), filterName: newName('filter'), filterPattern: 'pattern' };
    const metric = transformation('by-name');
    await it.logs.putMetricFilter({ ...filter, metricTransformations: [metric] });
    const { metricName, metricNamespace } = metric;
    return { 'describe-by-metric-name': await answer(it.logs.describeMetricFilters({ metricName, metricNamespace })) };
  },
  test_describe_metric_filters_by_prefix: async (it) => {
    for (const at of [0, 1]) {
      const filter = {
        logGroupName: await group(it),
        filterName: `by-prefix-${at}`,
        filterPattern: `filterPattern${at}`,
      };
      const metric = transformation(`by-prefix-${at}`, { metricValue: String(at) });
      await it.logs.putMetricFilter({ ...filter, metricTransformations: [metric] });
    }
    return { 'describe-by-prefix': await answer(it.logs.describeMetricFilters({ filterNamePrefix: 'by-prefix-' })) };
  },
  test_put_metric_filter_invalid_filter_name: async (it) => ({
    'error-invalid-filter-name': await refusalOf(
      it.logs.putMetricFilter({
        logGroupName: await group(it),
        filterName: long,
        filterPattern: 'x',
        metricTransformations: [transformation('m')],
      }),
    ),
  }),
  test_put_metric_filter_invalid_filter_pattern: async (it) => ({
    'error-invalid-filter-pattern': await refusalOf(
      it.logs.putMetricFilter({
        logGroupName: await group(it),
        filterName: 'f',
        filterPattern: 'X'.repeat(1_025),
        metricTransformations: [transformation('m')],
      }),
    ),
  }),
  test_delete_metric_filter_invalid_filter_name: async (it) => ({
    'error-invalid-filter-name': await refusalOf(
      it.logs.deleteMetricFilter({ logGroupName: await group(it), filterName: long }),
    ),
  }),
  test_delete_resource_policy_not_found: async ({ logs }) => ({
    'error-policy-not-found': await refusalOf(logs.deleteResourcePolicy({ policyName: 'non-existent' })),
  }),
  test_put_resource_policy: async (it) => {
    const logGroupName = await group(it);
    const policyDocument = route53(`${it.arn(logGroupName)}:*`, ['route53.amazonaws.com']);
    return {
      'put-resource-policy': await answer(it.logs.putResourcePolicy({ policyName: newName('policy'), policyDocument })),
    };
  },
  test_put_resource_policy_update: async ({ logs }) => {
    const policyName = newName('policy');
    await logs.putResourcePolicy({ policyName, policyDocument: route53('log_arn') });
    const policyDocument = JSON.stringify({
      Version: '2008-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'route53.amazonaws.com' }, Action: 'logs:*', Resource: '*' },
      ],
    });
    await logs.putResourcePolicy({ policyName, policyDocument });
    const { resourcePolicies } = await logs.describeResourcePolicies({});
    return { 'updated-policy': resourcePolicies?.find((each) => each.policyName === policyName) };
  },
  test_put_resource_policy_limit_exceeded: async ({ logs }) => {
    await forgetPolicies(logs);
    for (let at = 0; at < 10; at += 1)
      await logs.putResourcePolicy({ policyName: `p${at}`, policyDocument: route53('log_arn') });
    const refused = await refusalOf(logs.putResourcePolicy({ policyName: 'p10', policyDocument: route53('log_arn') }));
    await forgetPolicies(logs);
    return { 'error-limit-exceeded': refused };
  },
  test_put_subscription_filter_errors: async (it) => {
    const { logs } = it;
    const put = (logGroupName: string, destinationArn: string) =>
      refusalOf(logs.putSubscriptionFilter({ logGroupName, filterName: 'f', filterPattern: '', destinationArn }));
    const elsewhere = 'arn:aws:lambda:us-east-1:999988887777:function:f';
    return {
      'error-log-group-not-found': await put('none', elsewhere),
      'error-lambda-not-found': await put(await group(it), elsewhere),
      'error-kinesis-not-found': await put(await group(it), 'arn:aws:kinesis:us-east-1:999988887777:stream/s'),
    };
  },
  test_put_subscription_filter_limit_exceeded: async (it) => {
    const put = { logGroupName: await group(it), filterPattern: '', destinationArn: functionArn(it) };
    for (const filterName of ['a', 'b']) await it.logs.putSubscriptionFilter({ ...put, filterName });
    return { 'error-limit-exceeded': await refusalOf(it.logs.putSubscriptionFilter({ ...put, filterName: 'c' })) };
  },
  test_put_subscription_filter_update: async (it) => {
    const put = { logGroupName: await group(it), filterName: 'test', destinationArn: functionArn(it) };
    for (const filterPattern of ['', '[]']) await it.logs.putSubscriptionFilter({ ...put, filterPattern });
    return { 'updated-filter': await answer(it.logs.describeSubscriptionFilters({ logGroupName: put.logGroupName })) };
  },
  test_delete_subscription_filter_errors: async (it) => ({
    'error-log-group-not-found': await refusalOf(
      it.logs.deleteSubscriptionFilter({ logGroupName: 'none', filterName: 'f' }),
    ),
    'error-filter-not-found': await refusalOf(
      it.logs.deleteSubscriptionFilter({ logGroupName: await group(it), filterName: 'f' }),
    ),
  }),
  test_describe_subscription_filters_empty: async (it) => ({
    'describe-subscription-filters-empty': await answer(
      it.logs.describeSubscriptionFilters({ logGroupName: await group(it) }),
    ),
  }),
  test_describe_subscription_filters_log_group_not_found: async ({ logs }) => ({
    'error-log-group-not-found': await refusalOf(logs.describeSubscriptionFilters({ logGroupName: 'none' })),
  }),
};
