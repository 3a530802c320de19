import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { TopicReference } from './names.ts';
import { groups, seen, type TopicRow } from './records.ts';

/** A message that was published is not published again for five minutes (developer guide, "Message deduplication"). */
const memoryMs = 300_000;
const minuteMs = 60_000;
/** Records forgotten at once. */
const forgetBatch = 500;

/** What a FIFO topic says of a message. `known`: it was published before, nothing is to be done. */
export type Numbered = { readonly messageId: string; readonly sequence: string; readonly known: boolean };

/** Numbers a message in its group, or finds the one that it repeats. @param sequence 20 digits, growing in each group */
export async function numbered(
  ctx: Context,
  topic: TopicReference,
  row: TopicRow,
  { group, deduplication, messageId }: { group: string; deduplication: string; messageId: string },
): Promise<Numbered> {
  const records = ctx.records.at(topic);
  const byGroup = row.attributes['FifoThroughputScope'] === 'MessageGroup';
  const seenId = recordId(topic.name, byGroup ? `${group}\n${deduplication}` : deduplication);
  const before = await records.get(seen, seenId);
  if (before !== undefined && before.until > ctx.now) {
    return { messageId: before.messageId, sequence: before.sequence, known: true };
  }
  const groupId = recordId(topic.name, group);
  const last = BigInt((await records.get(groups, groupId))?.sequence ?? 0);
  // Begins with the time, so that a group that was forgotten still counts upwards.
  const floor = (10n ** 13n + BigInt(ctx.now)) * 10n ** 6n;
  const sequence = String(last < floor ? floor : last + 1n);
  const until = ctx.now + memoryMs;
  records.put(seen, seenId, { topic: topic.name, messageId, sequence, until });
  records.put(groups, groupId, { topic: topic.name, sequence, until });
  scheduleForgetting(ctx, topic, until);
  return { messageId, sequence, known: false };
}

function recordId(topic: string, text: string): string {
  return `${topic}:${createHash('sha256').update(text).digest('hex')}`;
}

/** One job for all that ends in the same minute. */
function scheduleForgetting(ctx: Context, { account, region, name }: TopicReference, until: number): void {
  const runAt = (Math.floor(until / minuteMs) + 1) * minuteMs;
  ctx.schedule({ kind: 'sns/forget', id: jobId(account, region, `${name}|${runAt}`), runAt, payload: name });
}

/** Forgets what may be published again. */
export async function forgetExpired(what: string, payload: unknown, ctx: Context): Promise<void> {
  const topic = payload as string;
  let full = false;
  for (const kept of [seen, groups]) {
    const page = await ctx.records.listIndex<{ readonly until: number }>(kept as never, 'until', {
      prefix: `${topic}:`,
      limit: forgetBatch,
    });
    const over = page.filter(({ value }) => value.until <= ctx.now);
    for (const { id } of over) ctx.records.delete(kept as never, id);
    full ||= over.length === forgetBatch;
  }
  if (!full) return;
  const { account, region } = ctx;
  ctx.schedule({ kind: 'sns/forget', id: jobId(account, region, what), runAt: ctx.now, payload });
}

/** Forgets everything of a topic that is deleted. What a page leaves goes with its time. */
export async function forgetMessages(ctx: Context, topic: TopicReference): Promise<void> {
  const records = ctx.records.at(topic);
  const prefix = `${topic.name}:`;
  for (const { id } of await records.list(seen, { prefix })) records.delete(seen, id);
  for (const { id } of await records.list(groups, { prefix })) records.delete(groups, id);
}
