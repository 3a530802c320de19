import { shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { addressed, type OpenQueue, owned, queueAt } from './access.ts';
import { type Operation, present } from './api.ts';
import { countMessages } from './counts.ts';
import { type Attributes, asAttributes, withAttributes } from './engine/settings.ts';
import { readPolicy } from './queue-policy.ts';
import { queues } from './records.ts';
import { checkRedrive } from './redrive.ts';
import { startUpkeep } from './upkeep.ts';

const counters = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
];

const names = [
  'Policy',
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  ...counters,
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
];

export const GetQueueAttributes: Operation<'GetQueueAttributes'> = {
  anonymous: true,
  resource: addressed,
  handle: async ({ QueueUrl, AttributeNames: asked = [] }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    for (const name of asked) {
      if (name !== 'All' && !names.includes(name))
        throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${String(name)}.`);
    }
    const wanted: readonly string[] = asked.includes('All') ? names : asked;
    const all = await attributesOf(
      ctx,
      queue,
      wanted.some((name) => counters.includes(name)),
    );
    const shown = Object.entries(all).filter(([name]) => wanted.includes(name));
    return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
  },
};

async function attributesOf(ctx: Context, queue: OpenQueue, counted: boolean): Promise<Record<string, string>> {
  const { row } = queue;
  const counts = counted ? await countMessages(ctx, queue) : undefined;
  const attributes: Attributes = {
    ...asAttributes(row.settings),
    Policy: row.policy === undefined ? undefined : await shownPrincipals(ctx, row.policy),
    QueueArn: queue.arn,
    CreatedTimestamp: seconds(row.created),
    LastModifiedTimestamp: seconds(row.modified),
    ApproximateNumberOfMessages: counts && String(counts.visible),
    ApproximateNumberOfMessagesDelayed: counts && String(counts.delayed),
    ApproximateNumberOfMessagesNotVisible: counts && String(counts.inFlight),
  };
  return present(attributes);
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1_000));
}

export const SetQueueAttributes: Operation<'SetQueueAttributes'> = {
  resource: owned,
  handle: async ({ QueueUrl, Attributes }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    const { records, row } = queue;
    const changed = withAttributes(Attributes, row.settings);
    if ('refusal' in changed) throw new ServiceError(changed.refusal.code, changed.refusal.message);
    const { settings } = changed;
    await checkRedrive(ctx, queue, settings, Attributes.RedrivePolicy);
    const policy = Attributes.Policy === undefined ? row.policy : await readPolicy(ctx, Attributes.Policy);
    records.put(queues, row.name, { ...row, settings, policy, modified: ctx.now });
    if (settings.retention !== row.settings.retention) startUpkeep(ctx, { ...row, settings }, ctx.now);
    return {};
  },
};
