import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { openStage, queuePolicy, type Stage } from './targets-for-tests.ts';

const [owner, guest] = ['222222222222', '444455556666'];

describe('buses of other accounts', () => {
  let stage: Stage;
  /** In open mode a 12-digit access key id is the root of that account. */
  const rootOf = (account: string) => stage.ringwall.as({ accessKeyId: account, secretAccessKey: 'any' });
  let theirs: EventBridge;
  let ours: EventBridge;
  const bus = (account: string, name: string) => `arn:aws:events:us-east-1:${account}:event-bus/${name}`;

  before(async () => {
    stage = await openStage({ auth: 'open' });
    theirs = new EventBridge(rootOf(owner));
    ours = new EventBridge(rootOf(guest));
    await theirs.createEventBus({ Name: 'shared' });
    stage.policies.set('inbox', queuePolicy(`arn:aws:sqs:us-east-1:${owner}:inbox`));
    await theirs.putRule({ Name: 'all', EventBusName: 'shared', EventPattern: '{"source":[{"exists":true}]}' });
    await theirs.putTargets({
      Rule: 'all',
      EventBusName: 'shared',
      Targets: [{ Id: 'q', Arn: `arn:aws:sqs:us-east-1:${owner}:inbox` }],
    });
  });
  after(() => stage.ringwall.stop());

  const entry = (Source: string, EventBusName?: string) => ({
    Source,
    DetailType: 't',
    Detail: '{}',
    ...(EventBusName === undefined ? {} : { EventBusName }),
  });
  const allow = (condition?: object) =>
    theirs.putPermission({
      EventBusName: 'shared',
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'guest',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${guest}:root` },
            Action: 'events:PutEvents',
            Resource: bus(owner, 'shared'),
            ...(condition === undefined ? {} : { Condition: condition }),
          },
        ],
      }),
    });
  const sources = async () => (await stage.bodies('inbox')).map(({ source, account }) => `${source} of ${account}`);

  it('take events where their policy says so', async () => {
    const put = () => ours.putEvents({ Entries: [entry('direct', bus(owner, 'shared'))] });
    await assert.rejects(put(), { name: 'AccessDeniedException', message: /events:PutEvents/ });
    await allow({ StringEquals: { 'events:source': 'direct' } });
    assert.equal((await put()).FailedEntryCount, 0);
    await assert.rejects(ours.putEvents({ Entries: [entry('other', bus(owner, 'shared'))] }), {
      name: 'AccessDeniedException',
    });
    assert.deepEqual(await sources(), [`direct of ${guest}`]);
  });

  it('are targets: of the account that the policy names, and of roles', async () => {
    await allow();
    await ours.putRule({ Name: 'out', EventPattern: '{"source":["routed"]}' });
    await ours.putTargets({ Rule: 'out', Targets: [{ Id: 'b', Arn: bus(owner, 'shared') }] });
    await ours.putEvents({ Entries: [entry('routed')] });
    assert.deepEqual((await sources()).slice(1), [`routed of ${guest}`]);
    const iam = new IAM(rootOf(guest));
    const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const trust = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.createRole({ RoleName: 'router', AssumeRolePolicyDocument: documentOf(trust) });
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'events:PutEvents', Resource: '*' });
    await iam.putRolePolicy({ RoleName: 'router', PolicyName: 'may', PolicyDocument });
    await ours.putTargets({ Rule: 'out', Targets: [{ Id: 'b', Arn: bus(owner, 'shared'), RoleArn: Role?.Arn }] });
    await ours.putEvents({ Entries: [entry('routed')] });
    assert.equal((await sources()).length, 3);
    await theirs.removePermission({ EventBusName: 'shared', RemoveAllPermissions: true });
    await ours.putEvents({ Entries: [entry('routed')] });
    assert.equal((await sources()).length, 3);
  });

  it('pass an event on to no third account', async () => {
    const third = new EventBridge(rootOf('777788889999'));
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: '*' }],
    });
    await third.putPermission({ Policy });
    await allow();
    await third.putRule({ Name: 'all', EventPattern: '{"source":[{"prefix":""}]}' });
    await third.putTargets({ Rule: 'all', Targets: [{ Id: 'b', Arn: bus(owner, 'shared') }] });
    await ours.putTargets({ Rule: 'out', Targets: [{ Id: 'c', Arn: bus('777788889999', 'default') }] });
    const before = await sources();
    await third.putEvents({ Entries: [entry('here')] });
    await ours.putEvents({ Entries: [entry('routed')] });
    assert.ok(!(await sources()).slice(before.length + 1).some((each) => each.includes('777788889999')));
  });

  it('keep policies as they were given, and statements one by one', async () => {
    await theirs.removePermission({ EventBusName: 'shared', RemoveAllPermissions: true });
    const add = (Principal: string, StatementId: string) =>
      theirs.putPermission({ EventBusName: 'shared', Action: 'events:PutEvents', Principal, StatementId });
    await add(guest, 'one');
    await add('*', 'two');
    const policy = async () => (await theirs.describeEventBus({ Name: 'shared' })).Policy;
    assert.deepEqual(
      JSON.parse((await policy()) ?? '').Statement.map(({ Sid, Principal }: Record<string, unknown>) => [
        Sid,
        Principal,
      ]),
      [
        ['one', { AWS: `arn:aws:iam::${guest}:root` }],
        ['two', '*'],
      ],
    );
    await theirs.removePermission({ EventBusName: 'shared', StatementId: 'two' });
    await theirs.removePermission({ EventBusName: 'shared', StatementId: 'one' });
    assert.equal(await policy(), undefined);
    await assert.rejects(theirs.putPermission({ EventBusName: 'shared', Policy: '{}' }), {
      name: 'ValidationException',
    });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [], pad: 'x'.repeat(11_000) });
    await assert.rejects(theirs.putPermission({ EventBusName: 'shared', Policy }), {
      name: 'PolicyLengthExceededException',
    });
  });

  it('answer hostile names and ARNs with an error of AWS', async () => {
    const names = [
      '',
      'a|b',
      'arn:aws:events:::event-bus/',
      '../x',
      '\u0000',
      'é',
      'a'.repeat(2_000),
      'arn:aws:sqs:us-east-1:1:q',
    ];
    const expected = /^(ValidationException|ResourceNotFoundException|AccessDeniedException)$/;
    for (const Name of names) {
      const calls = [
        () => ours.describeEventBus({ Name }),
        () => ours.describeRule({ Name, EventBusName: Name }),
        () => ours.listTagsForResource({ ResourceARN: Name }),
        () => ours.describeArchive({ ArchiveName: Name }),
        () => ours.listRules({ NextToken: Name }),
        () => ours.putTargets({ Rule: 'out', Targets: [{ Id: 'x', Arn: Name }] }),
      ];
      for (const call of calls) {
        const code = await call().then(
          () => 'ok',
          (error: Error) => error.name,
        );
        if (code !== 'ok') assert.match(code, expected, `${call} ${Name}`);
      }
    }
  });
});
