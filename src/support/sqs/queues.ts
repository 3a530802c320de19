import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type OpenQueue, openQueue, owned, queueAt, queueResource, queueUrl } from './access.ts';
import { invalidParameter, type Operation } from './api.ts';
import { isQueueName, type QueueReference } from './engine/names.ts';
import { asAttributes, withAttributes } from './engine/settings.ts';
import { page } from './page.ts';
import { readPolicy } from './queue-policy.ts';
import { checkTags } from './queue-tags.ts';
import { deletedQueues, type QueueRow, queues } from './records.ts';
import { checkRedrive } from './redrive.ts';
import { scheduleSweep } from './sweep.ts';
import { startUpkeep, stopUpkeep } from './upkeep.ts';

/** How long a name rests after its queue was deleted, and between two purges (API reference). */
const restMs = 60_000;

export const CreateQueue: Operation<'CreateQueue'> = {
  resource: ({ QueueName }, ctx) => queueResource(ctx, own(ctx, QueueName)),
  conditions: ({ tags = {} }) =>
    requestTagKeys(Object.entries(tags).map(([Key, Value]) => ({ Key, Value: Value ?? '' }))),
  handle: async ({ QueueName: name, Attributes = {}, tags }, ctx) => {
    const fifo = Attributes.FifoQueue === 'true';
    if (!isQueueName(name, fifo))
      throw invalidParameter(
        fifo
          ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
          : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const reference = own(ctx, name);
    const changed = withAttributes(Attributes, undefined);
    if ('refusal' in changed) throw new ServiceError(changed.refusal.code, changed.refusal.message);
    const checkedTags = checkTags({}, tags ?? {});
    const existing = await ctx.records.get(queues, name);
    if (existing !== undefined) {
      refuseDifferent(existing, Attributes);
      return { QueueUrl: queueUrl(ctx, reference) };
    }
    await refuseRecent(ctx, name);
    await checkRedrive(ctx, reference, changed.settings, Attributes.RedrivePolicy);
    const id = Buffer.from(ctx.random(12)).toString('base64url');
    const row: QueueRow = {
      name,
      id,
      contents: id,
      settings: changed.settings,
      policy: await readPolicy(ctx, Attributes.Policy),
      tags: checkedTags,
      created: ctx.now,
      modified: ctx.now,
      purged: undefined,
    };
    ctx.records.create(queues, name, row);
    startUpkeep(ctx, row);
    return { QueueUrl: queueUrl(ctx, reference) };
  },
};

function own(ctx: Context, name: string): QueueReference {
  return { account: ctx.account, region: ctx.region, name };
}

/** Making a queue again is no error, as long as it would be the same. */
function refuseDifferent(existing: QueueRow, given: Readonly<Record<string, string | undefined>>): void {
  const asked = withAttributes(given, undefined);
  if ('refusal' in asked) return;
  const [wanted, has] = [asAttributes(asked.settings), asAttributes(existing.settings)];
  for (const name of Object.keys(given)) {
    if (name === 'Policy' || wanted[name] === has[name]) continue;
    throw new ServiceError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${name}`,
    );
  }
}

async function refuseRecent(ctx: Context, name: string): Promise<void> {
  const deleted = await ctx.records.get(deletedQueues, name);
  if (deleted === undefined) return;
  if (deleted + restMs > ctx.now)
    throw new ServiceError(
      'QueueDeletedRecently',
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    );
  ctx.records.delete(deletedQueues, name);
}

export const DeleteQueue: Operation<'DeleteQueue'> = {
  resource: owned,
  handle: async ({ QueueUrl }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    const { records, row } = queue;
    await records.get(deletedQueues, row.name);
    records.delete(queues, row.name);
    records.put(deletedQueues, row.name, ctx.now);
    stopUpkeep(ctx, queue, row);
    scheduleSweep(ctx, queue, row.contents, row.id);
    return {};
  },
};

export const GetQueueUrl: Operation<'GetQueueUrl'> = {
  anonymous: true,
  resource: (input, ctx) => queueResource(ctx, asked(input, ctx)),
  handle: async (input, ctx) => {
    const queue = await openQueue(ctx, asked(input, ctx));
    return { QueueUrl: queueUrl(ctx, queue) };
  },
};

type Asked = { readonly QueueName: string; readonly QueueOwnerAWSAccountId?: string | undefined };

function asked({ QueueName: name, QueueOwnerAWSAccountId: owner }: Asked, ctx: Context): QueueReference {
  return { account: owner ?? ctx.account, region: ctx.region, name };
}

export const ListQueues: Operation<'ListQueues'> = {
  resource: () => '*',
  handle: async ({ QueueNamePrefix: prefix = '', MaxResults, NextToken }, ctx) => {
    const { entries, nextToken } = await page(
      MaxResults,
      NextToken,
      (after, limit) => ctx.records.list(queues, { prefix, limit, ...(after === undefined ? {} : { after }) }),
      ({ id }) => id,
    );
    if (entries.length === 0) return {};
    const QueueUrls = entries.map(({ id }) => queueUrl(ctx, own(ctx, id)));
    return { QueueUrls, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
};

export const PurgeQueue: Operation<'PurgeQueue'> = {
  resource: ({ QueueUrl }, ctx) => owned({ QueueUrl }, ctx),
  handle: async ({ QueueUrl }, ctx) => {
    const queue: OpenQueue = await queueAt(ctx, QueueUrl);
    const { records, row } = queue;
    if (row.purged !== undefined && row.purged + restMs > ctx.now)
      throw new ServiceError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${row.name} is allowed every 60 seconds.`,
      );
    // Whatever the queue held belongs to nobody from now on; a job deletes it.
    const contents = Buffer.from(ctx.random(12)).toString('base64url');
    records.put(queues, row.name, { ...row, contents, purged: ctx.now });
    scheduleSweep(ctx, queue, row.contents, undefined);
    return {};
  },
};
