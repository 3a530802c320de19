import type { Operations } from '#runtime/operation.ts';
import { unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { actAfterWait, actAgain, onStateChange } from './alarm-actions.ts';
import { DescribeAlarmHistory, forgetHistory } from './alarm-history.ts';
import { stateTopic } from './alarm-state.ts';
import { DeleteAlarms, DisableAlarmActions, EnableAlarmActions, SetAlarmState } from './change-alarms.ts';
import { PutCompositeAlarm } from './composite-alarms.ts';
import { DescribeAlarms, DescribeAlarmsForMetric } from './describe-alarms.ts';
import { evaluateAlarm } from './evaluate-alarm.ts';
import { GetMetricData } from './get-data.ts';
import { GetMetricStatistics } from './get-statistics.ts';
import { ListMetrics } from './list-metrics.ts';
import { PutMetricAlarm } from './put-alarm.ts';
import { PutMetricData } from './put-data.ts';
import { alarms, history, metrics, points } from './records.ts';
import { rollUp } from './roll-up.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';

const anomalies = unsupported('there are no anomaly detection models');
const dashboards = unsupported('there are no dashboards yet');
const insights = unsupported('there is no Contributor Insights');
const mutes = unsupported('alarms are not muted by schedule');
const streams = unsupported('there is no Firehose that metric streams could go to');
const telemetry = unsupported('metrics come by PutMetricData, not by OpenTelemetry');

const operations = {
  DeleteAlarmMuteRule: mutes,
  DeleteAlarms,
  DeleteAnomalyDetector: anomalies,
  DeleteDashboards: dashboards,
  DeleteInsightRules: insights,
  DeleteMetricStream: streams,
  DescribeAlarmContributors: unsupported('no alarm watches many series'),
  DescribeAlarmHistory,
  DescribeAlarms,
  DescribeAlarmsForMetric,
  DescribeAnomalyDetectors: anomalies,
  DescribeInsightRules: insights,
  DisableAlarmActions,
  DisableInsightRules: insights,
  EnableAlarmActions,
  EnableInsightRules: insights,
  GetAlarmMuteRule: mutes,
  GetDashboard: dashboards,
  GetInsightRuleReport: insights,
  GetMetricData,
  GetMetricStatistics,
  GetMetricStream: streams,
  GetMetricWidgetImage: unsupported('graphs are not drawn as images'),
  GetOTelEnrichment: telemetry,
  ListAlarmMuteRules: mutes,
  ListDashboards: dashboards,
  ListManagedInsightRules: insights,
  ListMetricStreams: streams,
  ListMetrics,
  ListTagsForResource,
  PutAlarmMuteRule: mutes,
  PutAnomalyDetector: anomalies,
  PutCompositeAlarm,
  PutDashboard: dashboards,
  PutInsightRule: insights,
  PutManagedInsightRules: insights,
  PutMetricAlarm,
  PutMetricData,
  PutMetricStream: streams,
  SetAlarmState,
  StartMetricStreams: streams,
  StartOTelEnrichment: telemetry,
  StopMetricStreams: streams,
  StopOTelEnrichment: telemetry,
  TagResource,
  UntagResource,
} satisfies Partial<Operations<'cloudwatch'>>;

export const cloudWatch: Service = {
  name: 'cloudwatch',
  prefix: 'cloudwatch',
  host: 'cloudwatch.amazonaws.com',
  operations,
  collections: [alarms, history, metrics, points],
  jobs: {
    action: actAgain,
    evaluate: evaluateAlarm,
    history: forgetHistory,
    'roll-up': rollUp,
    suppressed: actAfterWait,
  },
  subscribers: { [stateTopic]: onStateChange },
};
