import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import type { JobHandler } from '#runtime/service.ts';
import { findQueue, type OpenQueue } from './access.ts';
import { settleGroupOf } from './fifo-groups.ts';
import { removeMessage } from './message-state.ts';
import { attempts, deduplications, messages, type Place, padded, type QueueRow } from './records.ts';

/** Records deleted in one unit. */
const breath = 200;
/** Shortest time between two looks at a queue: receivers never see what is due meanwhile. */
const restMs = 1_000;
/** How often ids of FIFO queues are looked through that no longer make duplicates. */
const fifoRestMs = 5 * 60_000;

function jobOf(queue: Place, row: QueueRow): string {
  return `${queue.account}|${queue.region}|${row.name}|${row.id}`;
}

/** Deletes what a queue keeps no longer, as long as there is the queue. */
export function startUpkeep(ctx: Context, row: QueueRow, at: number = nextLook(row, undefined, ctx.now)): void {
  ctx.schedule({ kind: 'sqs/upkeep', id: jobOf(ctx, row), runAt: at, payload: { name: row.name, id: row.id } });
}

export function stopUpkeep(ctx: Context, queue: Place, row: QueueRow): void {
  ctx.schedule({ kind: 'sqs/upkeep', id: jobOf(queue, row), runAt: undefined });
}

/** When the oldest message is due; a message that is still to come is due later than an empty queue's next look. */
function nextLook({ settings }: QueueRow, oldest: number | undefined, now: number): number {
  const due = Math.max((oldest ?? now) + settings.retention * 1_000, now + restMs);
  return settings.fifo ? Math.min(due, now + fifoRestMs) : due;
}

/** Deletes messages that are past their queue's retention period, and ids that make no duplicates any more. */
export const keepUp: JobHandler = async (_, payload, ctx) => {
  const { name, id } = payload as { readonly name: string; readonly id: string };
  const queue = await findQueue(ctx, { account: ctx.account, region: ctx.region, name });
  if (queue === undefined || queue.row.id !== id) return;
  const oldest = queue.row.settings.fifo ? await dropFifo(ctx, queue) : await dropStandard(ctx, queue);
  startUpkeep(ctx, queue.row, oldest === 'more' ? ctx.now : nextLook(queue.row, oldest, ctx.now));
};

type Oldest = number | undefined | 'more';

/** Ids begin with the time of sending: the oldest come first. */
async function dropStandard(ctx: Context, queue: OpenQueue): Promise<Oldest> {
  const before = ctx.now - queue.row.settings.retention * 1_000;
  const found = await queue.records.list(messages, { prefix: `${queue.row.contents}|`, limit: breath });
  for (const { id, value } of found) {
    if (value.sent > before) return value.sent;
    await removeMessage(queue, id, value);
  }
  return found.length < breath ? undefined : 'more';
}

/** In FIFO queues the heads of groups are the oldest: groups are looked through in the order in which they are ready. */
async function dropFifo(ctx: Context, queue: OpenQueue): Promise<Oldest> {
  const { contents, id: queueId, settings } = queue.row;
  const before = ctx.now - settings.retention * 1_000;
  let dropped = 0;
  const found = await queue.records.listIndex(messages, 'visible', { prefix: `${contents}|`, limit: breath });
  for (const { id, value } of found) {
    if (value.sent > before) continue;
    await removeMessage(queue, id, value);
    await settleGroupOf(queue, id, ctx.now);
    dropped += 1;
  }
  dropped += await dropOld(queue.records, deduplications, queueId, ctx.now);
  dropped += await dropOld(queue.records, attempts, queueId, ctx.now);
  return dropped >= breath ? 'more' : found[0]?.value.sent;
}

/** @returns how many were deleted */
async function dropOld<T>(records: Records, from: Collection<T>, queueId: string, now: number): Promise<number> {
  const found = await records.listIndex(from, 'until', { prefix: `${queueId}|`, limit: breath });
  const old = found.filter(({ indexKey }) => indexKey <= `${queueId}|${padded(now)}`);
  for (const { id } of old) records.delete(from, id);
  return old.length;
}
