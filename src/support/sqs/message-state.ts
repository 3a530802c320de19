import type { Context } from '#runtime/context.ts';
import { findQueue, type OpenQueue } from './access.ts';
import { queueOfArn } from './engine/names.ts';
import { store } from './enqueue.ts';
import { bodies, type MessageRow, messages, type StoredContent } from './records.ts';
import type { Received } from './shown-message.ts';

/** True for a message that its queue keeps no longer. */
export function isExpired({ row }: OpenQueue, { sent }: MessageRow, now: number): boolean {
  return sent + row.settings.retention * 1_000 <= now;
}

export async function contentOf({ records }: OpenQueue, id: string, row: MessageRow): Promise<StoredContent> {
  const content = row.content ?? (await records.get(bodies, id));
  if (content === undefined) throw new Error('INVARIANT: a message has its content, in its row or apart');
  return content;
}

/** Takes a message out of its queue. */
export async function removeMessage({ records }: OpenQueue, id: string, row: MessageRow): Promise<void> {
  records.delete(messages, id);
  if (row.content === undefined && (await records.get(bodies, id)) !== undefined) records.delete(bodies, id);
}

/**
 * Marks a message as received. One that was received too often goes to the dead-letter queue instead.
 *
 * @param visibility seconds
 * @returns undefined when it went
 */
export async function receiveMessage(
  ctx: Context,
  queue: OpenQueue,
  id: string,
  row: MessageRow,
  visibility: number,
  now: number,
): Promise<Received | undefined> {
  if (await isDead(ctx, queue, id, row, now)) return undefined;
  const content = await contentOf(queue, id, row);
  const received: MessageRow = {
    ...row,
    visibleAt: now + visibility * 1_000,
    receives: row.receives + 1,
    firstReceived: row.firstReceived ?? now,
    lastReceived: now,
  };
  queue.records.put(messages, id, received);
  return { id, row: received, content };
}

/** Moves a message that was received too often. Without its dead-letter queue it stays. */
async function isDead(ctx: Context, queue: OpenQueue, id: string, row: MessageRow, now: number): Promise<boolean> {
  const { redrive } = queue.row.settings;
  if (redrive === undefined || row.receives < redrive.maxReceives) return false;
  const target = queueOfArn(redrive.target);
  const dead = target === undefined ? undefined : await findQueue(ctx, target);
  if (dead === undefined) return false;
  const content = await contentOf(queue, id, row);
  await removeMessage(queue, id, row);
  const { fifo } = queue.row.settings;
  const arrival = {
    messageId: row.messageId,
    senderId: row.senderId,
    // A standard queue's message keeps its age (developer guide, "Using dead-letter queues").
    sent: fifo ? now : row.sent,
    receives: row.receives,
    firstReceived: row.firstReceived,
    visibleAt: now,
    group: row.group,
    deduplication: row.deduplication,
    deadFrom: queue.arn,
  };
  await store(ctx, dead, arrival, content);
  return true;
}
