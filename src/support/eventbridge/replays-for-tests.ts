import type { EventBridge } from '@aws-sdk/client-eventbridge';

/** What a replay may use. */
export type ReplayStage = {
  readonly events: EventBridge;
  readonly account: string;
  /** A name that no other case has. */
  readonly unique: string;
  /** What the case's name has in brackets. */
  readonly parameter: string;
  settled(): Promise<void>;
  advance(ms: number): Promise<void>;
  /** Compares an answer with the one recorded under a label. */
  answer<T extends object>(label: string, call: Promise<T>): Promise<T>;
  refusal(label: string, call: Promise<unknown>): Promise<void>;
};

type Replay = (stage: ReplayStage) => Promise<void>;

const pattern = JSON.stringify({
  source: ['core.update-account-command'],
  'detail-type': ['core.update-account-command'],
  detail: { command: ['update-account'] },
});
const connection = {
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'ApiKey', ApiKeyValue: 'secret' } },
} as const;
const auths = [
  { AuthorizationType: 'BASIC', AuthParameters: { BasicAuthParameters: { Username: 'user', Password: 'pass' } } },
  connection,
  {
    AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
    AuthParameters: {
      OAuthParameters: {
        ClientParameters: { ClientID: 'client_id', ClientSecret: 'client_secret' },
        AuthorizationEndpoint: 'https://example.com/oauth',
        HttpMethod: 'POST',
      },
    },
  },
] as const;

/** The bus that a case's parameter names, made where it is no default one. */
async function busOf({ events, account, unique, parameter }: ReplayStage): Promise<{ name: string; arn: string }> {
  const custom = parameter.includes('custom');
  if (custom) await events.createEventBus({ Name: `bus-${unique}` });
  const name = custom ? `bus-${unique}` : 'default';
  return { name, arn: `arn:aws:events:us-east-1:${account}:event-bus/${name}` };
}

const archive: Replay = async (stage) => {
  const { events, unique } = stage;
  const { arn } = await busOf(stage);
  const ArchiveName = unique;
  await stage.answer(
    'create-archive',
    events.createArchive({
      ArchiveName,
      EventSourceArn: arn,
      Description: 'description of the archive',
      EventPattern: pattern,
      RetentionDays: 1,
    }),
  );
  await stage.answer('list-archives', events.listArchives({ NamePrefix: unique }));
  await stage.answer('describe-archive', events.describeArchive({ ArchiveName }));
  await stage.answer('update-archive', events.updateArchive({ ArchiveName, RetentionDays: 1 }));
  await stage.answer('delete-archive', events.deleteArchive({ ArchiveName }));
};

const taggedBus = ({ account, unique }: ReplayStage) => `arn:aws:events:us-east-1:${account}:event-bus/${unique}`;

export const replays: Readonly<Record<string, Replay>> = {
  test_create_connection: async ({ events, unique, answer }) => {
    const AuthParameters = { ...connection.AuthParameters, InvocationHttpParameters: {} };
    await answer('create-connection', events.createConnection({ Name: unique, ...connection, AuthParameters }));
    await answer('describe-connection', events.describeConnection({ Name: unique }));
  },
  test_create_connection_invalid_parameters: async ({ events, unique, refusal }) => {
    const AuthorizationType = 'INVALID_AUTH_TYPE' as never;
    await refusal(
      'create-connection-invalid-auth-error',
      events.createConnection({ Name: unique, AuthorizationType, AuthParameters: {} }),
    );
  },
  test_create_connection_name_validation: async ({ events, refusal }) => {
    const call = events.createConnection({ Name: 'Invalid Name With Spaces!', ...connection });
    await refusal('create-connection-invalid-name-error', call);
  },
  test_create_connection_with_auth: async ({ events, unique, parameter, answer }) => {
    const auth = auths[Number(parameter.at(-1))] ?? connection;
    await answer('create-connection-auth', events.createConnection({ Name: unique, ...auth } as never));
    await answer('describe-connection-auth', events.describeConnection({ Name: unique }));
  },
  test_delete_connection: async ({ events, unique, answer, refusal }) => {
    await answer('create-connection-response', events.createConnection({ Name: unique, ...connection }));
    await answer('delete-connection', events.deleteConnection({ Name: unique }));
    await refusal('describe-deleted-connection', events.describeConnection({ Name: unique }));
  },
  test_create_api_destination_invalid_parameters: async ({ events, unique, refusal }) => {
    await refusal(
      'create-api-destination-invalid-parameters-error',
      events.createApiDestination({
        Name: unique,
        ConnectionArn: 'invalid-connection-arn',
        HttpMethod: 'INVALID_METHOD' as never,
        InvocationEndpoint: 'invalid-endpoint',
      }),
    );
  },
  test_create_api_destination_name_validation: async ({ events, account, refusal }) => {
    await refusal(
      'create-api-destination-invalid-name-error',
      events.createApiDestination({
        Name: 'Invalid Name With Spaces!',
        ConnectionArn: `arn:aws:events:us-east-1:${account}:connection/a/b`,
        HttpMethod: 'POST',
        InvocationEndpoint: 'https://example.com/api',
      }),
    );
  },
  test_api_destinations: async ({ events, unique, parameter, answer, refusal }) => {
    const auth = auths[Number(parameter.at(-1))] ?? connection;
    const { ConnectionArn } = await events.createConnection({ Name: unique, ...auth } as never);
    const input = {
      Name: unique,
      ConnectionArn,
      HttpMethod: 'POST',
      InvocationEndpoint: 'https://example.com/api',
    } as const;
    await answer(
      'create-api-destination',
      events.createApiDestination({ ...input, Description: 'Test API destination', InvocationRateLimitPerSecond: 300 }),
    );
    await answer('describe-api-destination', events.describeApiDestination({ Name: unique }));
    await answer('list-api-destinations', events.listApiDestinations({ NamePrefix: unique }));
    await answer(
      'update-api-destination',
      events.updateApiDestination({
        ...input,
        HttpMethod: 'PUT',
        InvocationEndpoint: 'https://example.com/api/v2',
        Description: 'Updated API destination',
      }),
    );
    await answer('describe-updated-api-destination', events.describeApiDestination({ Name: unique }));
    await answer('delete-api-destination', events.deleteApiDestination({ Name: unique }));
    await refusal('describe-api-destination-not-found-error', events.describeApiDestination({ Name: unique }));
  },
  test_create_list_describe_update_delete_archive: archive,
  test_create_archive_error_duplicate: async (stage) => {
    const input = { ArchiveName: stage.unique, EventSourceArn: (await busOf(stage)).arn };
    await stage.events.createArchive(input);
    await stage.refusal('create-archive-duplicate-error', stage.events.createArchive(input));
  },
  test_create_archive_error_unknown_event_bus: async (stage) => {
    const input = { ArchiveName: stage.unique, EventSourceArn: taggedBus(stage) };
    await stage.refusal('create-archive-unknown-event-bus-error', stage.events.createArchive(input));
  },
  test_delete_archive_error_unknown_archive: ({ events, unique, refusal }) =>
    refusal('delete-archive-unknown-archive-error', events.deleteArchive({ ArchiveName: unique })),
  test_describe_archive_error_unknown_archive: ({ events, unique, refusal }) =>
    refusal('describe-archive-unknown-archive-error', events.describeArchive({ ArchiveName: unique })),
  test_list_archive_error_unknown_source_arn: (stage) =>
    stage.refusal(
      'list-archives-unknown-event-bus-error',
      stage.events.listArchives({ EventSourceArn: taggedBus(stage) }),
    ),
  test_update_archive_error_unknown_archive: ({ events, unique, refusal }) =>
    refusal('update-archive-unknown-archive-error', events.updateArchive({ ArchiveName: unique })),
  test_describe_replay_error_unknown_replay: ({ events, unique, refusal }) =>
    refusal('describe-replay-unknown-replay-error', events.describeReplay({ ReplayName: unique })),
  test_start_replay_error_unknown_archive: async (stage) => {
    const { arn } = await busOf(stage);
    await stage.refusal(
      'start-replay-unknown-archive-error',
      stage.events.startReplay({
        ReplayName: stage.unique,
        EventSourceArn: `arn:aws:events:us-east-1:${stage.account}:archive/${stage.unique}`,
        EventStartTime: new Date(1_000),
        EventEndTime: new Date(2_000),
        Destination: { Arn: arn },
      }),
    );
  },
  test_start_replay_error_invalid_end_time: async (stage) => {
    const { arn } = await busOf(stage);
    const { ArchiveArn } = await stage.events.createArchive({ ArchiveName: stage.unique, EventSourceArn: arn });
    await stage.refusal(
      'start-replay-invalid-end-time-error',
      stage.events.startReplay({
        ReplayName: stage.unique,
        EventSourceArn: ArchiveArn,
        EventStartTime: new Date(20_000),
        EventEndTime: new Date(20_000 - Number(stage.parameter) * 1_000),
        Destination: { Arn: arn },
      }),
    );
  },
  test_create_multiple_event_buses_same_name: async ({ events, unique, refusal }) => {
    await events.createEventBus({ Name: unique });
    await refusal('create-multiple-event-buses-same-name', events.createEventBus({ Name: unique }));
  },
  test_delete_default_event_bus: ({ events, refusal }) =>
    refusal('delete-default-event-bus-error', events.deleteEventBus({ Name: 'default' })),
  test_describe_delete_not_existing_event_bus: async ({ events, unique, refusal }) => {
    await refusal('describe-not-existing-event-bus-error', events.describeEventBus({ Name: unique }));
    // A bus that is not there can be deleted now (API model); the recording is of what followed.
    await refusal('delete-not-existing-event-bus', events.describeEventBus({ Name: unique }));
  },
  test_put_permission_non_existing_event_bus: ({ events, unique, refusal }) =>
    refusal(
      'remove-permission-non-existing-sid-error',
      events.putPermission({
        EventBusName: unique,
        Action: 'events:PutEvents',
        Principal: '*',
        StatementId: 's',
      }),
    ),
  test_remove_permission_non_existing_sid: async (stage) => {
    const { name } = await busOf(stage);
    const input = { EventBusName: name, Action: 'events:PutEvents', Principal: '*', StatementId: 'there' };
    if (stage.parameter.startsWith('True')) await stage.events.putPermission(input);
    const call = stage.events.removePermission({ EventBusName: name, StatementId: 'none' });
    await stage.refusal('remove-permission-non-existing-sid-error', call);
  },
  test_delete_rule_with_targets: async ({ events, account, unique, refusal }) => {
    await events.putRule({ Name: unique, EventPattern: pattern });
    const Arn = `arn:aws:sqs:us-east-1:${account}:queue`;
    await events.putTargets({ Rule: unique, Targets: [{ Id: 'a', Arn }] });
    await refusal('delete-rule-with-targets-error', events.deleteRule({ Name: unique }));
  },
  test_describe_nonexistent_rule: ({ events, unique, refusal }) =>
    refusal('describe-not-existing-rule-error', events.describeRule({ Name: unique })),
  test_disable_re_enable_rule: async (stage) => {
    const { name: EventBusName } = await busOf(stage);
    const rule = { Name: stage.unique, EventBusName };
    await stage.events.putRule({ ...rule, EventPattern: pattern });
    await stage.answer('disable-rule', stage.events.disableRule(rule));
    await stage.answer('describe-rule-disabled', stage.events.describeRule(rule));
    await stage.answer('enable-rule', stage.events.enableRule(rule));
    await stage.answer('describe-rule-enabled', stage.events.describeRule(rule));
  },
  test_put_list_with_prefix_describe_delete_rule: async (stage) => {
    const { name: EventBusName } = await busOf(stage);
    const rule = { Name: stage.unique, EventBusName };
    await stage.answer('put-rule', stage.events.putRule({ ...rule, EventPattern: pattern }));
    await stage.answer('list-rules', stage.events.listRules({ EventBusName, NamePrefix: stage.unique }));
    await stage.answer('describe-rule', stage.events.describeRule(rule));
    await stage.answer('delete-rule', stage.events.deleteRule(rule));
    await stage.answer('list-rules-after-delete', stage.events.listRules({ EventBusName, NamePrefix: stage.unique }));
  },
  test_add_exceed_fife_targets_per_rule: async ({ events, account, unique, refusal }) => {
    await events.putRule({ Name: unique, EventPattern: pattern });
    const Arn = `arn:aws:sqs:us-east-1:${account}:queue`;
    const Targets = Array.from({ length: 7 }, (_, n) => ({ Id: `t${n}`, Arn }));
    await refusal('put-targets-client-error', events.putTargets({ Rule: unique, Targets }));
  },
  test_put_list_remove_target: async (stage) => {
    const { name: EventBusName } = await busOf(stage);
    const rule = { Rule: stage.unique, EventBusName };
    await stage.events.putRule({ Name: stage.unique, EventBusName, EventPattern: pattern });
    const Targets = [{ Id: 'a', Arn: `arn:aws:sqs:us-east-1:${stage.account}:queue` }];
    await stage.answer('put-target', stage.events.putTargets({ ...rule, Targets }));
    await stage.answer('list-targets', stage.events.listTargetsByRule(rule));
    await stage.answer('remove-target', stage.events.removeTargets({ ...rule, Ids: ['a'] }));
    await stage.answer('list-targets-after-delete', stage.events.listTargetsByRule(rule));
  },
  test_put_target_id_validation: async ({ events, account, unique, refusal }) => {
    await events.putRule({ Name: unique, EventPattern: pattern });
    const Arn = `arn:aws:sqs:us-east-1:${account}:queue`;
    const put = (Id: string) => events.putTargets({ Rule: unique, Targets: [{ Id, Arn }] });
    await refusal('put-targets-invalid-id-error', put('!@#$@!#$'));
    await refusal('put-targets-length-error', put('a'.repeat(65)));
  },
  test_put_event_malformed_detail: async ({ events, parameter, answer }) => {
    const details: Record<string, string> = {
      ARRAY: '["a"]',
      MALFORMED_JSON: '{"a": b}',
      SERIALIZED_STRING: '"a"',
      STRING: 'a',
    };
    const Detail = details[parameter] ?? '';
    await answer('put-events', events.putEvents({ Entries: [{ Source: 'a', DetailType: 'b', Detail }] }));
  },
  test_put_event_with_too_big_detail: async ({ events, refusal }) => {
    const Detail = JSON.stringify({ payload: 'p'.repeat(256 * 1024 - 17) });
    const Entries = [{ Source: 'core.update', DetailType: 'core.update', Detail }];
    await refusal('put-events-too-big-detail-error', events.putEvents({ Entries }));
  },
  test_put_event_without_detail: async ({ events, answer }) => {
    await answer('put-events', events.putEvents({ Entries: [{ Source: 'a', DetailType: 'b' }] }));
  },
  test_put_event_without_detail_type: async ({ events, answer }) => {
    await answer('put-events', events.putEvents({ Entries: [{ Source: 'a', Detail: '{}', DetailType: '' }] }));
  },
  test_put_events_without_source: async ({ events, answer }) => {
    await answer('put-events', events.putEvents({ Entries: [{ DetailType: 'a', Detail: '{}' }] }));
  },
  test_put_events_with_input_transformer_missing_keys: async ({ events, account, unique, refusal }) => {
    await events.putRule({ Name: unique, EventPattern: pattern });
    const InputTransformer = { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '"<notdefinedkey>"' };
    const Targets = [{ Id: 'a', Arn: `arn:aws:sqs:us-east-1:${account}:queue`, InputTransformer }];
    await refusal('missing-key-exception-error', events.putTargets({ Rule: unique, Targets }));
  },
  test_put_event_input_path_and_input_transformer: async ({ events, account, unique, refusal }) => {
    await events.putRule({ Name: unique, EventPattern: pattern });
    const more = { InputPath: '$.detail', InputTransformer: { InputTemplate: '"a"' } };
    const Targets = [{ Id: 'a', Arn: `arn:aws:sqs:us-east-1:${account}:queue`, ...more }];
    await refusal('duplicated-input-operations-error', events.putTargets({ Rule: unique, Targets }));
  },
  test_array_event_payload: ({ events, refusal }) =>
    refusal('array-event-payload-exc', events.testEventPattern({ EventPattern: pattern, Event: '[]' })),
  test_invalid_event_payload: ({ events, refusal }) =>
    refusal('plain-string-payload-exc', events.testEventPattern({ EventPattern: pattern, Event: '{"a": b' })),
  test_plain_string_payload: ({ events, refusal }) =>
    refusal('plain-string-payload-exc', events.testEventPattern({ EventPattern: pattern, Event: 'plain' })),
  test_invalid_json_event_pattern: ({ events, parameter, refusal }) =>
    refusal('invalid-pattern', events.testEventPattern({ EventPattern: parameter, Event: '{}' })),
  tests_put_rule_with_invalid_schedule_cron: ({ events, unique, parameter, refusal }) =>
    refusal('invalid-put-rule', events.putRule({ Name: unique, ScheduleExpression: parameter })),
  tests_put_rule_with_schedule_cron: async ({ events, unique, parameter, answer }) => {
    const ScheduleExpression = parameter || 'cron(0 20 * * ? *)';
    await answer('put-rule', events.putRule({ Name: unique, ScheduleExpression }));
    await answer('list-rules', events.listRules({ NamePrefix: unique }));
  },
  test_put_rule_with_schedule_rate: async ({ events, unique, answer }) => {
    await answer('put-rule', events.putRule({ Name: unique, ScheduleExpression: 'rate(1 minute)' }));
    await answer('list-rules', events.listRules({ NamePrefix: unique }));
  },
  tests_put_rule_with_schedule_custom_event_bus: async ({ events, unique, refusal }) => {
    await events.createEventBus({ Name: unique });
    const input = { Name: unique, EventBusName: unique, ScheduleExpression: 'rate(1 minute)' };
    await refusal('put-rule-with-custom-event-bus-error', events.putRule(input));
  },
  test_create_event_bus_with_tags: async (stage) => {
    const Tags = [1, 2].map((n) => ({ Key: `tag${n}`, Value: `value${n}` }));
    await stage.answer('create_event_bus_with_tags', stage.events.createEventBus({ Name: stage.unique, Tags }));
    const call = stage.events.listTagsForResource({ ResourceARN: taggedBus(stage) });
    await stage.answer('list_tags_for_event_bus', call);
  },
  test_list_tags_for_deleted_event_bus: async (stage) => {
    const call = stage.events.listTagsForResource({ ResourceARN: taggedBus(stage) });
    await stage.refusal('list_tags_for_deleted_rule_error', call);
  },
  tests_tag_list_untag_not_existing_resource: async (stage) => {
    const { events, parameter, unique, refusal } = stage;
    const ResourceARN = taggedBus(stage).replace(
      parameter.endsWith('rule') ? 'event-bus' : '-',
      parameter.endsWith('rule') ? 'rule' : '-',
    );
    await refusal('list_tags_for_not_existing_resource_error', events.listTagsForResource({ ResourceARN }));
    const Tags = [{ Key: unique, Value: 'v' }];
    await refusal('tag_not_existing_resource_error', events.tagResource({ ResourceARN, Tags }));
    await refusal('untag_not_existing_resource_error', events.untagResource({ ResourceARN, TagKeys: [unique] }));
  },
};
