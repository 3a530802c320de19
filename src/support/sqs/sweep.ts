import type { Collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import type { JobHandler } from '#runtime/service.ts';
import { attempts, bodies, deduplications, groups, messages, type Place } from './records.ts';

/** Records deleted in one unit. */
const breath = 200;

/** Deletes what a purged or deleted queue held. @param queueId the queue's, when it is gone as well */
export function scheduleSweep(ctx: Context, queue: Place, contents: string, queueId: string | undefined): void {
  const id = `${queue.account}|${queue.region}|${contents}`;
  ctx.schedule({ kind: 'sqs/sweep', id, runAt: ctx.now, payload: { contents, queueId } });
}

export const sweep: JobHandler = async (_, payload, ctx) => {
  const { contents, queueId } = payload as { readonly contents: string; readonly queueId: string | undefined };
  const { records } = ctx;
  let left = breath;
  left -= await dropHeld(records, messages, contents, left);
  left -= await dropHeld(records, bodies, contents, left);
  left -= await dropHeld(records, groups, contents, left);
  if (queueId !== undefined) {
    left -= await dropKnown(records, deduplications, queueId, left);
    left -= await dropKnown(records, attempts, queueId, left);
  }
  if (left === 0) scheduleSweep(ctx, ctx, contents, queueId);
};

async function dropHeld<T>(records: Records, from: Collection<T>, contents: string, limit: number): Promise<number> {
  const found = limit === 0 ? [] : await records.list(from, { prefix: `${contents}|`, limit });
  for (const { id } of found) records.delete(from, id);
  return found.length;
}

async function dropKnown<T>(records: Records, from: Collection<T>, queueId: string, limit: number): Promise<number> {
  const found = limit === 0 ? [] : await records.listIndex(from, 'until', { prefix: `${queueId}|`, limit });
  for (const { id } of found) records.delete(from, id);
  return found.length;
}
