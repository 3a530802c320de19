import type { Context } from '#runtime/context.ts';
import type { OpenQueue } from './access.ts';
import { type Input, type Output, present } from './api.ts';
import { attributesMd5, md5 } from './digests.ts';
import { openContent } from './encryption.ts';
import { receiptHandle } from './receipts.ts';
import type { MessageAttribute, MessageRow, StoredContent } from './records.ts';

/** A message that a call has received. */
export type Received = { readonly id: string; readonly row: MessageRow; readonly content: StoredContent };

type Shown = NonNullable<Output<'ReceiveMessage'>['Messages']>[number];

/** A message as its receiver asked to see it. @throws ServiceError Kms… */
export async function shown(
  ctx: Context,
  queue: OpenQueue,
  { id, row, content }: Received,
  asked: Input<'ReceiveMessage'>,
): Promise<Shown> {
  const { body, attributes, trace } = await openContent(ctx, queue, content);
  const wanted = chosen(attributes, asked.MessageAttributeNames ?? []);
  const system = systemAttributes(row, trace, [
    ...(asked.AttributeNames ?? []),
    ...(asked.MessageSystemAttributeNames ?? []),
  ]);
  return present({
    MessageId: row.messageId,
    ReceiptHandle: receiptHandle(ctx, queue, { id, receives: row.receives }),
    MD5OfBody: md5(body),
    Body: body,
    Attributes: system,
    MD5OfMessageAttributes: wanted.length === 0 ? undefined : attributesMd5(wanted),
    MessageAttributes: wanted.length === 0 ? undefined : Object.fromEntries(wanted.map(asGiven)),
  });
}

/** Attributes by name, by the beginning of names (`foo.*`), or all. */
function chosen(attributes: readonly MessageAttribute[], names: readonly string[]): readonly MessageAttribute[] {
  if (attributes.length === 0 || names.length === 0) return [];
  return attributes.filter(({ name }) =>
    names.some(
      (asked) =>
        asked === 'All' ||
        asked === '.*' ||
        asked === '*' ||
        asked === name ||
        (asked.endsWith('.*') && name.startsWith(asked.slice(0, -1))),
    ),
  );
}

function asGiven({ name, type, value, binary }: MessageAttribute) {
  return [
    name,
    binary ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') } : { DataType: type, StringValue: value },
  ] as const;
}

function systemAttributes(
  row: MessageRow,
  trace: string | undefined,
  asked: readonly string[],
): Record<string, string> | undefined {
  if (asked.length === 0) return undefined;
  const all: Readonly<Record<string, string | undefined>> = {
    SenderId: row.senderId,
    SentTimestamp: String(row.sent),
    ApproximateReceiveCount: String(row.receives),
    ApproximateFirstReceiveTimestamp: String(row.firstReceived ?? 0),
    SequenceNumber: row.sequence,
    MessageDeduplicationId: row.deduplication,
    MessageGroupId: row.group,
    AWSTraceHeader: trace,
    DeadLetterQueueSourceArn: row.deadFrom,
  };
  const wanted: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && (asked.includes('All') || asked.includes(name))) wanted[name] = value;
  }
  return Object.keys(wanted).length === 0 ? undefined : wanted;
}
