import type { Context } from '#runtime/context.ts';
import { bucketOf } from './access.ts';
import type { Input, Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { failureOf, testTarget } from './deliver.ts';
import { invalidArgument, refusal, refused } from './errors.ts';
import type { NotificationConfig, NotificationTarget } from './notification-config.ts';
import type { BucketRow } from './records.ts';

type Given = Input<'PutBucketNotificationConfiguration'>['NotificationConfiguration'];

const kinds = [
  ['queue', 'QueueConfigurations', 'QueueArn', 'sqs', 'Queue'],
  ['topic', 'TopicConfigurations', 'TopicArn', 'sns', 'Topic'],
  ['function', 'LambdaFunctionConfigurations', 'LambdaFunctionArn', 'lambda', 'CloudFunction'],
] as const;

const events = [
  's3:ReducedRedundancyLostObject',
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:ObjectRestore:Delete',
  's3:Replication:*',
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationNotTracked',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationReplicatedAfterThreshold',
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
  's3:ObjectAcl:Put',
  's3:LifecycleExpiration:*',
  's3:LifecycleExpiration:Delete',
  's3:LifecycleExpiration:DeleteMarkerCreated',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
];

export const PutBucketNotificationConfiguration: Operation<'PutBucketNotificationConfiguration'> = {
  ...onBucket,
  action: 's3:PutBucketNotification',
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const notification = configOf(ctx, input.NotificationConfiguration);
    if (input.SkipDestinationValidation !== true) await checkTargets(ctx, bucket, notification.targets);
    const empty = notification.targets.length === 0 && !notification.eventBridge;
    return changeBucket(ctx, input, { notification: empty ? undefined : notification });
  },
};

function configOf(ctx: Context, given: Given): NotificationConfig {
  const targets: NotificationTarget[] = [];
  for (const [kind, list, member, service, argument] of kinds) {
    for (const each of (given[list] ?? []) as readonly Record<string, unknown>[]) {
      const arn = String(each[member] ?? '');
      if (!new RegExp(`^arn:aws:${service}:[a-z0-9-]+:\\d{12}:.+$`).test(arn))
        throw invalidArgument('The ARN could not be parsed', argument, arn);
      const wanted = (each['Events'] ?? []) as readonly string[];
      const unknown = wanted.find((event) => !events.includes(event));
      if (unknown !== undefined || wanted.length === 0)
        throw invalidArgument('The event is not supported for notifications', 'Event', unknown ?? '');
      targets.push({
        id: String(each['Id'] ?? Buffer.from(ctx.random(24)).toString('base64url')),
        kind,
        arn,
        events: wanted,
        ...filterOf(each['Filter'] as FilterInput | undefined),
      });
    }
  }
  return { targets, eventBridge: given.EventBridgeConfiguration !== undefined };
}

type FilterInput = {
  readonly Key?: {
    readonly FilterRules?:
      | readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[]
      | undefined;
  };
};

function filterOf(filter: FilterInput | undefined): Pick<NotificationTarget, 'prefix' | 'suffix' | 'filter'> {
  const rules = filter?.Key?.FilterRules;
  if (rules === undefined) return { prefix: '', suffix: '' };
  const found = { prefix: '', suffix: '' };
  const shown = rules.map(({ Name: name, Value: value }) => {
    if (name === undefined || value === undefined) throw refusal('MalformedXML');
    const lower = name.toLowerCase();
    if (lower !== 'prefix' && lower !== 'suffix')
      throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', name);
    found[lower] = value;
    return { Name: lower === 'prefix' ? 'Prefix' : 'Suffix', Value: value };
  });
  return { ...found, filter: { Key: { FilterRules: shown } } };
}

/** Each target gets a test event; what does not take it is not configured. */
async function checkTargets(ctx: Context, bucket: BucketRow, targets: readonly NotificationTarget[]): Promise<void> {
  const members: Record<string, string> = {};
  let failed = 0;
  for (const target of targets) {
    try {
      await testTarget(ctx, bucket, target);
    } catch (error) {
      failed += 1;
      members[`ArgumentName${failed}`] = target.kind === 'function' ? `${target.arn}, null` : target.arn;
      members[`ArgumentValue${failed}`] = failureOf(error, target);
    }
  }
  if (failed > 0)
    throw refused('InvalidArgument', 'Unable to validate the following destination configurations', 400, members);
}

export const GetBucketNotificationConfiguration: Operation<'GetBucketNotificationConfiguration'> = {
  ...onBucket,
  action: 's3:GetBucketNotification',
  handle: async (input, ctx) => {
    const { notification } = await bucketOf(ctx, input);
    if (notification === undefined) return {};
    const of = (wanted: NotificationTarget['kind'], member: string) => {
      const found = notification.targets.filter(({ kind }) => kind === wanted);
      return found.map(({ id, arn, events: on, filter }) => ({
        Id: id,
        [member]: arn,
        Events: [...on],
        ...(filter === undefined ? {} : { Filter: filter }),
      }));
    };
    const lists = kinds.map(([kind, list, member]) => [list, of(kind, member)] as const);
    return {
      ...Object.fromEntries(lists.filter(([, found]) => found.length > 0)),
      ...(notification.eventBridge ? { EventBridgeConfiguration: {} } : {}),
    };
  },
};
