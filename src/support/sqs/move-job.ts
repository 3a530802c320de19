import type { Context } from '#runtime/context.ts';
import type { JobHandler } from '#runtime/service.ts';
import { findQueue, type OpenQueue } from './access.ts';
import { queueOfArn } from './engine/names.ts';
import { store } from './enqueue.ts';
import { settleGroupOf } from './fifo-groups.ts';
import { contentOf, removeMessage } from './message-state.ts';
import { type MessageRow, type MoveTaskRow, messages, moveTasks } from './records.ts';

/** Messages moved in one unit. */
const breath = 50;

export function scheduleMove(ctx: Context, source: OpenQueue, key: string, runAt: number): void {
  const id = `${source.account}|${source.region}|${key}`;
  ctx.schedule({ kind: 'sqs/move', id, runAt, payload: { name: source.name, key } });
}

/** Moves the next messages of a task. Where it stands is in its row: another process, or the next start, goes on from there. */
export const moveMessages: JobHandler = async (_, payload, ctx) => {
  const { name, key } = payload as { readonly name: string; readonly key: string };
  const task = await ctx.records.get(moveTasks, key);
  const source = await findQueue(ctx, { account: ctx.account, region: ctx.region, name });
  if (task === undefined || task.status !== 'RUNNING') return;
  if (source === undefined || !key.startsWith(`${source.row.id}|`)) {
    ctx.records.put(moveTasks, key, { ...task, status: 'FAILED', failure: noQueue });
    return;
  }
  const most = Math.min(breath, task.rate ?? breath);
  const found = await source.records.listIndex(messages, 'visible', { prefix: `${source.row.contents}|`, limit: most });
  const ready = found.filter(({ value }) => value.visibleAt <= ctx.now);
  let moved = task.moved;
  for (const { id, value } of ready) {
    const failure = await moveOne(ctx, source, id, value, task);
    if (failure !== undefined) {
      ctx.records.put(moveTasks, key, { ...task, moved, status: 'FAILED', failure });
      return;
    }
    moved += 1;
  }
  const done = ready.length < most;
  ctx.records.put(moveTasks, key, { ...task, moved, status: done ? 'COMPLETED' : 'RUNNING' });
  const pause = task.rate === undefined ? 0 : Math.ceil((1_000 * ready.length) / task.rate);
  if (!done) scheduleMove(ctx, source, key, ctx.now + pause);
};

const noQueue = 'AWS.SimpleQueueService.NonExistentQueue';

/** A message that was moved is a new one: with an id, an age and a count of its own. @returns why it cannot be moved */
async function moveOne(
  ctx: Context,
  source: OpenQueue,
  id: string,
  row: MessageRow,
  task: MoveTaskRow,
): Promise<string | undefined> {
  const target = task.destination ?? row.deadFrom;
  if (target === undefined) return 'CouldNotDetermineMessageSource';
  const reference = queueOfArn(target);
  const destination = reference === undefined ? undefined : await findQueue(ctx, reference);
  if (destination === undefined) return noQueue;
  const content = await contentOf(source, id, row);
  await removeMessage(source, id, row);
  await settleGroupOf(source, id, ctx.now);
  const arrival = {
    messageId: ctx.uuid(),
    senderId: row.senderId,
    sent: ctx.now,
    receives: 0,
    firstReceived: undefined,
    visibleAt: ctx.now,
    group: row.group,
    deduplication: row.deduplication,
    deadFrom: undefined,
  };
  await store(ctx, destination, arrival, content);
  return undefined;
}
