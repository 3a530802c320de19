import { refusalOf } from '../../data/recordings-for-tests.ts';
import { answer, group, type Replay, stream } from './replay-for-tests.ts';

/** Groups, streams and events. */
export const replaysOfEvents: Readonly<Record<string, Replay>> = {
  test_create_log_group_duplicate_error: async (it) => {
    const logGroupName = await group(it);
    return { 'error-duplicate-log-group': await refusalOf(it.logs.createLogGroup({ logGroupName })) };
  },
  test_describe_log_groups_prefix_and_pattern_error: async ({ logs }) => ({
    'error-prefix-and-pattern': await refusalOf(
      logs.describeLogGroups({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }),
    ),
  }),
  test_describe_log_groups_with_prefix: async (it) => {
    for (const at of [1, 2, 3]) await it.logs.createLogGroup({ logGroupName: `prefixed-${at}` });
    return {
      'describe-log-groups-prefix': await answer(it.logs.describeLogGroups({ logGroupNamePrefix: 'prefixed-' })),
    };
  },
  test_list_log_groups_with_pattern: async (it) => {
    await it.logs.createLogGroup({ logGroupName: 'with-pattern-x' });
    const { logGroups } = await it.logs.describeLogGroups({ logGroupNamePattern: 'with-pattern' });
    return {
      'list-log-groups-match': logGroups,
      'list-log-groups-no-match': await answer(it.logs.describeLogGroups({ logGroupNamePattern: 'no-such-name' })),
    };
  },
  test_create_log_group_with_tags: async (it) => {
    const logGroupName = await group(it, { tags: { env: 'testing' } });
    return { 'list-tags-after-create': await answer(it.logs.listTagsLogGroup({ logGroupName })) };
  },
  test_tag_log_group: async (it) => {
    const logGroupName = await group(it);
    await it.logs.tagLogGroup({ logGroupName, tags: { tag_key_1: 'tag_value_1' } });
    return { 'list-tags-after-tag': await answer(it.logs.listTagsLogGroup({ logGroupName })) };
  },
  test_untag_log_group: async (it) => {
    const logGroupName = await group(it, { tags: { tag_key_1: 'tag_value_1', tag_key_2: 'tag_value_2' } });
    await it.logs.untagLogGroup({ logGroupName, tags: ['tag_key_1'] });
    return { 'list-tags-after-untag': await answer(it.logs.listTagsLogGroup({ logGroupName })) };
  },
  test_tag_resource_api: async (it) => {
    const { logs } = it;
    const logGroupName = await group(it, { tags: { env: 'testing1' } });
    const resourceArn = it.arn(logGroupName);
    const listed = () => answer(logs.listTagsForResource({ resourceArn }));
    const ofGroup = () => answer(logs.listTagsLogGroup({ logGroupName }));
    const created = await listed();
    await logs.tagResource({ resourceArn, tags: { test1: 'val1', test2: 'val2' } });
    const tagged = [await listed(), await ofGroup()];
    await logs.tagLogGroup({ logGroupName, tags: { test3: 'val3' } });
    const more = [await listed(), await ofGroup()];
    await logs.untagResource({ resourceArn, tagKeys: ['env', 'test1', 'test3'] });
    return {
      'list-tags-after-create': created,
      'list-tags-for-resource-after-tag-resource': tagged[0],
      'list-tags-log-group-after-tag-resource': tagged[1],
      'list-tags-for-resource-after-tag-log-group': more[0],
      'list-tags-log-group-after-tag-log-group': more[1],
      'list-tags-for-resource-after-untag': await listed(),
      'list-tags-log-group-after-untag': await ofGroup(),
    };
  },
  test_create_and_delete_log_stream: async (it) => ({
    'describe-log-streams-after-create': await answer(
      it.logs.describeLogStreams({ logGroupName: (await stream(it)).logGroupName }),
    ),
  }),
  test_create_log_stream_duplicate_error: async (it) => ({
    'error-duplicate-log-stream': await refusalOf(it.logs.createLogStream(await stream(it))),
  }),
  test_describe_log_streams_with_log_group_identifier: async (it) => {
    const { logGroupName } = await stream(it);
    const logGroupIdentifier = it.arn(logGroupName);
    return {
      'describe-streams-identifier-arn': await answer(it.logs.describeLogStreams({ logGroupIdentifier })),
      'describe-streams-identifier-name': await answer(
        it.logs.describeLogStreams({ logGroupIdentifier: logGroupName }),
      ),
      'error-both-name-and-identifier': await refusalOf(
        it.logs.describeLogStreams({ logGroupName, logGroupIdentifier }),
      ),
    };
  },
  test_describe_log_streams_with_prefix: async (it) => {
    const logGroupName = await group(it);
    for (const at of [1, 2, 3]) await it.logs.createLogStream({ logGroupName, logStreamName: `p-${at}` });
    return {
      'describe-streams-with-prefix': await answer(
        it.logs.describeLogStreams({ logGroupName, logStreamNamePrefix: 'p-' }),
      ),
    };
  },
  test_log_stream_arn_format: async (it) => ({
    'describe-log-streams-with-arn': await answer(
      it.logs.describeLogStreams({ logGroupName: (await stream(it)).logGroupName }),
    ),
  }),
  test_get_log_events_invalid_token: async (it) => ({
    'error-invalid-token': await refusalOf(it.logs.getLogEvents({ ...(await stream(it)), nextToken: 'invalid' })),
  }),
  test_get_log_events_limit_validation: async (it) => ({
    'error-limit-exceeded': await refusalOf(it.logs.getLogEvents({ ...(await stream(it)), limit: 10_001 })),
  }),
  test_put_log_events_to_invalid_stream: async (it) => ({
    'error-invalid-stream': await refusalOf(
      it.logs.putLogEvents({
        logGroupName: await group(it),
        logStreamName: 'none',
        logEvents: [{ timestamp: it.now(), message: 'x' }],
      }),
    ),
  }),
  test_put_log_events_too_new: async (it) => ({
    'response-too-new': await answer(
      it.logs.putLogEvents({ ...(await stream(it)), logEvents: [{ timestamp: it.now() + 10_800_000, message: 'x' }] }),
    ),
  }),
  test_put_log_events_too_old: async (it) => ({
    'response-too-old': await answer(
      it.logs.putLogEvents({
        ...(await stream(it)),
        logEvents: [{ timestamp: it.now() - 15 * 86_400_000, message: 'x' }],
      }),
    ),
  }),
  test_put_log_events_wrong_order: async (it) => ({
    'error-wrong-order': await refusalOf(
      it.logs.putLogEvents({
        ...(await stream(it)),
        logEvents: [
          { timestamp: it.now(), message: 'b' },
          { timestamp: it.now() - 1_000, message: 'a' },
        ],
      }),
    ),
  }),
  test_resource_does_not_exist: async (it) => ({
    'error-log-group-does-not-exist': await refusalOf(
      it.logs.getLogEvents({ logGroupName: 'none', logStreamName: 'none' }),
    ),
    'error-log-stream-does-not-exist': await refusalOf(
      it.logs.getLogEvents({ logGroupName: await group(it), logStreamName: 'none' }),
    ),
  }),
  test_filter_log_events_limit_validation: async (it) => ({
    'error-limit-exceeded': await refusalOf(it.logs.filterLogEvents({ logGroupName: await group(it), limit: 10_001 })),
  }),
  test_filter_log_events_unknown_token: async (it) => ({
    'invalid-token': await refusalOf(it.logs.filterLogEvents({ logGroupName: await group(it), nextToken: 'foo' })),
  }),
};
