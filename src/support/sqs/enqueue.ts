import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import type { OpenQueue } from './access.ts';
import { nameOf } from './digests.ts';
import { sealContent } from './encryption.ts';
import type { NewMessage } from './new-message.ts';
import { bodies, deduplications, groups, type MessageRow, messages, padded, type StoredContent } from './records.ts';

/** What became of a message: a duplicate is told as the first one was. */
export type Sent = { readonly messageId: string; readonly sequence: string | undefined };

/** A message in another queue, or one that a task moved. */
export type Arrival = Pick<
  MessageRow,
  'messageId' | 'senderId' | 'sent' | 'receives' | 'group' | 'deduplication' | 'deadFrom'
> & {
  readonly firstReceived: number | undefined;
  readonly visibleAt: number;
};

/** Content longer than this is kept apart from what each receive rewrites. */
const maxInline = 4_096;

const duplicatesMs = 5 * 60_000;

/** Puts a message that a client sends into a queue. @throws ServiceError Kms… */
export async function enqueue(ctx: Context, queue: OpenQueue, message: NewMessage): Promise<Sent> {
  const { group, deduplication } = message;
  const { fifo } = queue.row.settings;
  if (fifo) {
    const known = await duplicateOf(ctx, queue, message);
    if (known !== undefined) return known;
  }
  const content = await sealContent(ctx, queue, message.content);
  const messageId = ctx.uuid();
  const arrival: Arrival = {
    messageId,
    senderId: senderOf(ctx),
    sent: ctx.now,
    receives: 0,
    firstReceived: undefined,
    visibleAt: ctx.now + message.delay * 1_000,
    group,
    deduplication,
    deadFrom: undefined,
  };
  const sequence = await store(ctx, queue, arrival, content);
  if (fifo && sequence !== undefined) {
    const row = { queue: queue.row.id, messageId, sequence, until: ctx.now + duplicatesMs };
    queue.records.put(deduplications, duplicateId(queue, message), row);
  }
  return { messageId, sequence };
}

/** Writes a message into a queue, as the last one of its group. */
export async function store(
  ctx: Context,
  queue: OpenQueue,
  arrival: Arrival,
  content: StoredContent,
): Promise<string | undefined> {
  const { contents, settings } = queue.row;
  const inline = sizeOf(content) <= maxInline;
  const base = { ...arrival, contents, lastReceived: undefined, content: inline ? content : undefined };
  let id: string;
  let sequence: string | undefined;
  if (settings.fifo) {
    const group = groupId(queue, arrival.group ?? '');
    sequence = await nextSequence(ctx, queue, group, arrival.visibleAt);
    id = `${group}|${sequence}`;
  } else {
    id = `${contents}|${padded(arrival.sent)}|${arrival.messageId}`;
  }
  queue.records.create(messages, id, { ...base, sequence });
  if (!inline) queue.records.create(bodies, id, content);
  return sequence;
}

function sizeOf(content: StoredContent): number {
  if ('key' in content) return content.sealed.length;
  let size = content.body.length;
  for (const { value } of content.attributes) size += value.length;
  return size;
}

export function groupId({ row }: OpenQueue, group: string): string {
  return `${row.contents}|${nameOf(group)}`;
}

/** Last number given by this process. */
const lastNumber = slot(() => ({ value: 0 }));

/**
 * The next sequence number of a group: by the clock, and above all that the process gave and the group holds, so that neither a restart, nor
 * a clock that was set back, nor other processes turn the order round.
 */
async function nextSequence(ctx: Context, queue: OpenQueue, group: string, visibleAt: number): Promise<string> {
  const { records, row } = queue;
  const known = await records.get(groups, group);
  let tail = 0;
  if (known === undefined) {
    records.create(groups, group, { contents: row.contents, readyAt: visibleAt, turn: 0 });
  } else {
    const [last] = await records.list(messages, { prefix: `${group}|`, reverse: true, limit: 1 });
    tail = Number(last?.value.sequence?.slice(prefix.length) ?? 0);
  }
  // From here to the commit nothing is waited for: numbers commit in their order.
  const last = ctx.local(lastNumber);
  last.value = Math.max(last.value + 1, tail + 1, ctx.now * 1_000);
  return prefix + String(last.value).padStart(16, '0');
}

/** Makes twenty digits of a time in microseconds, as AWS's are. */
const prefix = '1885';

function duplicateId({ row }: OpenQueue, { group, deduplication }: NewMessage): string {
  const scope = row.settings.deduplicationScope === 'messageGroup' ? (group ?? '') : '';
  return nameOf(JSON.stringify([row.id, scope, deduplication]));
}

async function duplicateOf(ctx: Context, queue: OpenQueue, message: NewMessage): Promise<Sent | undefined> {
  const known = await queue.records.get(deduplications, duplicateId(queue, message));
  return known !== undefined && known.until > ctx.now ? known : undefined;
}

/** As AWS tells it to receivers: the unique id of a user or session, the account of a root user. */
function senderOf({ principal }: Context): string {
  return principal.kind === 'service' ? principal.arn : principal.userId;
}
