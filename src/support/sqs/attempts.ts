import type { Context } from '#runtime/context.ts';
import type { OpenQueue } from './access.ts';
import { nameOf } from './digests.ts';
import { settleGroupOf } from './fifo-groups.ts';
import { contentOf } from './message-state.ts';
import { attempts, messages } from './records.ts';
import type { Received } from './shown-message.ts';

/** How long a receive can be repeated (API reference, ReceiveMessage). */
const repeatableMs = 5 * 60_000;

/**
 * What an earlier receive with the same attempt id gave, with its visibility begun anew: the same messages under the same handles. Undefined
 * when there was none, or one of its messages was deleted, received or changed since.
 *
 * @param visibility seconds
 */
export async function earlierAttempt(
  ctx: Context,
  queue: OpenQueue,
  attempt: string,
  visibility: number,
): Promise<readonly Received[] | undefined> {
  const { records } = queue;
  const row = await records.get(attempts, idOf(queue, attempt));
  if (row === undefined || row.until <= ctx.now) return undefined;
  const found: Received[] = [];
  for (const { id, receives, visibleAt } of row.messages) {
    const message = await records.get(messages, id);
    if (message === undefined || message.receives !== receives || message.visibleAt !== visibleAt) return undefined;
    if (visibleAt <= ctx.now) return undefined;
    const again = { ...message, visibleAt: ctx.now + visibility * 1_000 };
    found.push({ id, row: again, content: await contentOf(queue, id, message) });
  }
  for (const { id, row: again } of found) {
    records.put(messages, id, again);
    await settleGroupOf(queue, id, ctx.now);
  }
  rememberAttempt(ctx, queue, attempt, found, row.until);
  return found;
}

/** Keeps what a receive gave, for its repetition. Its id was looked for before. */
export function rememberAttempt(
  ctx: Context,
  queue: OpenQueue,
  attempt: string,
  received: readonly Received[],
  until: number = ctx.now + repeatableMs,
): void {
  queue.records.put(attempts, idOf(queue, attempt), {
    queue: queue.row.id,
    until,
    messages: received.map(({ id, row: { receives, visibleAt } }) => ({ id, receives, visibleAt })),
  });
}

function idOf({ row }: OpenQueue, attempt: string): string {
  return nameOf(JSON.stringify([row.contents, attempt]));
}
