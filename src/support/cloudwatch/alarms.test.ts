import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudWatch, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import type { Context } from '#runtime/context.ts';
import type { AnyOperation } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const minute = 60_000;
const topic = 'arn:aws:sns:us-east-1:123456789012:pager';
const gone = 'arn:aws:sns:us-east-1:123456789012:gone';
const work = 'arn:aws:lambda:us-east-1:123456789012:function:mend';

type Said = { readonly as: string; readonly source: string | undefined; readonly input: Record<string, unknown> };

describe('alarms', () => {
  let ringwall: Ringwall;
  let cloudwatch: CloudWatch;
  const said: Said[] = [];
  const events: Record<string, unknown>[] = [];

  before(async () => {
    ringwall = await startRingwall();
    cloudwatch = new CloudWatch(ringwall.client);
    const services = ringwall.installation.house.services as Map<string, Service>;
    const listen: AnyOperation = {
      resource: 'none',
      handle: async (input: Record<string, unknown>, ctx: Context) => {
        said.push({ as: ctx.principal.arn, source: undefined, input });
        if (input['TopicArn'] === gone) {
          const { ServiceError } = await import('#wire/service-error.ts');
          throw new ServiceError('NotFound', 'Topic does not exist', { status: 404 });
        }
        return {};
      },
    };
    const standIn = (name: string, operation: string) =>
      services.set(name, {
        name,
        prefix: name,
        host: `${name}.amazonaws.com`,
        operations: { [operation]: listen },
        collections: [],
      });
    standIn('sns', 'Publish');
    standIn('lambda', 'Invoke');
    const listener: Service = {
      name: 'events',
      prefix: 'events',
      host: 'events.amazonaws.com',
      operations: {},
      collections: [],
      subscribers: {
        event: async (published) => void events.push(...published.map(({ body }) => body as Record<string, unknown>)),
      },
    };
    services.set('events', listener);
  });
  after(async () => {
    cloudwatch.destroy();
    await ringwall.stop();
  });

  const put = (MetricName: string, Value: number) =>
    cloudwatch.putMetricData({
      Namespace: 'shop',
      MetricData: [{ MetricName, Value, Timestamp: new Date(ringwall.installation.clock.now()) }],
    });
  const alarm = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
    cloudwatch.putMetricAlarm({
      AlarmName,
      Namespace: 'shop',
      MetricName: AlarmName,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      ...more,
    });
  const describeOne = async (AlarmName: string) =>
    await cloudwatch.describeAlarms({ AlarmNames: [AlarmName], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  const stateOf = async (name: string) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await describeOne(name);
    return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue;
  };
  /** To the begin of the next minute, and what is due then is done. */
  const nextMinute = async () => {
    const now = ringwall.installation.clock.now();
    await ringwall.advance(minute - (now % minute) + 10);
    await ringwall.settled();
  };

  test('a breach alarms, tells the topic and the function, and is an event; the end of it is told as well', async () => {
    await alarm('cpu', { AlarmActions: [topic, work], OKActions: [topic], AlarmDescription: 'too hot' });
    assert.equal(await stateOf('cpu'), 'INSUFFICIENT_DATA');
    await nextMinute();
    await put('cpu', 11);
    said.length = 0;
    await nextMinute();
    assert.equal(await stateOf('cpu'), 'ALARM');
    const [notice, invocation] = said;
    assert.equal(notice?.as, 'cloudwatch.amazonaws.com');
    assert.equal(notice?.input['Subject'], 'ALARM: "cpu" in US East (N. Virginia)');
    const message = JSON.parse(String(notice?.input['Message'])) as Record<string, unknown>;
    assert.match(
      String(message['NewStateReason']),
      /^Threshold Crossed: 1 datapoint \[11\.0 \(\d\d\/\d\d\/\d\d \d\d:\d\d:00\)\] was greater than the threshold \(10\.0\)\.$/,
    );
    assert.deepEqual(
      [message['OldStateValue'], message['NewStateValue'], message['AWSAccountId']],
      ['INSUFFICIENT_DATA', 'ALARM', '123456789012'],
    );
    assert.equal(invocation?.as, 'lambda.alarms.cloudwatch.amazonaws.com');
    assert.equal(invocation?.input['InvocationType'], 'Event');
    const [event] = events.slice(-1);
    assert.equal(event?.['detailType'], 'CloudWatch Alarm State Change');
    await put('cpu', 1);
    await nextMinute();
    assert.equal(await stateOf('cpu'), 'OK');
    assert.match(String(said.at(-1)?.input['Subject']), /^OK: /);
    const { AlarmHistoryItems = [] } = await cloudwatch.describeAlarmHistory({ AlarmName: 'cpu' });
    assert.deepEqual(
      AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)
        .toReversed()
        .slice(0, 4),
      [
        'Alarm "cpu" created',
        'Alarm updated from INSUFFICIENT_DATA to ALARM',
        `Successfully executed action ${topic}`,
        `Successfully executed action ${work}`,
      ],
    );
  });

  test('M of N periods; missing ones by what was said of them', async () => {
    await alarm('two-of-three', { EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    await alarm('silent-bad', { TreatMissingData: 'breaching' });
    await alarm('silent-fine', { TreatMissingData: 'notBreaching' });
    await alarm('silent-same', { TreatMissingData: 'ignore' });
    await nextMinute();
    await put('two-of-three', 11);
    await nextMinute();
    assert.notEqual(await stateOf('two-of-three'), 'ALARM');
    await put('two-of-three', 5);
    await nextMinute();
    await put('two-of-three', 12);
    await nextMinute();
    assert.equal(await stateOf('two-of-three'), 'ALARM');
    assert.deepEqual(
      [await stateOf('silent-bad'), await stateOf('silent-fine'), await stateOf('silent-same')],
      ['ALARM', 'OK', 'INSUFFICIENT_DATA'],
    );
    for (let passed = 0; passed < 7; passed += 1) await nextMinute();
    assert.equal(await stateOf('two-of-three'), 'INSUFFICIENT_DATA');
    const { MetricAlarms = [] } = await describeOne('silent-bad');
    assert.equal(
      MetricAlarms[0]?.StateReason,
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    );
  });

  test('an alarm on math', async () => {
    const stat = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'shop', MetricName }, Period: 60, Stat: 'Sum' },
    });
    await cloudwatch.putMetricAlarm({
      AlarmName: 'rate',
      EvaluationPeriods: 1,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Metrics: [stat('failed', 'failures'), stat('all', 'requests'), { Id: 'rate', Expression: 'failed / all' }],
    });
    await nextMinute();
    await put('failures', 3);
    await put('requests', 5);
    await nextMinute();
    assert.equal(await stateOf('rate'), 'ALARM');
  });

  test('a composite alarm follows its children, and is held back by its suppressor', async () => {
    for (const name of ['left', 'right', 'deploy']) await alarm(name, { TreatMissingData: 'ignore' });
    await cloudwatch.putCompositeAlarm({
      AlarmName: 'both',
      AlarmRule: 'ALARM(left) AND ALARM("right")',
      AlarmActions: [topic],
      ActionsSuppressor: 'deploy',
      ActionsSuppressorWaitPeriod: 60,
      ActionsSuppressorExtensionPeriod: 60,
    });
    const set = async (AlarmName: string, StateValue: 'ALARM' | 'OK') => {
      await cloudwatch.setAlarmState({ AlarmName, StateValue, StateReason: 'by hand' });
      await ringwall.settled();
    };
    assert.equal(await stateOf('both'), 'OK');
    await set('left', 'ALARM');
    assert.equal(await stateOf('both'), 'OK');
    said.length = 0;
    await set('deploy', 'ALARM');
    await set('right', 'ALARM');
    assert.equal(await stateOf('both'), 'ALARM');
    assert.equal(said.length, 0);
    await set('left', 'OK');
    await set('deploy', 'OK');
    await ringwall.advance(61_000);
    await set('left', 'ALARM');
    await set('right', 'ALARM');
    assert.equal(await stateOf('both'), 'ALARM');
    assert.equal(said.length, 0, 'the suppressor has a minute to come');
    await ringwall.advance(61_000);
    assert.match(String(said[0]?.input['Subject']), /^ALARM: "both"/);
    await assert.rejects(cloudwatch.deleteAlarms({ AlarmNames: ['left'] }), /used by the composite alarm both/);
    const circle = cloudwatch.putCompositeAlarm({ AlarmName: 'both', AlarmRule: 'ALARM(both)' });
    await assert.rejects(circle, /depends on both itself/);
    await assert.rejects(cloudwatch.putCompositeAlarm({ AlarmName: 'x', AlarmRule: 'ALARM(nobody)' }), /do not exist/);
    await cloudwatch.deleteAlarms({ AlarmNames: ['left', 'right', 'deploy', 'both'] });
  });

  test('an action that cannot be done is in the history, and does not hold up the next', async () => {
    await alarm('lost', { AlarmActions: [gone, topic] });
    said.length = 0;
    await cloudwatch.setAlarmState({ AlarmName: 'lost', StateValue: 'ALARM', StateReason: 'by hand' });
    await ringwall.settled();
    assert.deepEqual(
      said.map(({ input }) => input['TopicArn']),
      [gone, topic],
    );
    const { AlarmHistoryItems = [] } = await cloudwatch.describeAlarmHistory({
      AlarmName: 'lost',
      HistoryItemType: 'Action',
    });
    const summaries = AlarmHistoryItems.map(({ HistorySummary = '' }) => HistorySummary.slice(0, 12)).sort();
    assert.deepEqual(summaries, ['Failed to ex', 'Successfully']);
  });

  test('actions that are switched off do not happen', async () => {
    await alarm('quiet', { AlarmActions: [topic] });
    await cloudwatch.disableAlarmActions({ AlarmNames: ['quiet'] });
    said.length = 0;
    await cloudwatch.setAlarmState({ AlarmName: 'quiet', StateValue: 'ALARM', StateReason: 'by hand' });
    await ringwall.settled();
    assert.deepEqual(said, []);
    await cloudwatch.enableAlarmActions({ AlarmNames: ['quiet'] });
    await cloudwatch.setAlarmState({ AlarmName: 'quiet', StateValue: 'OK', StateReason: 'by hand' });
    await cloudwatch.setAlarmState({ AlarmName: 'quiet', StateValue: 'ALARM', StateReason: 'by hand' });
    await ringwall.settled();
    assert.equal(said.length, 1);
  });

  test('lists, tags, and what is not there', async () => {
    await alarm('tagged', { Tags: [{ Key: 'team', Value: 'blue' }] });
    const ResourceARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:tagged';
    await cloudwatch.tagResource({ ResourceARN, Tags: [{ Key: 'tier', Value: '1' }] });
    await cloudwatch.untagResource({ ResourceARN, TagKeys: ['team'] });
    assert.deepEqual((await cloudwatch.listTagsForResource({ ResourceARN })).Tags, [{ Key: 'tier', Value: '1' }]);
    const names = async (input: object) =>
      ((await cloudwatch.describeAlarms(input)).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName);
    assert.deepEqual(await names({ AlarmNamePrefix: 'silent-' }), ['silent-bad', 'silent-fine', 'silent-same']);
    assert.deepEqual(await names({ AlarmNamePrefix: 'silent-', StateValue: 'ALARM' }), ['silent-bad']);
    const paged: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloudwatch.describeAlarms({
        MaxRecords: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      paged.push(...(page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    assert.deepEqual(paged, await names({}));
    const forMetric = { Namespace: 'shop', MetricName: 'cpu' };
    assert.equal((await cloudwatch.describeAlarmsForMetric(forMetric)).MetricAlarms?.length, 1);
    await assert.rejects(cloudwatch.setAlarmState({ AlarmName: 'nobody', StateValue: 'OK', StateReason: 'x' }), {
      name: /^ResourceNotFound/,
    });
    await assert.rejects(
      alarm('wrong', { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] }),
      /unsupported action/,
    );
    await assert.rejects(alarm('wrong', { Period: 61 }), /multiple of 60/);
    await assert.rejects(alarm('wrong', { EvaluationPeriods: 1_441 }), /more than a day/);
    await assert.rejects(alarm('wrong', { ExtendedStatistic: 'p50' }), /Exactly one/);
  });
});
