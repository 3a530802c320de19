import type { ServiceCases } from '../services.ts';

const Tags = [{ Key: 'team', Value: 'blue' }];
const EventPattern = JSON.stringify({
  source: ['shop'],
  'detail-type': ['ordered'],
  detail: { eventTypeCode: ['x'], service: ['x'], userIdentity: { principalId: ['x'] } },
});
const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: 'secret' } };
const connection = { AuthorizationType: 'API_KEY', AuthParameters };
const destination = { InvocationEndpoint: 'http://127.0.0.1:9/', HttpMethod: 'POST' };
const window = { EventStartTime: new Date(1_700_000_000_000), EventEndTime: new Date(1_700_000_600_000) };

export const events: ServiceCases = {
  service: 'events',
  refusal: '400 AccessDeniedException',
  stock: async (root, ringwall) => {
    const arn = (resource: string) => `arn:aws:events:us-east-1:${ringwall.account}:${resource}`;
    const send = (operation: string, input: object) => root.send('events', operation, input);
    const bus = arn('event-bus/orders');
    await send('CreateEventBus', { Name: 'orders', Tags });
    await send('CreateEventBus', { Name: 'empty', Tags });
    await send('PutPermission', {
      EventBusName: 'orders',
      Action: 'events:PutEvents',
      Principal: '444455556666',
      StatementId: 's1',
    });
    await send('PutRule', { Name: 'rule', EventBusName: 'orders', EventPattern, Tags });
    await send('PutRule', { Name: 'idle', EventBusName: 'orders', EventPattern, Tags });
    const target = { Id: 'one', Arn: `arn:aws:sqs:us-east-1:${ringwall.account}:queue` };
    await send('PutTargets', { Rule: 'rule', EventBusName: 'orders', Targets: [target] });
    await send('CreateArchive', { ArchiveName: 'archive', EventSourceArn: bus });
    const made = await send('CreateConnection', { Name: 'link', ...connection });
    await send('CreateConnection', { Name: 'unused', ...connection });
    const ConnectionArn = made['ConnectionArn'];
    await send('CreateApiDestination', { Name: 'site', ConnectionArn, ...destination });
    const EventSourceArn = arn('archive/archive');
    const replay = { EventSourceArn, Destination: { Arn: bus }, ...window };
    await send('StartReplay', { ReplayName: 'done', ...replay });
    await ringwall.settled();
    const named = { Name: 'rule', EventBusName: 'orders' };
    return {
      byMember: {
        ArchiveName: 'archive',
        EventBusName: 'orders',
        Name: 'rule',
        ReplayName: 'done',
        ResourceARN: arn('rule/orders/rule'),
        Rule: 'rule',
        TagKeys: ['team'],
        Tags,
      },
      byOperation: {
        CancelReplay: {},
        CreateApiDestination: { Name: 'new', ConnectionArn, ...destination },
        CreateArchive: { ArchiveName: 'new', EventSourceArn: bus },
        CreateConnection: { Name: 'new', ...connection },
        CreateEventBus: { Name: 'new' },
        DeauthorizeConnection: { Name: 'link' },
        DeleteApiDestination: { Name: 'site' },
        DeleteConnection: { Name: 'unused' },
        DeleteEventBus: { Name: 'empty' },
        DeleteRule: { Name: 'idle' },
        DescribeApiDestination: { Name: 'site' },
        DescribeConnection: { Name: 'link' },
        DescribeEventBus: { Name: 'orders' },
        DescribeRule: named,
        ListRuleNamesByTarget: { TargetArn: target.Arn },
        PutEvents: { Entries: [{ Source: 'shop', DetailType: 'ordered', Detail: '{}', EventBusName: 'orders' }] },
        PutPermission: { Action: 'events:PutEvents', Principal: '111122223333', StatementId: 's2' },
        PutRule: { Name: 'new', EventPattern },
        PutTargets: { Targets: [target] },
        RemovePermission: { StatementId: 's1' },
        RemoveTargets: { Ids: ['one'] },
        StartReplay: { ReplayName: 'new', ...replay },
        TestEventPattern: { EventPattern: '{"source":["a"]}', Event: event },
        UpdateApiDestination: { Name: 'site', Description: 'x' },
        UpdateArchive: { Description: 'x' },
        UpdateConnection: { Name: 'link', ...connection },
        UpdateEventBus: { Name: 'orders', Description: 'x' },
      },
    };
  },
  exceptions: {
    refused: [
      {
        of: 'events:CancelReplay',
        what: 'IllegalStatusException',
        reason: 'the replay here has ended: its own tests cancel one under way',
      },
    ],
    unlistedKeys: ['source', 'detail-type', 'detail.*'].map((key) => ({
      of: 'events:PutRule > events:TagResource',
      what: `events:${key}`,
      reason: 'all actions of a request are asked in one context',
    })),
    absentKeys: [
      ...['PutEvents'].map((name) => ({
        of: `events:${name}`,
        what: 'events:SystemMetadata/*',
        reason: 'for events of partners, of which there are none',
      })),
      ...['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map((name) => ({
        of: `events:${name}`,
        what: 'events:ManagedBy',
        reason: 'no rule belongs to a service',
      })),
      ...['CreateEventBus', 'PutRule', 'PutRule > events:TagResource', 'CreateEventBus > events:TagResource'].map(
        (name) => ({ of: `events:${name}`, what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' }),
      ),
      { of: 'events:CreateEventBus > events:TagResource', what: 'events:creatorAccount', reason: 'a key of rules' },
    ],
  },
};

const event = JSON.stringify({
  id: '1',
  account: '1',
  source: 'a',
  time: '2026-01-31T12:00:00Z',
  region: 'us-east-1',
  'detail-type': 't',
});
