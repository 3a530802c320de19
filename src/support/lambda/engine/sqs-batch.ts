import { matches, type Pattern } from './filter-pattern.ts';

/** A message as SQS hands it out. */
export type QueueMessage = {
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
  readonly Body?: string | undefined;
  readonly MD5OfBody?: string | undefined;
  readonly MD5OfMessageAttributes?: string | undefined;
  readonly Attributes?: Readonly<Record<string, string | undefined>> | undefined;
  readonly MessageAttributes?:
    | Readonly<
        Record<
          string,
          {
            readonly DataType?: string | undefined;
            readonly StringValue?: string | undefined;
            readonly BinaryValue?: Uint8Array | undefined;
          }
        >
      >
    | undefined;
};

/** Messages that go together into one event stay below this (Lambda quotas, "Invocation payload"). */
const maxBatchBytes = 6_000_000;

/** A message as functions get it ("Using Lambda with Amazon SQS"; recordings). */
export function recordOf(message: QueueMessage, queueArn: string, region: string): Readonly<Record<string, unknown>> {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    {
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined ? {} : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    ...(message.MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** Whether a message reaches the function: any of the patterns must match, its body read as JSON where the pattern looks into it. */
export function passes(record: Readonly<Record<string, unknown>>, patterns: readonly Pattern[]): boolean {
  if (patterns.length === 0) return true;
  return patterns.some((pattern) => {
    if (!('body' in pattern) || Array.isArray(pattern.body)) return matches(pattern, record);
    try {
      return matches(pattern, { ...record, body: JSON.parse(String(record.body)) });
    } catch {
      return false;
    }
  });
}

/** Batches that fit into events, in order. */
export function inBatches<T>(records: readonly T[], maxCount: number): readonly (readonly T[])[] {
  const all: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record));
    if (batch.length >= maxCount || (batch.length > 0 && bytes + size > maxBatchBytes)) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  return batch.length === 0 ? all : [...all, batch];
}

/**
 * Ids of the messages that a function says it failed on ("Reporting batch item failures").
 *
 * @returns undefined when its answer cannot be read, or names what was not in the batch: all of them failed
 */
export function failedItems(answer: string, ids: readonly string[]): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return undefined;
  }
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const list = (value as { readonly batchItemFailures?: unknown }).batchItemFailures;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const failed = list.map((item) => (item as { readonly itemIdentifier?: unknown } | null)?.itemIdentifier);
  return failed.every((id) => typeof id === 'string' && ids.includes(id)) ? (failed as string[]) : undefined;
}
