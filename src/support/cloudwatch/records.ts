import { hash } from 'node:crypto';
import { collection } from '#runtime/collection.ts';
import type { AlarmRule, AlarmState } from './engine/alarm-rule.ts';
import type { Sample } from './engine/sample.ts';

export type Dimension = { readonly Name: string; readonly Value: string };

/** A metric that data came for: namespace, name and dimensions (sorted by name) make it. */
export type MetricRow = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  /** Hour of the newest data, as far as was noted: once an hour, so that putting data seldom touches this. */
  readonly lastSeen: number;
};

/** Id: `NAMESPACE\nNAME\nDIMENSIONS`, so that lists go by namespace and name. */
export const metrics = collection<MetricRow>('cloudwatch/metric', 'regional');

/** Samples of one metric within an hour or more, as they came or rolled up. */
export type PointRow = { readonly samples: readonly Sample[] };

/** Id: `METRIC|LEVEL|BEGIN|…` (see `pointId`). */
export const points = collection<PointRow>('cloudwatch/point', 'regional');

/** A metric query of an alarm, in the shapes of the API. */
export type AlarmQuery = {
  readonly Id: string;
  readonly Expression?: string | undefined;
  readonly Label?: string | undefined;
  readonly Period?: number | undefined;
  readonly ReturnData?: boolean | undefined;
  readonly MetricStat?:
    | {
        readonly Metric: {
          readonly Namespace?: string | undefined;
          readonly MetricName?: string | undefined;
          readonly Dimensions?: readonly Dimension[] | undefined;
        };
        readonly Period: number;
        readonly Stat: string;
        readonly Unit?: string | undefined;
      }
    | undefined;
};

/** What an alarm is told, as PutMetricAlarm or PutCompositeAlarm took it. */
export type AlarmRow = {
  readonly kind: 'metric' | 'composite';
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly actionsEnabled: boolean;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientActions: readonly string[];
  readonly configured: number;
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string | undefined;
  readonly updated: number;
  readonly transitioned: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Of metric alarms. */
  readonly metric?: MetricAlarm | undefined;
  /** Of composite alarms. */
  readonly rule?: string | undefined;
  readonly parsedRule?: AlarmRule | undefined;
  /** Names of the alarms that the rule and the suppressor ask about. */
  readonly children?: readonly string[] | undefined;
  readonly suppressor?:
    | { readonly alarm: string; readonly waitSeconds: number; readonly extensionSeconds: number }
    | undefined;
};

/** The part of a metric alarm that decides its state. Either one metric with a statistic, or queries of which one returns data. */
export type MetricAlarm = {
  readonly single?:
    | {
        readonly namespace: string;
        readonly name: string;
        readonly dimensions: readonly Dimension[];
        readonly statistic: string;
        /** Shown as `ExtendedStatistic`. */
        readonly extended: boolean;
        readonly unit?: string | undefined;
      }
    | undefined;
  readonly queries?: readonly AlarmQuery[] | undefined;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number | undefined;
  readonly threshold: number;
  readonly comparison: string;
  readonly treatMissingData?: string | undefined;
  readonly evaluateLowSampleCount?: string | undefined;
};

/** Id: the alarm's name. `by-child`: composite alarms by the alarms that they ask about. */
export const alarms = collection<AlarmRow>('cloudwatch/alarm', 'regional', {
  'by-child': ({ children }) => children ?? [],
});

export type HistoryRow = {
  readonly alarm: string;
  readonly kind: 'MetricAlarm' | 'CompositeAlarm';
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
};

/** Id: `TIME|UUID`; kept 30 days. */
export const history = collection<HistoryRow>('cloudwatch/history', 'regional', { 'by-alarm': ({ alarm }) => [alarm] });

/** Dimensions in the order of their names: the same metric whatever order they came in. */
export function sorted(dimensions: readonly Dimension[] | undefined): readonly Dimension[] {
  return (dimensions ?? [])
    .map(({ Name, Value }) => ({ Name, Value }))
    .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));
}

export function metricId(namespace: string, name: string, dimensions: readonly Dimension[]): string {
  return `${namespace}\n${name}\n${dimensions.map(({ Name, Value }) => `${JSON.stringify(Name)}=${JSON.stringify(Value)}`).join()}`;
}

/** What the points of a metric are filed under. */
export function pointPrefix(metric: string): string {
  return hash('sha256', metric, 'base64url').slice(0, 22);
}

/** `raw`: as it came; the others are rolled up to so many seconds. */
export type Level = 'raw' | '60' | '300' | '3600';

const levelMarks: Readonly<Record<Level, string>> = { raw: 'a', 60: 'b', 300: 'c', 3600: 'd' };

/** @param begin seconds since the epoch @param unique keeps what came at the same time apart */
export function pointId(prefix: string, level: Level, begin: number, unique: string): string {
  return `${prefix}|${levelMarks[level]}|${String(begin).padStart(10, '0')}|${unique}`;
}

export function levelPrefix(prefix: string, level: Level): string {
  return `${prefix}|${levelMarks[level]}|`;
}

/** Begin of what a point record holds. */
export function beginOf(id: string): number {
  return Number(id.split('|')[2]);
}
