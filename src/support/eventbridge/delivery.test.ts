import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { ServiceError } from '#wire/service-error.ts';
import { openStage, queuePolicy, type Stage } from './targets-for-tests.ts';

describe('delivery', () => {
  let stage: Stage;
  let events: EventBridge;
  let iam: IAM;
  const arnOf = (name: string, service = 'sqs') => `arn:aws:${service}:us-east-1:${stage.ringwall.account}:${name}`;

  before(async () => {
    stage = await openStage();
    events = new EventBridge(stage.ringwall.client);
    iam = new IAM(stage.ringwall.client);
  });
  after(() => stage.ringwall.stop());

  const rule = async (name: string, source: string, target: object, more = {}) => {
    await events.putRule({ Name: name, EventPattern: JSON.stringify({ source: [source] }), ...more });
    await events.putTargets({ Rule: name, Targets: [{ Id: 'one', Arn: '', ...target }] });
  };
  const queue = (name: string) => {
    stage.policies.set(name, queuePolicy(arnOf(name)));
    return arnOf(name);
  };
  const put = (source: string, detail: object, more = {}) =>
    events.putEvents({ Entries: [{ Source: source, DetailType: 'ordered', Detail: JSON.stringify(detail), ...more }] });
  const role = async (name: string, service: string, statements: readonly object[]) => {
    const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
    const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: documentOf(trust) });
    await iam.putRolePolicy({ RoleName: name, PolicyName: 'may', PolicyDocument: documentOf(statements) });
    return Role?.Arn ?? '';
  };

  it('brings what matches to a queue, as AWS writes events', async () => {
    await rule('orders', 'shop', { Arn: queue('orders') });
    const { Entries, FailedEntryCount } = await put(
      'shop',
      { id: 1 },
      { Time: new Date('2026-01-31T12:00:00.900Z'), Resources: ['arn:a'] },
    );
    await put('other', { id: 2 });
    assert.equal(FailedEntryCount, 0);
    assert.deepEqual(await stage.bodies('orders'), [
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'ordered',
        source: 'shop',
        account: stage.ringwall.account,
        time: '2026-01-31T12:00:00Z',
        region: 'us-east-1',
        resources: ['arn:a'],
        detail: { id: 1 },
      },
    ]);
  });

  it('sends ten events of a call as one batch, in their order, numbers as they were written', async () => {
    await rule('batch', 'batch', { Arn: queue('batch') });
    const calls = stage.calls.get('SendMessageBatch') ?? 0;
    const Entries = Array.from({ length: 10 }, (_, n) => ({
      Source: 'batch',
      DetailType: 't',
      Detail: `{ "n": ${n}, "big": 12345678901234567890 }`,
    }));
    await events.putEvents({ Entries });
    const taken = await stage.taken('batch');
    assert.deepEqual(
      taken.map(({ body }) => body.slice(body.indexOf('"detail":{'))),
      Entries.map((_, n) => `"detail":{"n":${n},"big":12345678901234567890}}`),
    );
    assert.equal(stage.calls.get('SendMessageBatch'), calls + 1);
  });

  it('reaches topics, functions, log groups and queues with order', async () => {
    const all: readonly (readonly [string, string])[] = [
      ['topic', 'sns'],
      ['function:worker', 'lambda'],
      ['log-group:/aws/events/all', 'logs'],
    ];
    const actions: Record<string, string> = {
      sns: 'sns:Publish',
      lambda: 'lambda:InvokeFunction',
      logs: 'logs:PutLogEvents',
    };
    await events.putRule({ Name: 'all', EventPattern: '{"source":["all"]}' });
    for (const [name, service] of all) {
      stage.policies.set(name, queuePolicy('*', actions[service]));
      await events.putTargets({ Rule: 'all', Targets: [{ Id: service, Arn: arnOf(name, service) }] });
    }
    await events.putTargets({
      Rule: 'all',
      Targets: [{ Id: 'fifo', Arn: queue('line.fifo'), SqsParameters: { MessageGroupId: 'g' } }],
    });
    await put('all', { id: 7 });
    for (const [name] of all)
      assert.deepEqual(
        (await stage.bodies(name)).map(({ detail }) => detail),
        [{ id: 7 }],
        name,
      );
    assert.deepEqual(
      (await stage.taken('line.fifo')).map(({ group }) => group),
      ['g'],
    );
  });

  it('changes what a target gets: constant, part, template', async () => {
    await rule('constant', 'change', { Arn: queue('constant'), Input: '{"a":1}' });
    await rule('part', 'change', { Arn: queue('part'), InputPath: '$.detail.who' });
    await rule('template', 'change', {
      Arn: queue('template'),
      InputTransformer: {
        InputPathsMap: { who: '$.detail.who', none: '$.detail.none' },
        InputTemplate: '{"text": "<who> of <aws.events.rule-name>", "who": <who>, "none": "<none>"}',
      },
    });
    await put('change', { who: 'An"n' });
    assert.deepEqual(
      (await stage.taken('constant')).map(({ body }) => body),
      ['{"a":1}'],
    );
    assert.deepEqual(
      (await stage.taken('part')).map(({ body }) => body),
      ['"An\\"n"'],
    );
    assert.deepEqual(await stage.bodies('template'), [{ text: 'An"n of template', who: 'An"n', none: '' }]);
  });

  it('gives what a target may not get to the dead-letter queue, at once', async () => {
    const target = { Arn: arnOf('closed'), DeadLetterConfig: { Arn: queue('dead') } };
    await rule('closed', 'closed', target);
    await put('closed', { id: 1 });
    const [message] = await stage.taken('dead');
    const { ERROR_MESSAGE: text, ...attributes } = message?.attributes ?? {};
    assert.deepEqual(attributes, {
      RULE_ARN: `arn:aws:events:us-east-1:${stage.ringwall.account}:rule/closed`,
      TARGET_ARN: arnOf('closed'),
      ERROR_CODE: 'NO_PERMISSIONS',
      RETRY_ATTEMPTS: '0',
    });
    assert.match(text ?? '', /not authorized to perform: sqs:SendMessage/);
    assert.deepEqual(JSON.parse(message?.body ?? '').detail, { id: 1 });
  });

  it('tries again what a target could not take, until it can', async () => {
    await rule('weak', 'weak', { Arn: queue('weak') });
    stage.refusals.set('weak', new ServiceError('InternalFailure', 'not now'));
    await put('weak', { id: 1 });
    assert.deepEqual(await stage.bodies('weak'), []);
    await stage.ringwall.advance(2_000);
    stage.refusals.delete('weak');
    await stage.ringwall.advance(4_000);
    assert.deepEqual(
      (await stage.bodies('weak')).map(({ detail }) => detail),
      [{ id: 1 }],
    );
  });

  it('goes on with other targets when one breaks', async () => {
    await rule('broken', 'broken', { Arn: queue('broken'), RetryPolicy: { MaximumRetryAttempts: 0 } });
    await rule('whole', 'broken', { Arn: queue('whole') });
    stage.refusals.set('broken', new TypeError('undefined is not a function') as ServiceError);
    await put('broken', {});
    assert.equal((await stage.bodies('whole')).length, 1);
    assert.equal((await stage.bodies('broken')).length, 0);
  });

  it('gives up after the attempts, or the age, that the target allows', async () => {
    const refusal = new ServiceError('ThrottlingException', 'slow down');
    const cases = [
      [
        'tries',
        { MaximumRetryAttempts: 2 },
        { EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '2' },
      ],
      ['old', { MaximumEventAgeInSeconds: 60 }, { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' }],
    ] as const;
    for (const [name, RetryPolicy, expected] of cases) {
      stage.refusals.set(name, refusal);
      await rule(name, name, { Arn: queue(name), RetryPolicy, DeadLetterConfig: { Arn: queue(`${name}-dead`) } });
      await put(name, {});
      for (let n = 0; n < 12; n += 1) await stage.ringwall.advance(15_000);
      const [message, ...more] = await stage.taken(`${name}-dead`);
      assert.equal(more.length, 0);
      assert.equal(message?.attributes['ERROR_CODE'], 'THROTTLING');
      for (const [key, value] of Object.entries(expected)) assert.equal(message?.attributes[key], value, key);
    }
  });

  it('drops what waits for a target that is removed', async () => {
    await rule('gone', 'gone', { Arn: queue('gone') });
    stage.refusals.set('gone', new ServiceError('InternalFailure', 'not now'));
    await put('gone', {});
    await stage.ringwall.settled();
    await events.removeTargets({ Rule: 'gone', Ids: ['one'] });
    stage.refusals.delete('gone');
    await stage.ringwall.advance(86_400_000);
    assert.deepEqual(await stage.bodies('gone'), []);
  });

  it('acts as the role of the target, while there is one that may', async () => {
    const RoleArn = await role('sender', 'events.amazonaws.com', [
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('private') },
    ]);
    await rule('role', 'role', { Arn: arnOf('private'), RoleArn, DeadLetterConfig: { Arn: queue('role-dead') } });
    await put('role', { id: 1 });
    assert.equal((await stage.bodies('private')).length, 1);
    await iam.deleteRolePolicy({ RoleName: 'sender', PolicyName: 'may' });
    await put('role', { id: 2 });
    assert.equal((await stage.bodies('private')).length, 1);
    await iam.deleteRole({ RoleName: 'sender' });
    await put('role', { id: 3 });
    const dead = await stage.taken('role-dead');
    assert.deepEqual(
      dead.map(({ body }) => JSON.parse(body).detail.id),
      [2, 3],
    );
  });

  it('wants iam:PassRole of who hands a role to a target', async () => {
    await iam.createUser({ UserName: 'limited' });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'limited' });
    const Statement = [{ Effect: 'Allow', Action: 'events:*', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.putUserPolicy({ UserName: 'limited', PolicyName: 'may', PolicyDocument });
    const limited = new EventBridge(
      stage.ringwall.as({
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }),
    );
    const RoleArn = `arn:aws:iam::${stage.ringwall.account}:role/any`;
    await assert.rejects(
      limited.putTargets({ Rule: 'orders', Targets: [{ Id: 'x', Arn: arnOf('orders'), RoleArn }] }),
      { name: 'AccessDeniedException', message: /iam:PassRole/ },
    );
  });

  it('forwards from bus to bus, the event as it was, and ends circles', async () => {
    await events.createEventBus({ Name: 'second' });
    const bus = (name: string) => `arn:aws:events:us-east-1:${stage.ringwall.account}:event-bus/${name}`;
    await rule('forward', 'travel', { Arn: bus('second') });
    await events.putRule({ Name: 'back', EventBusName: 'second', EventPattern: '{"source":["travel"]}' });
    await events.putTargets({
      Rule: 'back',
      EventBusName: 'second',
      Targets: [
        { Id: 'queue', Arn: queue('travel') },
        { Id: 'circle', Arn: bus('default') },
      ],
    });
    const { Entries } = await put('travel', { id: 1 });
    const taken = await stage.bodies('travel');
    assert.ok(taken.length >= 1 && taken.length <= 9, `${taken.length} rounds`);
    for (const body of taken) assert.equal(body['id'], Entries?.[0]?.EventId);
  });

  it('brings events of AWS services to the default bus', async () => {
    await rule('service', 'aws.ssm', { Arn: queue('service') });
    const { SSM } = await import('@aws-sdk/client-ssm');
    await new SSM(stage.ringwall.client).putParameter({ Name: 'a', Value: 'b', Type: 'String' });
    const [event] = await stage.bodies('service');
    assert.equal(event?.['detail-type'], 'Parameter Store Change');
    assert.deepEqual(event?.['resources'], [`arn:aws:ssm:us-east-1:${stage.ringwall.account}:parameter/a`]);
    assert.equal(event?.['account'], stage.ringwall.account);
  });

  it('disabled rules, removed rules and changed patterns count at once', async () => {
    await rule('toggle', 'toggle', { Arn: queue('toggle') });
    await events.disableRule({ Name: 'toggle' });
    await put('toggle', { n: 1 });
    await events.enableRule({ Name: 'toggle' });
    await put('toggle', { n: 2 });
    await events.putRule({ Name: 'toggle', EventPattern: '{"source":["another"]}' });
    await put('toggle', { n: 3 });
    assert.deepEqual(
      (await stage.bodies('toggle')).map(({ detail }) => detail),
      [{ n: 2 }],
    );
  });

  it('runs rules by the clock', async () => {
    await events.putRule({ Name: 'clock', ScheduleExpression: 'rate(5 minutes)' });
    await events.putTargets({ Rule: 'clock', Targets: [{ Id: 'one', Arn: queue('clock') }] });
    await stage.ringwall.advance(5 * 60_000);
    await stage.ringwall.advance(5 * 60_000);
    const found = await stage.bodies('clock');
    assert.equal(found.length, 2);
    assert.deepEqual(
      { ...found[0], id: '', time: '' },
      {
        version: '0',
        id: '',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: stage.ringwall.account,
        time: '',
        region: 'us-east-1',
        resources: [`arn:aws:events:us-east-1:${stage.ringwall.account}:rule/clock`],
        detail: {},
      },
    );
    await events.disableRule({ Name: 'clock' });
    await stage.ringwall.advance(60 * 60_000);
    assert.equal((await stage.bodies('clock')).length, 2);
  });
});
