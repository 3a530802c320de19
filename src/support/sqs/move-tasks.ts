import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { findQueue, type OpenQueue, ownersOnly, queueResource } from './access.ts';
import { invalidParameter, invalidValue, type Operation, present, resourceNotFound } from './api.ts';
import { queueOfArn } from './engine/names.ts';
import { scheduleMove } from './move-job.ts';
import { type MoveTaskRow, messages, moveTasks, padded, queues } from './records.ts';

/** Messages a second that a task moves at most (API reference, StartMessageMoveTask). */
const maxRate = 500;
const maxListed = 10;

export const StartMessageMoveTask: Operation<'StartMessageMoveTask'> = {
  // Moving is receiving, deleting and sending, on behalf of who starts it (developer guide, "Configure queue permissions for redrive").
  action: ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  resource: ({ SourceArn }, ctx) => sourceResource(ctx, SourceArn),
  handle: async ({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }, ctx) => {
    if (rate !== undefined && (rate < 1 || rate > maxRate))
      throw invalidValue(rate, 'MaxNumberOfMessagesPerSecond', `Must be between 1 and ${maxRate}, if provided.`);
    const source = await queueOf(ctx, SourceArn, 'SourceArn');
    const givers = await source.records.listIndex(queues, 'by-dead-letter', { equals: source.arn });
    if (givers.length === 0) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    const destinations =
      DestinationArn === undefined
        ? givers.map(({ id: name }) => ({ account: source.account, region: source.region, name }))
        : [await queueOf(ctx, DestinationArn, 'DestinationArn')];
    for (const destination of destinations)
      await ctx.authorise('sqs:SendMessage', await queueResource(ctx, destination));
    if (await hasRunning(source))
      throw invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    // Two that start at once both write the queue: one of them sees the other's task then.
    source.records.put(queues, source.name, source.row);
    const task: MoveTaskRow = {
      id: ctx.uuid(),
      source: source.arn,
      destination: DestinationArn,
      rate,
      status: 'RUNNING',
      moved: 0,
      toMove: await source.records.count(messages, { prefix: `${source.row.contents}|` }),
      failure: undefined,
      started: ctx.now,
    };
    const key = `${source.row.id}|${padded(ctx.now)}|${task.id}`;
    source.records.create(moveTasks, key, task);
    scheduleMove(ctx, source, key, ctx.now);
    return { TaskHandle: handleOf(task) };
  },
};

export const CancelMessageMoveTask: Operation<'CancelMessageMoveTask'> = {
  resource: ({ TaskHandle }, ctx) => sourceResource(ctx, readHandle(TaskHandle).sourceArn),
  handle: async ({ TaskHandle }, ctx) => {
    const { sourceArn, taskId } = readHandle(TaskHandle);
    const source = await queueOf(ctx, sourceArn, 'SourceArn');
    const found = (await tasksOf(source)).find(({ value }) => value.id === taskId);
    if (found === undefined) throw resourceNotFound('Task does not exist.');
    if (found.value.status !== 'RUNNING') throw invalidParameter('Only active tasks can be cancelled.');
    source.records.put(moveTasks, found.id, { ...found.value, status: 'CANCELLED' });
    return { ApproximateNumberOfMessagesMoved: found.value.moved };
  },
};

export const ListMessageMoveTasks: Operation<'ListMessageMoveTasks'> = {
  resource: ({ SourceArn }, ctx) => sourceResource(ctx, SourceArn),
  handle: async ({ SourceArn, MaxResults = 1 }, ctx) => {
    if (MaxResults < 1 || MaxResults > maxListed)
      throw invalidValue(MaxResults, 'MaxResults', `Must be between 1 and ${maxListed}, if provided.`);
    const source = await queueOf(ctx, SourceArn, 'SourceArn');
    const found = await tasksOf(source, MaxResults);
    return { Results: found.map(({ value }) => shown(value)) };
  },
};

function shown(task: MoveTaskRow) {
  return present({
    TaskHandle: task.status === 'RUNNING' ? handleOf(task) : undefined,
    Status: task.status,
    SourceArn: task.source,
    DestinationArn: task.destination,
    MaxNumberOfMessagesPerSecond: task.rate,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failure,
    StartedTimestamp: task.started,
  });
}

/** Newest first. */
function tasksOf({ records, row }: OpenQueue, limit = 1_000) {
  return records.list(moveTasks, { prefix: `${row.id}|`, reverse: true, limit });
}

async function hasRunning(source: OpenQueue): Promise<boolean> {
  const [newest] = await tasksOf(source, 1);
  return newest?.value.status === 'RUNNING';
}

async function sourceResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const queue = queueOfArn(arn);
  if (queue === undefined || queue.region !== ctx.region) throw noQueue('SourceArn');
  return ownersOnly(ctx, await queueResource(ctx, queue));
}

async function queueOf(ctx: Context, arn: string, parameter: string): Promise<OpenQueue> {
  const queue = queueOfArn(arn);
  const found = queue?.region === ctx.region ? await findQueue(ctx, queue) : undefined;
  if (found === undefined) throw noQueue(parameter);
  return found;
}

function noQueue(parameter: string) {
  return resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
}

/** A handle names its task; what it may be used for is asked of the policies. */
function handleOf({ id, source }: MoveTaskRow): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn: source })).toString('base64');
}

function readHandle(handle: string): { readonly taskId: string; readonly sourceArn: string } {
  const invalid = () => invalidParameter('Value for parameter TaskHandle is invalid.');
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(handle, 'base64').toString());
  } catch {
    throw invalid();
  }
  const { taskId, sourceArn } = (read ?? {}) as { readonly taskId?: unknown; readonly sourceArn?: unknown };
  if (typeof taskId !== 'string' || typeof sourceArn !== 'string') throw invalid();
  return { taskId, sourceArn };
}
