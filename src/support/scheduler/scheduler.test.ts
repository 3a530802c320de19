import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { type CreateScheduleCommandInput, Scheduler } from '@aws-sdk/client-scheduler';
import { ServiceError } from '#wire/service-error.ts';
import { openStage, type Stage } from '../eventbridge/targets-for-tests.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('schedules', () => {
  let stage: Stage;
  let scheduler: Scheduler;
  let RoleArn: string;
  const arnOf = (name: string, service = 'sqs') => `arn:aws:${service}:us-east-1:${stage.ringwall.account}:${name}`;

  before(async () => {
    stage = await openStage();
    scheduler = new Scheduler(stage.ringwall.client);
    const iam = new IAM(stage.ringwall.client);
    const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.createRole({ RoleName: 'clock', AssumeRolePolicyDocument: documentOf(trust) });
    RoleArn = Role?.Arn ?? '';
    const may = ['sqs:SendMessage', 'lambda:InvokeFunction', 'events:PutEvents', 'iam:CreateGroup', 'sns:Publish'];
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: may, Resource: '*' });
    await iam.putRolePolicy({ RoleName: 'clock', PolicyName: 'may', PolicyDocument });
  });
  after(() => stage.ringwall.stop());

  const create = (
    Name: string,
    ScheduleExpression: string,
    target: object = {},
    more: Partial<CreateScheduleCommandInput> = {},
  ) =>
    scheduler.createSchedule({
      Name,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arnOf(Name), RoleArn, Input: '{"n":1}', ...target },
      ...more,
    });
  const now = () => stage.ringwall.installation.clock.now();
  const soon = (ms: number) => new Date(now() + ms).toISOString().slice(0, 19);

  it('runs once at its time, and goes afterwards where it should', async () => {
    await create('once', `at(${soon(10 * minute)})`, {}, { ActionAfterCompletion: 'DELETE' });
    await create('stays', `at(${soon(10 * minute)})`);
    await stage.ringwall.advance(9 * minute);
    assert.equal((await stage.taken('once')).length, 0);
    await stage.ringwall.advance(hour);
    assert.equal((await stage.taken('once')).length, 1);
    assert.equal((await stage.taken('stays')).length, 1);
    await assert.rejects(scheduler.getSchedule({ Name: 'once' }), {
      name: 'ResourceNotFoundException',
      message: 'Schedule once does not exist.',
    });
    assert.equal((await scheduler.getSchedule({ Name: 'stays' })).State, 'ENABLED');
  });

  it('repeats between its start and its end', async () => {
    const StartDate = new Date(now() + hour);
    await create(
      'repeats',
      'rate(10 minutes)',
      {},
      { StartDate, EndDate: new Date(StartDate.getTime() + 25 * minute) },
    );
    for (let n = 0; n < 20; n += 1) await stage.ringwall.advance(5 * minute);
    await stage.ringwall.advance(hour);
    assert.equal((await stage.taken('repeats')).length, 3);
  });

  it('makes up for runs that were missed by one, and then keeps its times', async () => {
    await create('missed', 'rate(10 minutes)');
    await stage.ringwall.settled();
    assert.equal((await stage.taken('missed')).length, 1);
    await stage.ringwall.advance(35 * minute);
    assert.equal((await stage.taken('missed')).length, 2);
    await stage.ringwall.advance(5 * minute);
    assert.equal((await stage.taken('missed')).length, 3);
    await scheduler.deleteSchedule({ Name: 'missed' });
  });

  it('follows the clocks of its zone', async () => {
    const { ScheduleArn } = await create(
      'zone',
      'cron(30 9 ? * MON-FRI *)',
      {},
      { ScheduleExpressionTimezone: 'America/New_York' },
    );
    assert.equal(ScheduleArn, `arn:aws:scheduler:us-east-1:${stage.ringwall.account}:schedule/default/zone`);
    const { ScheduleExpressionTimezone, Target } = await scheduler.getSchedule({ Name: 'zone' });
    assert.equal(ScheduleExpressionTimezone, 'America/New_York');
    assert.deepEqual(Target?.RetryPolicy, { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
    await assert.rejects(create('nowhere', 'rate(1 day)', {}, { ScheduleExpressionTimezone: 'Mars/Base' }), {
      name: 'ValidationException',
    });
  });

  it('runs within its flexible window', async () => {
    await create(
      'flexible',
      `at(${soon(10 * minute)})`,
      {},
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } },
    );
    await stage.ringwall.advance(10 * minute - 1_000);
    assert.equal((await stage.taken('flexible')).length, 0);
    await stage.ringwall.advance(15 * minute + 1_000);
    assert.equal((await stage.taken('flexible')).length, 1);
  });

  it('tells targets about the run', async () => {
    await create('facts', `at(${soon(minute)})`, {
      Input:
        '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>}',
    });
    await create('plain', `at(${soon(minute)})`, { Input: undefined });
    const at = `${soon(minute)}Z`;
    await stage.ringwall.advance(2 * minute);
    const arn = `arn:aws:scheduler:us-east-1:${stage.ringwall.account}:schedule/default/`;
    assert.deepEqual(await stage.bodies('facts'), [{ arn: `${arn}facts`, at, try: 1 }]);
    const [event] = await stage.bodies('plain');
    assert.deepEqual(
      [event?.['source'], event?.['resources'], event?.['detail']],
      ['aws.scheduler', [`${arn}plain`], '{}'],
    );
  });

  it('calls functions, topics, buses and any operation', async () => {
    const at = `at(${soon(minute)})`;
    await create('f', at, { Arn: arnOf('function:f', 'lambda') });
    await create('b', at, {
      Arn: arnOf('event-bus/default', 'events'),
      EventBridgeParameters: { Source: 'clock', DetailType: 'tick' },
    });
    await create('u', at, { Arn: 'arn:aws:scheduler:::aws-sdk:iam:createGroup', Input: '{"GroupName":"made"}' });
    const { EventBridge } = await import('@aws-sdk/client-eventbridge');
    const events = new EventBridge(stage.ringwall.client);
    await events.putRule({ Name: 'tick', EventPattern: '{"source":["clock"]}' });
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
    ];
    stage.policies.set('ticks', JSON.stringify({ Version: '2012-10-17', Statement }));
    await events.putTargets({ Rule: 'tick', Targets: [{ Id: 'q', Arn: arnOf('ticks') }] });
    await stage.ringwall.advance(2 * minute);
    assert.deepEqual(await stage.bodies('function:f'), [{ n: 1 }]);
    assert.deepEqual(
      (await stage.bodies('ticks')).map(({ detail }) => detail),
      [{ n: 1 }],
    );
    const iam = new IAM(stage.ringwall.client);
    assert.equal((await iam.getGroup({ GroupName: 'made' })).Group?.GroupName, 'made');
    await assert.rejects(create('reads', at, { Arn: 'arn:aws:scheduler:::aws-sdk:iam:getGroup' }), {
      name: 'ValidationException',
    });
  });

  it('tries again, then gives the input to the dead-letter queue', async () => {
    stage.refusals.set('weak', new ServiceError('ThrottlingException', 'slow down'));
    await create('weak', `at(${soon(minute)})`, {
      RetryPolicy: { MaximumRetryAttempts: 1 },
      DeadLetterConfig: { Arn: arnOf('weak-dead') },
    });
    await stage.ringwall.advance(2 * minute);
    await stage.ringwall.advance(2 * minute);
    const [message, ...more] = await stage.taken('weak-dead');
    assert.equal(more.length, 0);
    assert.equal(message?.body, '{"n":1}');
    const { ERROR_CODE, EXHAUSTED_RETRY_CONDITION, RETRY_ATTEMPTS, TARGET_ARN } = message?.attributes ?? {};
    assert.deepEqual(
      [ERROR_CODE, EXHAUSTED_RETRY_CONDITION, RETRY_ATTEMPTS, TARGET_ARN],
      ['THROTTLING', 'MaximumRetryAttempts', '1', arnOf('weak')],
    );
  });

  it('disabled, changed and deleted schedules do not run', async () => {
    await create('off', `at(${soon(minute)})`, {}, { State: 'DISABLED' });
    await create('later', `at(${soon(minute)})`);
    const target = { Arn: arnOf('later'), RoleArn };
    const window = { FlexibleTimeWindow: { Mode: 'OFF' as const } };
    await scheduler.updateSchedule({
      Name: 'later',
      ScheduleExpression: `at(${soon(hour)})`,
      Target: target,
      ...window,
    });
    await create('deleted', `at(${soon(minute)})`);
    await scheduler.deleteSchedule({ Name: 'deleted' });
    await stage.ringwall.advance(5 * minute);
    for (const name of ['off', 'later', 'deleted']) assert.equal((await stage.taken(name)).length, 0, name);
    await stage.ringwall.advance(hour);
    assert.equal((await stage.taken('later')).length, 1);
  });

  it('answers the same request again, refuses another', async () => {
    await create('twice', 'rate(1 day)', {}, { ClientToken: 't1' });
    await create('twice', 'rate(1 day)', {}, { ClientToken: 't1' });
    await assert.rejects(create('twice', 'rate(2 days)', {}, { ClientToken: 't2' }), {
      name: 'ConflictException',
      message: 'Schedule twice already exists.',
    });
  });

  it('keeps schedules in groups, which go with them', async () => {
    await scheduler.createScheduleGroup({ Name: 'g', Tags: [{ Key: 'a', Value: '1' }] });
    for (const n of [1, 2, 3]) await create(`s${n}`, 'rate(1 day)', {}, { GroupName: 'g' });
    const first = await scheduler.listSchedules({ GroupName: 'g', MaxResults: 2 });
    const second = await scheduler.listSchedules({ GroupName: 'g', NextToken: first.NextToken });
    assert.deepEqual(
      [...(first.Schedules ?? []), ...(second.Schedules ?? [])].map(({ Name }) => Name),
      ['s1', 's2', 's3'],
    );
    const { ScheduleGroups } = await scheduler.listScheduleGroups({});
    assert.deepEqual(
      ScheduleGroups?.map(({ Name }) => Name),
      ['default', 'g'],
    );
    const { Arn = '' } = await scheduler.getScheduleGroup({ Name: 'g' });
    await scheduler.tagResource({ ResourceArn: Arn, Tags: [{ Key: 'b', Value: '2' }] });
    await scheduler.untagResource({ ResourceArn: Arn, TagKeys: ['a'] });
    assert.deepEqual((await scheduler.listTagsForResource({ ResourceArn: Arn })).Tags, [{ Key: 'b', Value: '2' }]);
    await scheduler.deleteScheduleGroup({ Name: 'g' });
    await stage.ringwall.settled();
    await assert.rejects(scheduler.getScheduleGroup({ Name: 'g' }), { name: 'ResourceNotFoundException' });
    await assert.rejects(scheduler.getSchedule({ GroupName: 'g', Name: 's1' }), { name: 'ResourceNotFoundException' });
    await assert.rejects(scheduler.deleteScheduleGroup({ Name: 'default' }), { name: 'ValidationException' });
  });
});
