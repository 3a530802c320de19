import type { Context } from '#runtime/context.ts';
import type { OpenQueue } from './access.ts';
import { messages, padded } from './records.ts';

export type Counts = { readonly visible: number; readonly delayed: number; readonly inFlight: number };

const pageSize = 1_000;

/**
 * How many messages a queue holds, by what can be done with them: all are counted by their ids, those that are not visible one by one. No
 * counter is kept: every call would write it.
 */
export async function countMessages(ctx: Context, { records, row }: OpenQueue): Promise<Counts> {
  const prefix = `${row.contents}|`;
  const all = await records.count(messages, { prefix });
  let delayed = 0;
  let inFlight = 0;
  let after = { key: `${prefix}${padded(ctx.now)}|~`, id: '' };
  for (;;) {
    const page = await records.listIndex(messages, 'visible', { prefix, after, limit: pageSize });
    for (const { value } of page) {
      if (value.lastReceived === undefined) delayed += 1;
      else inFlight += 1;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    after = { key: last.indexKey, id: last.id };
  }
  return { visible: Math.max(0, all - delayed - inFlight), delayed, inFlight };
}
