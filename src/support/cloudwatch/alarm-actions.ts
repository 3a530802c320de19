import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { Subscriber } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { alarmName } from './alarm-access.ts';
import { remember } from './alarm-history.ts';
import { alarmData, shownState, zoned } from './alarm-shapes.ts';
import type { StateChange } from './alarm-state.ts';
import { evaluateParents } from './composite-alarms.ts';
import { type AlarmRow, alarms } from './records.ts';

/** Tries of an action that the target refuses for reasons of its own: after 1, 2, 4 … minutes. */
const tries = 6;

/** What follows a change of state: composite alarms, and the alarm's actions. */
export const onStateChange: Subscriber = async (events, at) => {
  for (const { account, region, body } of events) {
    const ctx = at(account, region);
    const change = body as StateChange;
    await evaluateParents(ctx, change.alarm);
    const wait = await suppression(ctx, change.alarm);
    if (wait === undefined) await act(ctx, change);
    else if (wait > 0) later(ctx, 'cloudwatch/suppressed', change, wait);
  }
};

/** Actions that waited for their suppressor: it is in ALARM by now, or they happen, if the alarm is still in the state. */
export async function actAfterWait(_id: string, payload: unknown, ctx: Context): Promise<void> {
  const change = payload as StateChange;
  const row = await ctx.records.get(alarms, change.alarm.name);
  if (row === undefined || row.state !== change.alarm.state) return;
  const suppressor = row.suppressor && (await ctx.records.get(alarms, alarmName(ctx, row.suppressor.alarm)));
  if (suppressor?.state !== 'ALARM') await act(ctx, change);
}

/** Undefined: nothing suppresses. 0: suppressed. Else ms to wait whether the suppressor comes to alarm. */
async function suppression(ctx: Context, { suppressor, state }: AlarmRow): Promise<number | undefined> {
  if (suppressor === undefined) return undefined;
  const row = await ctx.records.get(alarms, alarmName(ctx, suppressor.alarm));
  if (row === undefined) return undefined;
  if (row.state === 'ALARM') return 0;
  const sinceOver = ctx.now - row.transitioned;
  if (row.state === 'OK' && sinceOver < suppressor.extensionSeconds * 1000) return 0;
  return state === 'ALARM' ? suppressor.waitSeconds * 1000 : undefined;
}

function actionsFor({ state, okActions, alarmActions, insufficientActions }: AlarmRow): readonly string[] {
  return { OK: okActions, ALARM: alarmActions, INSUFFICIENT_DATA: insufficientActions }[state];
}

async function act(ctx: Context, change: StateChange): Promise<void> {
  const { alarm } = change;
  if (!alarm.actionsEnabled) return;
  for (const action of actionsFor(alarm)) await actOnce(ctx, action, change, 1);
}

type Retry = { readonly action: string; readonly change: StateChange; readonly attempt: number };

/** An action that failed before. */
export async function actAgain(_id: string, payload: unknown, ctx: Context): Promise<void> {
  const { action, change, attempt } = payload as Retry;
  await actOnce(ctx, action, change, attempt);
}

async function actOnce(ctx: Context, action: string, change: StateChange, attempt: number): Promise<void> {
  const { alarm } = change;
  try {
    await perform(ctx, action, change);
    remember(ctx, alarm, 'Action', `Successfully executed action ${action}`, actionData(action, alarm, 'Succeeded'));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const said = { ...actionData(action, alarm, 'Failed'), error: error.message };
    remember(ctx, alarm, 'Action', `Failed to execute action ${action}. Received error: "${error.message}"`, said);
    if (attempt >= tries || (error.status ?? 400) < 500) return;
    const runAt = ctx.now + 60_000 * 2 ** (attempt - 1);
    const retry: Retry = { action, change, attempt: attempt + 1 };
    const id = jobId(ctx.account, ctx.region, `${alarm.name}|${ctx.uuid()}`);
    ctx.schedule({ kind: 'cloudwatch/action', id, runAt, payload: retry });
  }
}

function later(ctx: Context, kind: string, change: StateChange, ms: number): void {
  const id = jobId(ctx.account, ctx.region, `${change.alarm.name}|${ctx.uuid()}`);
  ctx.schedule({ kind, id, runAt: ctx.now + ms, payload: change });
}

async function perform(ctx: Context, action: string, change: StateChange): Promise<void> {
  const { alarm } = change;
  const [, , service, region = '', account = ''] = action.split(':');
  const place = { account, region, source: { arn: alarm.arn, account: ctx.account, owner: true } } as const;
  if (service === 'sns') {
    const Subject = `${alarm.state}: "${alarm.name}" in ${regionName(ctx.region)}`.slice(0, 100);
    const Message = JSON.stringify(notice(ctx, change));
    await ctx.call('sns', 'Publish', { TopicArn: action, Subject, Message }, { as: 'service', ...place });
    return;
  }
  const Payload = Buffer.from(JSON.stringify(invocation(ctx, change)));
  const input = { FunctionName: action, InvocationType: 'Event', Payload } as const;
  await ctx.call('lambda', 'Invoke', input, { as: { service: 'lambda.alarms.cloudwatch.amazonaws.com' }, ...place });
}

function actionData(action: string, { state, arn }: AlarmRow, actionState: string): object {
  return { actionState, notificationResource: action, stateValue: state, alarmArn: arn };
}

/** The event of a function (recorded). */
function invocation(ctx: Context, { alarm, before }: StateChange): object {
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: ctx.account,
    time: zoned(alarm.updated),
    region: ctx.region,
    alarmData: {
      alarmName: alarm.name,
      state: shownState(alarm),
      previousState: shownState(before),
      configuration: alarmData(alarm),
    },
  };
}

/** The message to a topic (recorded). */
function notice(ctx: Context, { alarm, before }: StateChange): object {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: ctx.account,
    AlarmConfigurationUpdatedTimestamp: zoned(alarm.configured),
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: zoned(alarm.updated),
    Region: regionName(ctx.region),
    AlarmArn: alarm.arn,
    OldStateValue: before.state,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientActions,
    ...(alarm.metric === undefined ? { AlarmRule: alarm.rule } : { Trigger: triggerOf(alarm.metric) }),
  };
}

function triggerOf(metric: NonNullable<AlarmRow['metric']>): object {
  const { single, queries } = metric;
  const watched =
    single === undefined
      ? { Metrics: queries }
      : {
          MetricName: single.name,
          Namespace: single.namespace,
          StatisticType: single.extended ? 'ExtendedStatistic' : 'Statistic',
          ...(single.extended
            ? { ExtendedStatistic: single.statistic }
            : { Statistic: statisticNames[single.statistic] ?? single.statistic }),
          Unit: single.unit ?? null,
          Dimensions: single.dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
        };
  return {
    ...watched,
    Period: metric.period,
    EvaluationPeriods: metric.evaluationPeriods,
    ...(metric.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: metric.datapointsToAlarm }),
    ComparisonOperator: metric.comparison,
    Threshold: metric.threshold,
    TreatMissingData: metric.treatMissingData ?? '',
    EvaluateLowSampleCountPercentile: metric.evaluateLowSampleCount ?? '',
  };
}

const statisticNames: Readonly<Record<string, string>> = {
  Average: 'AVERAGE',
  Maximum: 'MAXIMUM',
  Minimum: 'MINIMUM',
  SampleCount: 'SAMPLE_COUNT',
  Sum: 'SUM',
};

/** Names of regions as CloudWatch's messages have them. */
const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-north-1': 'EU (Stockholm)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
};

function regionName(region: string): string {
  return regionNames[region] ?? region;
}
