import type { Context } from '#runtime/context.ts';
import type { OpenQueue } from './access.ts';
import { isExpired, receiveMessage, removeMessage } from './message-state.ts';
import { type GroupRow, groups, messages } from './records.ts';
import type { Received } from './shown-message.ts';

/**
 * Receives from the head of a group, in its order, as far as messages are visible: what follows one that is in flight waits for it.
 *
 * @param visibility seconds
 * @returns undefined when others were faster
 */
export async function receiveFromGroup(
  ctx: Context,
  queue: OpenQueue,
  group: string,
  { most, visibility }: { readonly most: number; readonly visibility: number },
  now: number,
): Promise<readonly Received[] | undefined> {
  const { records } = queue;
  const row = await records.get(groups, group);
  if (row === undefined || row.readyAt > now) return undefined;
  const received: Received[] = [];
  let after: string | undefined;
  walk: for (;;) {
    const page = await records.list(messages, {
      prefix: `${group}|`,
      limit: most,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, value } of page) {
      after = id;
      if (value.visibleAt > now || received.length === most) break walk;
      if (isExpired(queue, value, now)) await removeMessage(queue, id, value);
      else {
        const taken = await receiveMessage(ctx, queue, id, value, visibility, now);
        if (taken !== undefined) received.push(taken);
      }
    }
    if (page.length < most || received.length === most) break;
  }
  await settleGroup(queue, group, row, now);
  return received;
}

/** After a change to a group's messages: it is ready when its first message is, and gone with its last one. */
export async function settleGroup({ records }: OpenQueue, group: string, row: GroupRow, now: number): Promise<void> {
  const [head] = await records.list(messages, { prefix: `${group}|`, limit: 1 });
  if (head === undefined) records.delete(groups, group);
  else records.put(groups, group, { ...row, readyAt: Math.max(head.value.visibleAt, now), turn: row.turn + 1 });
}

/** The same for a message of a FIFO queue that was deleted, or whose visibility changed. */
export async function settleGroupOf(queue: OpenQueue, id: string, now: number): Promise<void> {
  if (!queue.row.settings.fifo) return;
  const group = groupIn(id);
  const row = await queue.records.get(groups, group);
  if (row !== undefined) await settleGroup(queue, group, row, now);
}

/** The group's id in the id of one of its messages. */
function groupIn(id: string): string {
  return id.slice(0, id.lastIndexOf('|'));
}
