import type { ServiceCases } from '../services.ts';

const alarm = {
  AlarmName: 'stock',
  Namespace: 'shop',
  MetricName: 'cpu',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:pager'],
};
const tags = [{ Key: 'team', Value: 'blue' }];

export const cloudwatch: ServiceCases = {
  service: 'cloudwatch',
  refusal: '400 AccessDenied',
  stock: async (root, { account }) => {
    await root.send('cloudwatch', 'PutMetricAlarm', { ...alarm, Tags: tags });
    return {
      byMember: {
        AlarmName: 'stock',
        AlarmNames: ['stock'],
        MetricName: 'cpu',
        Namespace: 'shop',
        ResourceARN: `arn:aws:cloudwatch:us-east-1:${account}:alarm:stock`,
        StartTime: new Date(1_700_000_000_000),
        EndTime: new Date(1_700_000_600_000),
        Period: 60,
        Tags: tags,
        TagKeys: ['team'],
      },
      byOperation: {
        GetMetricData: { MetricDataQueries: [{ Id: 'a', Expression: 'TIME_SERIES(1)' }] },
        GetMetricStatistics: { Statistics: ['Sum'] },
        ListMetrics: { Namespace: 'shop', MetricName: undefined },
        DescribeAlarms: { AlarmNames: undefined },
        DescribeAlarmsForMetric: { Period: undefined },
        PutCompositeAlarm: {
          AlarmName: 'new',
          AlarmRule: 'ALARM(stock)',
          AlarmActions: alarm.AlarmActions,
          Tags: tags,
        },
        PutMetricAlarm: { ...alarm, Tags: tags },
        PutMetricData: { MetricData: [{ MetricName: 'cpu', Value: 1 }] },
        SetAlarmState: { StateValue: 'OK', StateReason: 'by hand' },
      },
    };
  },
  exceptions: {
    resources: ['GetMetricData', 'ListMetrics', 'PutMetricData'].map((name) => ({
      of: `cloudwatch:${name}`,
      what: 'any',
      reason: 'there are no datasets: all metrics of an account are one',
    })),
    absentKeys: [
      ...['GetMetricData', 'ListMetrics', 'ListTagsForResource', 'TagResource', 'UntagResource'].map((name) => ({
        of: `cloudwatch:${name}`,
        what: 'cloudwatch:HasAccessGrant',
        reason: 'there are no access grants on metrics',
      })),
      { of: 'cloudwatch:DescribeAlarms', what: 'aws:ResourceTag/*', reason: 'the question is about all alarms' },
      { of: 'cloudwatch:PutCompositeAlarm', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' },
    ],
  },
};
